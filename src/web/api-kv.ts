import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { isFault, type Json, type Log } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import { type ErrorBody, failure, failureAnswer } from './answer.ts'
import { checkedBody, jsonBody, valueBytesMax } from './body.ts'
import { within } from './deadline.ts'
import { checkKey, expectedVersion, keyOf, strong, wholeNumber } from './kv-request.ts'

const listMax = 1_000
const putsMax = 512

/** The raw key space: read, write with or without an expected version, list, and many writes in one request. */
export const keySpace = (service: Service, log: Log): Hono => {
  const app = new Hono()

  app.get('/', async (c) => {
    const after = c.req.query('after')
    const limit = wholeNumber(c.req.query('limit'), 'limit', listMax)
    const found = await within(service.list(c.req.query('prefix') ?? '', strong(c), after, limit ?? 100))
    return c.json(found)
  })

  app.post('/', async (c) => {
    return c.json({ results: await putAll(service, await checkedBody(c, manyPuts), log) })
  })

  app.get('/*', async (c) => {
    const key = keyOf(c)
    const { record, reading } = await within(service.get(key, strong(c)))
    if (record) return c.json({ record, reading }, 200, { ETag: `"${record.version}"` })
    return c.json(
      { error: { code: 'not-found', message: `There is no record ${key}.`, hint: 'See `bzzz kv list`.' }, record, reading },
      404,
    )
  })

  app.put('/*', async (c) => {
    const key = keyOf(c)
    const expected = expectedVersion(c)
    const value = await jsonBody(c, valueBytesMax)
    return settle(c, key, () => service.put(key, value, expected))
  })

  app.delete('/*', async (c) => {
    const key = keyOf(c)
    const expected = expectedVersion(c)
    return settle(c, key, () => service.delete(key, expected))
  })

  /** Runs a write; a conflict tells the version that the record has now. */
  const settle = async (c: Context, key: string, write: () => Promise<{ version: number; index: number }>): Promise<Response> => {
    try {
      const done = await within(write())
      return c.json(done, 200, { ETag: `"${done.version}"` })
    } catch (error) {
      if (!isFault(error, 'conflict')) throw error
      const { record } = await service.get(key, false)
      return failureAnswer(c, error, log, { version: record?.version ?? 0 })
    }
  }

  return app
}

export type Put = z.infer<typeof manyPuts>[number]
type Written = Awaited<ReturnType<Service['put']>>

/** Independent writes, begun together; one result for each, in order. A key that is none refuses them all. */
export const putAll = async (service: Service, puts: readonly Put[], log: Log): Promise<(Written | ErrorBody)[]> => {
  for (const put of puts) checkKey(put.key)
  const results = await within(Promise.allSettled(puts.map((put) => service.put(put.key, put.value, put.expect))))
  return results.map((result) => (result.status === 'fulfilled' ? result.value : failure(result.reason, log).body))
}

// The body was already looked at by parseJson, so any value is JSON.
const anyJson = z.custom<Json>((value) => value !== undefined, 'a put needs a value')

export const manyPuts = z
  .array(
    z.strictObject({
      key: z.string('expected a key'),
      value: anyJson,
      expect: z.number('expected a version').int('expected a whole number').min(0, 'expected 0 or more').optional(),
    }),
    'expected a list of puts',
  )
  .min(1, 'expected at least one put')
  .max(putsMax, `expected at most ${putsMax} puts`)
