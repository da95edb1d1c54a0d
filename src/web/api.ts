import { Hono } from 'hono'
import { z } from 'zod'
import { asPeerId, Fault, type Json, type Log, silentLog } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import type { Setup } from '../setup/index.ts'
import { failureAnswer } from './answer.ts'
import { keySpace } from './api-kv.ts'
import { setupApi } from './api-setup.ts'
import { checked, checkedBody } from './body.ts'
import { within } from './deadline.ts'
import { viewLines } from './watch.ts'

const commandsMax = 512
const membersMax = 1_024

/** The local API of a node, served on its Unix socket: what the command line, the demo and the tests speak. */
export const createApi = (service: Service, log: Log = silentLog, setup?: Setup): Hono => {
  const app = new Hono({ strict: true })
  app.onError((error, c) => failureAnswer(c, error, log))
  app.notFound((c) =>
    failureAnswer(c, new Fault('not-found', 'There is nothing at this address.', { hint: 'The API is under /v1/.' }), log),
  )

  app.get('/v1/view', (c) => c.json(service.view()))
  app.get('/v1/nodes', (c) => c.json(service.view().members))
  app.get('/v1/identity', (c) => c.json(service.identity()))
  app.get('/v1/health', (c) => c.json(service.health()))
  app.get('/v1/metrics', (c) => c.json(service.metrics()))
  app.get('/v1/root', (c) => c.json(service.stateRoot()))
  app.get('/v1/leader', (c) => {
    const { leader, noLeaderBecause, voters } = service.view()
    return c.json({ leader, noLeaderBecause, voters })
  })
  app.get('/v1/watch', (c) => c.body(viewLines(service, pace(c.req.query('everyMs'))), 200, { 'Content-Type': 'application/x-ndjson' }))

  app.post('/v1/leader/transfer', async (c) => {
    const { to } = await checkedBody(c, z.strictObject({ to: memberName }))
    return c.json(await within(service.transfer(to)))
  })
  app.post('/v1/propose', async (c) => {
    const { commands } = await checkedBody(
      c,
      z.strictObject({
        commands: z
          .array(command, 'expected a list of commands')
          .min(1, 'expected at least one command')
          .max(commandsMax, `expected at most ${commandsMax} commands`),
      }),
    )
    return c.json({ results: await within(service.propose(commands)) })
  })
  app.post('/v1/cluster/create', async (c) => {
    const { genesis } = await checkedBody(c, z.strictObject({ genesis: genesisText }))
    await within(service.create(genesis))
    return c.json({ done: true })
  })
  app.post('/v1/cluster/join', async (c) => {
    const { genesis, members } = await checkedBody(
      c,
      z.strictObject({
        genesis: genesisText,
        members: z.array(knownMember, 'expected a list of members').max(membersMax, 'too many members'),
      }),
    )
    await within(
      service.join(
        genesis,
        members.map((member) => ({ peer: asPeerId(member.peer), addresses: member.addresses })),
      ),
    )
    return c.json({ done: true })
  })
  app.post('/v1/diagnose/:peer', async (c) =>
    c.json({ findings: await within(service.diagnosePeer(checked(memberName, c.req.param('peer')))) }),
  )

  app.route('/v1/kv', keySpace(service, log))
  if (setup) app.route('/v1/setup', setupApi(setup))
  return app
}

const memberName = z.string('expected a name or peer id').min(1, 'expected a name or peer id').max(128, 'expected at most 128 characters')
const genesisText = z
  .string('expected the genesis')
  .min(2, 'expected the genesis')
  .max(512 * 1024, 'the genesis is too long')
const knownMember = z.strictObject({
  peer: z.string('expected a peer id').regex(/^[1-9A-HJ-NP-Za-km-z]{20,128}$/, 'expected a peer id'),
  addresses: z
    .array(z.string('expected an address').max(300, 'the address is too long'), 'expected addresses')
    .max(32, 'too many addresses'),
})
// Already JSON (parseJson); what a command may be is for the state machine to say.
const command = z.custom<Json>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a command (an object)',
)

const pace = (text: string | undefined): number => {
  const everyMs = text === undefined ? 250 : Number(text)
  if (!Number.isInteger(everyMs) || everyMs < 50 || everyMs > 60_000) {
    throw new Fault('bad-request', '`everyMs` is not a whole number from 50 to 60000.', { hint: 'Leave it out for 250.' })
  }
  return everyMs
}
