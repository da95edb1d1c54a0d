import { Hono } from 'hono'
import { z } from 'zod'
import type { Setup } from '../setup/index.ts'
import { checkedBody } from './body.ts'
import { within } from './deadline.ts'

const text = z.string('expected text').max(2_048, 'expected at most 2048 characters')

/** Set-up for whoever may open the socket: the same steps as the pages, and the link to them. */
export const setupApi = (setup: Setup): Hono => {
  const app = new Hono()

  app.get('/', (c) => c.json({ closed: setup.closed, draft: setup.draft(), machine: setup.machine() }))
  app.get('/findings', async (c) => c.json({ findings: await within(setup.findings()) }))
  app.post('/link', async (c) => {
    const { fresh } = await checkedBody(c, z.strictObject({ fresh: z.boolean('expected true or false') }))
    return c.json(setup.claims.link(fresh))
  })
  app.post('/machine', async (c) => {
    await setup.saveMachine(await checkedBody(c, z.strictObject({ name: text, zone: text, meshPort: text })))
    return c.json({ done: true })
  })
  app.post('/cluster', async (c) => {
    setup.saveCluster((await checkedBody(c, z.strictObject({ name: text }))).name)
    return c.json({ done: true })
  })
  app.post('/operator', async (c) => {
    const { name, passphrase } = await checkedBody(c, z.strictObject({ name: text, passphrase: text }))
    await within(setup.saveOperator({ name, passphrase, again: passphrase }))
    return c.json({ done: true })
  })
  app.post('/master', (c) => {
    const { words, mark } = setup.showMaster()
    return c.json({ words, mark, asks: setup.master.waiting?.asks ?? [] })
  })
  app.post('/confirm', async (c) => {
    await within(setup.confirm(await checkedBody(c, z.record(z.string(), text))))
    return c.json({ done: true })
  })
  return app
}
