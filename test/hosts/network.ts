import { attempt, sh } from '../lab/shell.ts'

/** Namespaces named bzhost*: one per host, and the hub, which holds the bridge and plays the machine that hosts are reached from. */
export const prefix = 'bzhost'
export const hub = `${prefix}-hub`
const subnet = '198.18.78'
export const hubAddress = `${subnet}.254`

export const makeHub = (): void => {
  sh('ip', 'netns', 'add', hub)
  inside(hub, 'ip', 'link', 'set', 'lo', 'up')
  inside(hub, 'ip', 'link', 'add', 'br0', 'type', 'bridge')
  inside(hub, 'ip', 'link', 'set', 'br0', 'up')
  inside(hub, 'ip', 'address', 'add', `${hubAddress}/24`, 'dev', 'br0')
}

/** A namespace with an address, connected to the hub; returns the address. */
export const connectHost = (namespace: string, number: number): string => {
  const port = `port${number}`
  sh('ip', 'netns', 'add', namespace)
  inside(hub, 'ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  inside(hub, 'ip', 'link', 'set', port, 'master', 'br0', 'up')
  inside(namespace, 'ip', 'address', 'add', `${subnet}.${number}/24`, 'dev', 'eth0')
  inside(namespace, 'ip', 'link', 'set', 'lo', 'up')
  inside(namespace, 'ip', 'link', 'set', 'eth0', 'up')
  return `${subnet}.${number}`
}

/** Ends what runs in a namespace: its init first, which takes all else of a host with it. */
export const endAll = (namespace: string): void => {
  for (const pid of attempt('ip', 'netns', 'pids', namespace).split('\n')) if (pid !== '') attempt('kill', '-9', pid)
}

/** The namespaces of this lab that exist, and no others. */
export const namespaces = (): readonly string[] =>
  attempt('ip', 'netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(`${prefix}-`))

const inside = (namespace: string, ...command: readonly string[]): string => sh('ip', 'netns', 'exec', namespace, ...command)
