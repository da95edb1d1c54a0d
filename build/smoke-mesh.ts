import { createHash, randomBytes } from 'node:crypto'
import { admit, found, throwAwayKeys } from '../src/deploy/index.ts'
import type { Started } from './smoke-node.ts'

/** The largest value a record may have is 64 KiB; as JSON text it has two more characters. */
const valueBytes = 64 * 1024 - 2
const largeBytes = 5_000_000
const withinMs = 60_000
const writersAtOnce = 8

type Check = readonly [what: string, act: () => Promise<string | undefined>]

/**
 * Two nodes form a cluster; then 64 KiB and 5 MB cross the mesh in each direction, as proposals and log entries, and are read where they were
 * not written. Random text, so that nothing on the way could shrink or guess it.
 */
export const crossMesh = (one: Started, two: Started): readonly Check[] => [
  [
    'two nodes form a cluster',
    async () => {
      const keys = throwAwayKeys()
      const genesis = await found(one.client, 'smoke', keys, Date.now())
      await until(async () => (await one.client.view()).leader !== null)
      await admit(one.client, [two.client], genesis, keys.operator.signer, Date.now())
      await until(async () => (await two.client.view()).members.every(({ health }) => health === 'healthy'))
      return undefined
    },
  ],
  ['64 KiB from the first to the second', () => cross(one, two, 'small/there', 1)],
  ['64 KiB from the second to the first', () => cross(two, one, 'small/back', 1)],
  ['5 MB from the first to the second', () => cross(one, two, 'large/there', Math.ceil(largeBytes / valueBytes))],
  ['5 MB from the second to the first', () => cross(two, one, 'large/back', Math.ceil(largeBytes / valueBytes))],
]

const cross = async (writer: Started, reader: Started, prefix: string, records: number): Promise<string> => {
  const values = Array.from({ length: records }, () => randomBytes(valueBytes).toString('base64').slice(0, valueBytes))
  const began = performance.now()
  const left = [...values.entries()]
  const write = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await writer.client.put(`${prefix}/${next[0]}`, next[1])
  }
  await Promise.all(Array.from({ length: writersAtOnce }, write))
  const took = performance.now() - began
  for (const [n, value] of values.entries()) {
    await until(async () => {
      const { record } = await reader.client.get(`${prefix}/${n}`, false)
      if (record !== null && digest(String(record.value)) !== digest(value)) throw new Different(`record ${n} arrived with other content`)
      return record !== null
    })
  }
  return `${((records * valueBytes) / 1e6).toFixed(2)} MB written in ${Math.round(took)} ms`
}

class Different extends Error {}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + withinMs
  let last: unknown = 'it never held'
  while (performance.now() < end) {
    try {
      if (await holds()) return
    } catch (error) {
      if (error instanceof Different) throw error
      last = error
    }
    await Bun.sleep(50)
  }
  throw new Error(`Not within ${withinMs / 1000} s: ${last instanceof Error ? last.message : String(last)}`)
}
