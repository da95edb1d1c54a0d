import { type Contestant, eventually } from './contestant.ts'
import { nextAck } from './next-ack.ts'

export interface Times {
  readonly bzzz: number[]
  readonly etcd: number[]
}

/** Something that happens to the leader, and how it ends. */
export interface Fault {
  readonly name: string
  strike(leader: Contestant['instances'][number]): Promise<void> | void
  heal(leader: Contestant['instances'][number]): Promise<void> | void
}

export const killed: Fault = {
  name: 'kill',
  strike: (leader) => void leader.kill(),
  heal: async (leader) => {
    await leader.kill()
    await leader.start()
  },
}

/** Strikes the leader of each contestant in turn, `times` times, and takes the time to the next acknowledged write of a client of another instance. */
export const strikeLeaders = async (
  contestants: readonly Contestant[],
  fault: Fault,
  times: number,
  tell: (sentence: string) => void,
): Promise<Times> => {
  const results: Times = { bzzz: [], etcd: [] }
  for (let round = 0; round < times; round += 1) {
    for (const contestant of contestants) {
      const ms = await strikeOnce(contestant, fault, round)
      results[contestant.name].push(ms)
      tell(`${fault.name} ${round + 1}/${times} ${contestant.name} ${ms.toFixed(0)} ms`)
    }
  }
  return results
}

const strikeOnce = async (contestant: Contestant, fault: Fault, round: number): Promise<number> => {
  const leader = await contestant.healthy()
  // At another place between two heartbeats each time.
  await Bun.sleep(200 + Math.random() * 300)
  const others = contestant.instances.filter((one) => one !== leader)
  const client = others[round % others.length] ?? leader
  await eventually('a first write', () => client.put('bench/failover/before', 'x'))
  const fromMs = performance.now()
  const struck = fault.strike(leader)
  const ackedMs = await nextAck(client, `bench/failover/${round}`)
  await struck
  await fault.heal(leader)
  return ackedMs - fromMs
}
