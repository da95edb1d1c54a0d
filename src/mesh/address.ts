import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { PeerId } from '../base/index.ts'
import type { Address } from '../node/ports.ts'

/** Host and port of "/ip4/10.0.0.5/tcp/8081" (also ip6 and dns names, with or without a trailing /p2p/…), or null for anything else. */
export const parseAddress = (address: Address): { host: string; port: number } | null => {
  const [empty, family, host, tcp, portText, p2p, peer, ...rest] = address.split('/')
  if (empty !== '' || tcp !== 'tcp' || host === undefined || portText === undefined || rest.length > 0) return null
  if (p2p !== undefined && (p2p !== 'p2p' || !peer)) return null
  if (!/^\d{1,5}$/.test(portText)) return null
  const port = Number(portText)
  if (port < 1 || port > 65_535) return null
  if (family === 'ip4') return isIP(host) === 4 ? { host, port } : null
  if (family === 'ip6') return isIP(host) === 6 ? { host, port } : null
  if (family === 'dns' || family === 'dns4' || family === 'dns6')
    return host.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) ? { host, port } : null
  return null
}

/** The address without its /p2p/… part: what is published and compared. */
export const bare = (address: Address): Address => address.replace(/\/p2p\/[^/]+$/, '')

/** The address as libp2p dials it: it must meet exactly this peer. */
export const towards = (address: Address, peer: PeerId): string => `${bare(address)}/p2p/${peer}`

/** "/ip4/10.0.0.5/tcp/8081" for a host and port; a name becomes /dns/…. */
export const addressOf = (host: string, port: number): Address => {
  const family = isIP(host)
  return `/${family === 4 ? 'ip4' : family === 6 ? 'ip6' : 'dns'}/${host}/tcp/${port}`
}

/** Lower is dialled earlier. Container bridges and link-local addresses exist on every machine and lead nowhere from another. */
const place = (host: string, interfaceName: string | undefined): number => {
  if (/^(docker|br-|veth|virbr|cni|flannel|podman|lxc|lxd)/.test(interfaceName ?? '')) return 6
  if (isIP(host) === 0) return 2
  if (host === '::1' || /^127\./.test(host)) return 5
  if (/^169\.254\./.test(host) || /^fe[89ab]/i.test(host)) return 7
  if (/^172\.17\./.test(host)) return 6
  if (/^(10|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(host)) return 0
  if (/^f[cd]/i.test(host)) return 1
  return isIP(host) === 4 ? 2 : 3
}

/**
 * Best first: the one that answered last, then private networks, public ones, loopback, container bridges, link-local. Invalid and repeated
 * ones are dropped; equals keep their order. `interfaces` maps this machine's own addresses to the names of their interfaces.
 */
export const rankAddresses = (
  addresses: readonly Address[],
  options: { answered?: Address | null; interfaces?: ReadonlyMap<string, string>; max?: number } = {},
): Address[] => {
  const known = new Map<Address, number>()
  for (const address of addresses) {
    const parsed = parseAddress(address)
    if (!parsed) continue
    const plain = bare(address)
    if (known.has(plain)) continue
    known.set(plain, plain === options.answered ? -1 : place(parsed.host, options.interfaces?.get(parsed.host)))
  }
  return [...known.entries()]
    .sort(([, left], [, right]) => left - right)
    .map(([address]) => address)
    .slice(0, options.max ?? 16)
}

/** What is worth telling others: loopback only where nothing else is listened on, since on another machine it leads back to that machine. */
export const publishable = (addresses: readonly Address[]): Address[] => {
  const isLoopback = (address: Address): boolean => /^\/ip4\/127\.|^\/ip6\/::1\//.test(address)
  return addresses.every(isLoopback) ? [...addresses] : addresses.filter((address) => !isLoopback(address))
}

/** This machine's addresses and the names of their interfaces. */
export const ownInterfaces = (): Map<string, string> => {
  const names = new Map<string, string>()
  for (const [name, addresses] of Object.entries(networkInterfaces())) for (const { address } of addresses ?? []) names.set(address, name)
  return names
}
