import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  ClaimPage,
  ClusterStep,
  ConfirmStep,
  FarAwayPage,
  GonePage,
  MachineStep,
  MasterKeyStep,
  OperatorStep,
  type SetupFrame,
  type SetupStep,
  SheetStep,
} from '../../../views/setup/index.ts'
import { Fault, isFault } from '../../base/index.ts'
import { generatePassphrase } from '../../keys/index.ts'
import type { Setup } from '../../setup/index.ts'
import { contentSecurityPolicy, newSetupFrame } from '../page-security.ts'
import { type Fields, formFields } from './form.ts'
import { addressOf, isNear } from './nearness.ts'
import { formToken, isFormToken, visitors } from './visitor.ts'

export interface SetupPagesOptions {
  /** The name of this machine, as it is now. */
  readonly self: () => string
  /** Name of the cookie: this node's own. */
  readonly cookie: string
  readonly port: () => number
  readonly report?: (error: unknown) => void
}

type Html = { toString(): string }
type Problems = Readonly<Record<string, string>>

const addresses = {
  machine: '/setup/machine',
  cluster: '/setup/cluster',
  operator: '/setup/operator',
  master: '/setup/master-key',
} as const

/**
 * The pages that make a fresh node a cluster of one. Everybody may see the claim page until somebody claimed; the steps are for that one alone,
 * and once the node is in a cluster there is nothing here. Host and Origin are the server's concern; these pages want a form token as well.
 */
export const createSetupPages = (setup: Setup, options: SetupPagesOptions): Hono => {
  const { self, port, report = () => undefined } = options
  const visitor = visitors(options.cookie)
  const app = new Hono()

  const answer = (c: Context, page: (frame: SetupFrame) => Html, status: ContentfulStatusCode = 200) => {
    const { draft, master } = standing(setup)
    const frame: SetupFrame = {
      ...newSetupFrame(),
      self: draft.machine?.name ?? self(),
      token: formToken(visitor.greet(c)),
      done: doneIn(draft, master),
    }
    return c.html(`<!doctype html>${page(frame)}`, status, {
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(frame),
    })
  }
  /** After a form that was right: with htmx the page is loaded anew, else the browser follows by itself. */
  const onward = (c: Context, to: string) =>
    c.req.header('hx-request') === undefined ? c.redirect(to, 303) : c.body(null, 200, { 'hx-redirect': to })
  const gone = (c: Context) => answer(c, (frame) => <GonePage frame={frame} inCluster={setup.closed} />, 404)

  app.use(async (c, next) => {
    if (!isNear(c)) return answer(c, (frame) => <FarAwayPage frame={frame} port={port()} />, 403)
    if (setup.closed) {
      visitor.forget(c)
      return gone(c)
    }
    const known = visitor.known(c)
    const owner = known !== null && setup.claims.admits(known)
    const atDoor = c.req.path === '/setup' || c.req.path === '/setup/claim'
    if (!owner && (setup.claims.taken || !atDoor)) return setup.claims.taken ? gone(c) : c.redirect('/setup', 303)
    if (owner && atDoor) return onward(c, nextStep(setup))
    await next()
  })

  app.get('/setup', (c) => answer(c, (frame) => <ClaimPage frame={frame} port={port()} />))
  app.post('/setup/claim', async (c) => {
    const fields = await ownForm(c)
    try {
      visitor.become(c, setup.claims.claim(fields('code'), addressOf(c) ?? ''))
      return onward(c, nextStep(setup))
    } catch (error) {
      if (!isFault(error, 'wrong-code', 'slow-down')) throw error
      if (isFault(error, 'slow-down')) c.header('retry-after', error.hint ?? '3')
      return answer(c, (frame) => <ClaimPage frame={frame} port={port()} problem={error.message} />, error.code === 'slow-down' ? 429 : 422)
    }
  })

  app.get(addresses.machine, async (c) => {
    const [{ choice, fixed }, findings] = [setup.machine(), await setup.findings()]
    const typed = { name: choice.name, zone: choice.zone ?? '', meshPort: String(choice.meshPort) }
    return answer(c, (frame) => <MachineStep frame={frame} typed={typed} fixed={fixed} findings={findings} />)
  })
  step(addresses.machine, addresses.cluster, {
    save: (fields) => setup.saveMachine({ name: fields('name'), zone: fields('zone'), meshPort: fields('meshPort') }),
    again: async (fields, problems) => {
      const [{ fixed }, findings] = [setup.machine(), await setup.findings()]
      const typed = { name: fields('name'), zone: fields('zone'), meshPort: fields('meshPort') }
      return (frame) => <MachineStep frame={frame} typed={typed} fixed={fixed} findings={findings} problems={problems} />
    },
  })

  app.get(addresses.cluster, (c) => answer(c, (frame) => <ClusterStep frame={frame} typed={setup.draft().cluster ?? ''} />))
  step(addresses.cluster, addresses.operator, {
    save: (fields) => setup.saveCluster(fields('cluster')),
    again: (fields, problems) => (frame) => <ClusterStep frame={frame} typed={fields('cluster')} problems={problems} />,
  })

  app.get(addresses.operator, (c) => {
    const { name = '' } = setup.draft().operator ?? {}
    return answer(c, (frame) => <OperatorStep frame={frame} typed={name} offered={generatePassphrase()} />)
  })
  step(addresses.operator, addresses.master, {
    save: (fields) => setup.saveOperator({ name: fields('name'), passphrase: fields('passphrase'), again: fields('again') }),
    again: (fields, problems) => {
      const offered = generatePassphrase()
      return (frame) => <OperatorStep frame={frame} typed={fields('name')} offered={offered} problems={problems} />
    },
  })

  app.get(addresses.master, (c) =>
    missing(setup) === null
      ? answer(c, (frame) => <MasterKeyStep frame={frame} waits={setup.master.waiting?.mark ?? null} />)
      : c.redirect(nextStep(setup), 303),
  )
  // The words leave in the answer to a form, never to a GET: loading the page again asks the browser's leave, and then makes another key.
  app.post(addresses.master, async (c) => {
    await ownForm(c)
    if (missing(setup) !== null) return onward(c, nextStep(setup))
    const sheet = setup.showMaster()
    return answer(c, (frame) => <SheetStep frame={frame} sheet={sheet} cluster={setup.draft().cluster ?? ''} madeMs={Date.now()} />)
  })

  app.get('/setup/confirm', (c) => {
    const { waiting } = setup.master
    return waiting === null ? c.redirect(nextStep(setup), 303) : answer(c, (frame) => <ConfirmStep frame={frame} {...waiting} />)
  })
  app.post('/setup/confirm', async (c) => {
    const fields = await ownForm(c)
    const { waiting } = setup.master
    if (waiting === null || missing(setup) !== null) return onward(c, nextStep(setup))
    try {
      await setup.confirm(Object.fromEntries(waiting.asks.map((place) => [`w${place}`, fields(`w${place}`)])))
    } catch (error) {
      const problems = problemsIn(error)
      if (problems === null) throw error
      return answer(c, (frame) => <ConfirmStep frame={frame} {...waiting} problems={problems} />, 422)
    }
    visitor.forget(c)
    return onward(c, '/')
  })

  app.notFound(gone)
  app.onError((error, c) => {
    // A form that was not ours is answered without a word about what is inside.
    if (isFault(error, 'forbidden', 'bad-request', 'too-large'))
      return c.text(`${error.message} Nothing was changed.\n`, statuses[error.code])
    if (!isFault(error)) report(error)
    const said =
      error instanceof Fault ? `${error.message} ${error.hint ?? ''}` : 'Something broke in bzzz, not in what you did. Its log says more.'
    return c.text(`${said}\n`, error instanceof Fault ? 503 : 500)
  })
  return app

  /** The fields of a form that a page of ours made for this very visitor. */
  async function ownForm(c: Context): Promise<Fields> {
    const fields = await formFields(c)
    const known = visitor.known(c)
    if (known === null || !isFormToken(fields('token'), known)) {
      throw new Fault('forbidden', 'This form does not belong to this visit. Load the page again.')
    }
    return fields
  }

  function step(path: string, then: string, { save, again }: Step): void {
    app.post(path, async (c) => {
      const fields = await ownForm(c)
      try {
        await save(fields)
        return onward(c, then)
      } catch (error) {
        const problems = problemsIn(error)
        if (problems === null) throw error
        return answer(c, await again(fields, problems), 422)
      }
    })
  }
}

