import type { Instance } from './contestant.ts'

const everyMs = 10
const limitMs = 30_000

/**
 * When the next write is acknowledged that a client of `instance` begins from now on, on this process's clock. A new one begins every 10 ms,
 * so that a write which went down with the old leader (etcd gives those up after 7 s) does not count as an outage.
 */
export const nextAck = async (instance: Instance, name: string): Promise<number> => {
  let ackedMs: number | null = null
  const begun: Promise<void>[] = []
  for (const end = performance.now() + limitMs; ackedMs === null; await Bun.sleep(everyMs)) {
    if (performance.now() > end) throw new Error(`${instance.name} acknowledged no write within ${limitMs / 1000} s.`)
    const acked = () => {
      ackedMs ??= performance.now()
    }
    begun.push(instance.put(`${name}/${begun.length}`, 'after the fault').then(acked, () => {}))
  }
  await Promise.race([Promise.allSettled(begun), Bun.sleep(settleMs)])
  return ackedMs
}

/** What is still under way then is answered while the cluster heals. */
const settleMs = 500
