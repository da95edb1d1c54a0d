import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

/** Says whether a Host header names this machine. Refusing all others is what stops DNS rebinding. */
export type KnowsHost = (header: string | null | undefined) => boolean

const refreshMs = 10_000

/** Loopback names with any port, this machine's names, and its addresses as they are now. */
export const ownHosts = (
  extra: readonly string[] = [],
  machine: {
    readonly names: () => readonly string[]
    readonly addresses: () => readonly string[]
    readonly nowMs: () => number
  } = thisMachine,
): KnowsHost => {
  const names = new Set([...machine.names(), ...extra].map((name) => name.toLowerCase()).filter((name) => isIP(name) === 0))
  let addresses = new Set<string>()
  let readAt = Number.NEGATIVE_INFINITY
  const isOwnAddress = (address: string): boolean => {
    if (!addresses.has(address) && machine.nowMs() - readAt > refreshMs) {
      addresses = new Set([...machine.addresses(), ...extra].map(bare))
      readAt = machine.nowMs()
    }
    return addresses.has(address)
  }
  return (header) => {
    const host = hostOf(header)
    if (host === null) return false
    if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return true
    return isIP(host) > 0 ? isOwnAddress(host) : names.has(host)
  }
}

/** The name or address in a Host header without its port, in lower case; null for anything that is not exactly host[:port]. */
export const hostOf = (header: string | null | undefined): string | null => {
  const parts = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?))(?::([0-9]{1,5}))?$/i.exec(header ?? '')
  const host = (parts?.[1] ?? parts?.[2])?.toLowerCase()
  if (host === undefined || Number(parts?.[3] ?? 0) > 65_535) return null
  return parts?.[1] !== undefined && isIP(host) !== 6 ? null : host
}

const bare = (address: string): string => (address.split('%')[0] ?? address).toLowerCase()

const thisMachine = {
  names: (): readonly string[] => {
    const name = hostname()
    const short = name.split('.')[0] ?? name
    return [name, short, `${short}.local`]
  },
  addresses: (): readonly string[] => Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  nowMs: (): number => performance.now(),
}
