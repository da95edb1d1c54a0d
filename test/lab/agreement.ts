import type { Machine } from './machine.ts'

export interface Agreement {
  readonly leader: string
  readonly term: string
  readonly index: number
  readonly root: string
}

/**
 * Waits until all machines name the same leader and term and have applied the same index with the same root. Different roots at one index are
 * the end at once: no waiting makes them equal.
 */
export const agreement = async (machines: readonly Machine[], withinMs: number): Promise<Agreement> => {
  const until = performance.now() + withinMs
  let last = 'nobody answered'
  while (performance.now() < until) {
    const seen = await Promise.all(machines.map(look))
    const known = seen.filter((one) => one !== null)
    const split = known.find((one) => known.some((other) => other.index === one.index && other.root !== one.root))
    if (split !== undefined) throw new Error(`State roots differ at index ${split.index}: ${show(known)}`)
    const [first] = known
    if (first && known.length === machines.length && known.every((one) => same(one, first)) && first.leader !== '') return first
    last = show(known)
    await Bun.sleep(150)
  }
  throw new Error(`The machines do not agree after ${withinMs / 1000} s: ${last}`)
}

interface Sight extends Agreement {
  readonly by: string
}

const look = async (machine: Machine): Promise<Sight | null> => {
  try {
    const [view, { index, root }] = [await machine.client.view(), await machine.client.root()]
    return { by: machine.name, leader: view.leader?.name ?? '', term: view.leader?.term ?? '', index, root }
  } catch {
    return null // it does not answer yet
  }
}

const same = (one: Sight, other: Sight): boolean =>
  one.leader === other.leader && one.term === other.term && one.index === other.index && one.root === other.root

const show = (known: readonly Sight[]): string =>
  known
    .map((one) => `${one.by}: leader ${one.leader || 'none'} term ${one.term} index ${one.index} root ${one.root.slice(0, 8)}`)
    .join('; ')