interface Step {
  readonly save: (fields: Fields) => void | Promise<void>
  /** The same step with what was typed and what is wrong with it. */
  readonly again: (fields: Fields, problems: Problems) => ((frame: SetupFrame) => Html) | Promise<(frame: SetupFrame) => Html>
}

const statuses = { forbidden: 403, 'bad-request': 415, 'too-large': 413 } as const

/** What is wrong with a form, by field: a Fault of set-up that carries fields. */
const problemsIn = (error: unknown): Problems | null =>
  // The class is set-up's; its shape is enough here, because only that class has this code.
  isFault(error, 'bad-input') && 'fields' in error ? (error.fields as Problems) : null

const standing = (setup: Setup) => ({ draft: setup.draft(), master: setup.master.waiting !== null })

const doneIn = (draft: ReturnType<Setup['draft']>, master: boolean): readonly SetupStep[] => [
  ...(draft.machine ? (['machine'] as const) : []),
  ...(draft.cluster ? (['cluster'] as const) : []),
  ...(draft.operator ? (['operator'] as const) : []),
  ...(master ? (['master'] as const) : []),
]

/** The first step that is not done; null once only the master key is left. */
const missing = (setup: Setup): 'machine' | 'cluster' | 'operator' | null => {
  const draft = setup.draft()
  if (!draft.machine) return 'machine'
  if (!draft.cluster) return 'cluster'
  return draft.operator ? null : 'operator'
}

const nextStep = (setup: Setup): string => addresses[missing(setup) ?? 'master']
