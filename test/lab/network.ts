import { attempt, sh } from './shell.ts'

/**
 * Network namespaces named bzlab* (or by another prefix): one per machine and one with the bridge between them. Addresses come from
 * 198.18.0.0/15, the range reserved for tests; no packet leaves these namespaces.
 */
const ownPrefix = 'bzlab'
const subnet = '198.18.77'

export interface Place {
  readonly namespace: string
  readonly address: string
  /** The namespace of the bridge, and the end of this machine's cable there. */
  readonly hub: string
  readonly port: string
}

/** The hub and `count` machines' namespaces, connected; leftovers of an earlier run are removed first. */
export const buildNetwork = (count: number, prefix = ownPrefix): readonly Place[] => {
  removeNetwork(prefix)
  const hub = `${prefix}-hub`
  sh('ip', 'netns', 'add', hub)
  inside(hub, 'ip', 'link', 'add', 'br0', 'type', 'bridge')
  inside(hub, 'ip', 'link', 'set', 'br0', 'up')
  return Array.from({ length: count }, (_, n) => connect(prefix, hub, n + 1))
}

const connect = (prefix: string, hub: string, number: number): Place => {
  const place = { namespace: `${prefix}${number}`, address: `${subnet}.${number}`, hub, port: `port${number}` }
  sh('ip', 'netns', 'add', place.namespace)
  inside(hub, 'ip', 'link', 'add', place.port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', place.namespace)
  inside(hub, 'ip', 'link', 'set', place.port, 'master', 'br0', 'up')
  inside(place.namespace, 'ip', 'address', 'add', `${place.address}/24`, 'dev', 'eth0')
  inside(place.namespace, 'ip', 'link', 'set', 'lo', 'up')
  inside(place.namespace, 'ip', 'link', 'set', 'eth0', 'up')
  inside(place.namespace, 'nft', 'add table inet faults')
  inside(place.namespace, 'nft', 'add chain inet faults sent { type filter hook output priority 0; }')
  inside(place.namespace, 'nft', 'add chain inet faults received { type filter hook input priority 0; }')
  return place
}

/** Ends whatever still runs in the namespaces of the lab and removes them, and only them. */
export const removeNetwork = (prefix = ownPrefix): void => {
  const names = attempt('ip', 'netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
  for (const name of names.filter((known) => known.startsWith(prefix))) {
    for (const pid of attempt('ip', 'netns', 'pids', name).split('\n')) if (pid !== '') attempt('kill', '-9', pid)
    attempt('ip', 'netns', 'delete', name)
  }
}

/** Pulls the cable at the bridge; the machine itself sees its link go down, as with a dead switch port. */
export const unplug = (place: Place): void => void inside(place.hub, 'ip', 'link', 'set', place.port, 'down')
export const plug = (place: Place): void => void inside(place.hub, 'ip', 'link', 'set', place.port, 'up')

/** Drops what this machine sends, or what it receives; the other direction goes on. */
export const deafen = (place: Place, direction: 'sent' | 'received'): void => drop(place, direction, [])

/** Drops this share of what the machine sends, packet by packet, at random. */
export const lose = (place: Place, percent: number): void => drop(place, 'sent', ['numgen', 'random', 'mod', '100', '<', `${percent}`])

const drop = (place: Place, direction: 'sent' | 'received', condition: readonly string[]): void => {
  const device = direction === 'sent' ? 'oifname' : 'iifname'
  inside(place.namespace, 'nft', ['add rule inet faults', direction, device, '"eth0"', ...condition, 'counter drop'].join(' '))
}

/** Lets everything through again. */
export const heal = (place: Place): void => {
  for (const chain of ['sent', 'received']) inside(place.namespace, 'nft', `flush chain inet faults ${chain}`)
}

/** Slows what the machine sends and receives to `rate`, as tc writes it. */
export const slow = (place: Place, rate: string): void => {
  const shape = ['root', 'tbf', 'rate', rate, 'burst', '32kbit', 'latency', '400ms']
  inside(place.namespace, 'tc', 'qdisc', 'replace', 'dev', 'eth0', ...shape)
  inside(place.hub, 'tc', 'qdisc', 'replace', 'dev', place.port, ...shape)
}
export const unslow = (place: Place): void => {
  inside(place.namespace, 'tc', 'qdisc', 'delete', 'dev', 'eth0', 'root')
  inside(place.hub, 'tc', 'qdisc', 'delete', 'dev', place.port, 'root')
}

/** How many packets the faults of this machine have dropped: a fault that drops nothing proves nothing. */
export const dropped = (place: Place): number => {
  const counters = inside(place.namespace, 'nft', 'list', 'table', 'inet', 'faults').matchAll(/counter packets (\d+)/g)
  return [...counters].reduce((sum, match) => sum + Number(match[1]), 0)
}

const inside = (namespace: string, ...command: readonly string[]): string => sh('ip', 'netns', 'exec', namespace, ...command)
