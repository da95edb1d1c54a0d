import { buildNetwork, type Place, plug, removeNetwork, unplug } from '../lab/network.ts'
import type { Contestant } from './contestant.ts'
import { hasEtcd, startEtcd } from './etcd.ts'
import { type Fault, strikeLeaders, type Times } from './failover.ts'
import { startBzzzIn } from './namespaced.ts'

const prefix = 'bzbench'

export const canCut = (): boolean => process.platform === 'linux' && process.getuid?.() === 0

/**
 * Three machines of each contestant, each in a network namespace of its own; the leader's cable is pulled at the bridge, `times` times. The
 * clients come over Unix sockets, which no namespace cuts off.
 */
export const cutLeaders = async (times: number, executable: string, tell: (sentence: string) => void): Promise<Times> => {
  const places = buildNetwork(6, prefix)
  await using stack = new AsyncDisposableStack()
  const remove = () => removeNetwork(prefix)
  process.once('exit', remove)
  stack.defer(remove)
  const where = new Map<string, Place>()
  const contestants: Contestant[] = []
  const join = (contestant: Contestant, own: readonly Place[]) => {
    stack.use(contestant)
    contestants.push(contestant)
    for (const [n, place] of own.entries()) where.set(contestant.instances[n]?.name ?? '', place)
  }
  const [ours, theirs] = [places.slice(0, 3), places.slice(3)]
  join(await startBzzzIn(ours, executable), ours)
  if (hasEtcd()) {
    const spots = theirs.map(({ address, namespace }) => ({ address, within: ['ip', 'netns', 'exec', namespace] }))
    join(await startEtcd(spots), theirs)
  }
  const placeOf = (name: string): Place => {
    const place = where.get(name)
    if (place === undefined) throw new Error(`${name} is in no place`)
    return place
  }
  const cut: Fault = {
    name: 'cut',
    strike: (leader) => unplug(placeOf(leader.name)),
    heal: (leader) => plug(placeOf(leader.name)),
  }
  return await strikeLeaders(contestants, cut, times, tell)
}
