import type { Files } from './ports.ts'

/** A TCP socket that accepts connections on this machine. */
export interface Listener {
  /** "127.0.0.1", "0.0.0.0", "::", "::1", … */
  readonly address: string
  readonly port: number
  readonly uid: number
  readonly inode: string
}

/** Everything that listens, IPv4 and IPv6; null when /proc does not tell. */
export const listeners = async (files: Files): Promise<readonly Listener[] | null> => {
  const [v4, v6] = await Promise.all([files.text('/proc/net/tcp'), files.text('/proc/net/tcp6')])
  return v4 === null && v6 === null ? null : [...parseListeners(v4 ?? ''), ...parseListeners(v6 ?? '')]
}

/** Sockets in state LISTEN (0A) of /proc/net/tcp or tcp6 (proc_pid_net(5)). */
export const parseListeners = (text: string): readonly Listener[] =>
  text.split('\n').flatMap((line) => {
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/)
    const [address, port] = local?.split(':') ?? []
    if (state !== '0A' || !address || !port || !inode) return []
    return [{ address: showAddress(address), port: Number.parseInt(port, 16), uid: Number(uid), inode }]
  })

/** Words of four bytes, each in the byte order of the machine; every machine we run on is little-endian. */
const showAddress = (hex: string): string => {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((pair) => Number.parseInt(pair, 16)))
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.every((byte) => byte === 0)) return '::'
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1'
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255) return bytes.slice(12).join('.')
  return Array.from({ length: 8 }, (_, at) => (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16)).join(':')
}

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

export interface Owner {
  readonly pid: number
  /** Program name as the kernel knows it (15 characters at most). */
  readonly name: string
}

/** The process that holds a socket. Null for processes of other users unless we are root: /proc does not show their files. */
export const ownerOf = async (files: Files, inode: string): Promise<Owner | null> => {
  for (const entry of await files.list('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    for (const descriptor of await files.list(`/proc/${entry}/fd`)) {
      if ((await files.link(`/proc/${entry}/fd/${descriptor}`)) !== `socket:[${inode}]`) continue
      return { pid: Number(entry), name: (await files.text(`/proc/${entry}/comm`))?.trim() || 'unknown' }
    }
  }
  return null
}

/** The name of a user id in /etc/passwd. */
export const userName = async (files: Files, uid: number): Promise<string | null> => {
  for (const line of ((await files.text('/etc/passwd')) ?? '').split('\n')) {
    const [name, , id] = line.split(':')
    if (name && id === String(uid)) return name
  }
  return null
}
