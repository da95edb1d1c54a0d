import { Hono } from 'hono'
import { type Log, silentLog } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import { guard } from './guard.ts'
import { type KnowsHost, ownHosts } from './host-check.ts'
import { type Listening, listen, portFault } from './listen.ts'
import { metricsPage } from './metrics.ts'

export interface WebOptions {
  readonly host: string
  readonly port: number
  /** Further names under which this node may be asked: its name, its announced addresses. */
  readonly names?: readonly string[]
  /** The pages of the node (`createPages`). */
  readonly pages?: Hono
  /** The pages that set a fresh node up (`createSetupPages`). */
  readonly setup?: Hono
  readonly log?: Log
  /** Names the program that listens on a port, for the complaint about a taken one: "nginx (process 812)". */
  readonly whoHolds?: (port: number) => Promise<string | null>
}

/** The web port: pages, health and metrics, behind the guard. */
export const createWeb = (
  service: Service,
  { pages, setup, log = silentLog, knowsHost }: { pages?: Hono; setup?: Hono; log?: Log; knowsHost: KnowsHost },
): Hono => {
  const app = new Hono()
  const metrics = metricsPage(service)
  app.use(guard(knowsHost))
  app.onError((error, c) => {
    log.error('A page failed.', { error, path: c.req.path })
    return c.text('Something failed inside the node. Its log says more: `journalctl -u bzzz`.\n', 500)
  })
  app.get('/healthz', (c) => (service.health().live ? c.text('live\n') : c.text('not live\n', 503)))
  app.get('/readyz', (c) => {
    const { ready, because } = service.health()
    return ready ? c.text('ready\n') : c.text(`not ready\n${because.map((reason) => `- ${reason}\n`).join('')}`, 503)
  })
  app.get('/metrics', async (c) => {
    const { type, text } = await metrics()
    return c.body(text, 200, { 'Content-Type': type })
  })
  if (setup) {
    app.all('/setup', (c) => setup.fetch(c.req.raw, c.env))
    app.all('/setup/*', (c) => setup.fetch(c.req.raw, c.env))
  }
  // Everything else is the pages' own: unknown addresses and failures too, so that a person sees them in the look of the others.
  if (pages) app.all('*', (c) => pages.fetch(c.req.raw, c.env))
  app.notFound((c) => c.text('There is no such page on this node. The cluster is at /.\n', 404))
  return app
}

/** Serves the web port; a Fault names who holds a taken one. */
export const serveWeb = async (service: Service, options: WebOptions): Promise<Listening & { readonly url: string }> => {
  const { host, port } = options
  const knowsHost = ownHosts([host, ...(options.names ?? [])])
  const app = createWeb(service, {
    knowsHost,
    ...(options.pages && { pages: options.pages }),
    ...(options.setup && { setup: options.setup }),
    ...(options.log && { log: options.log }),
  })
  try {
    const listening = listen(app, { hostname: host, port })
    return { ...listening, url: `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}/` }
  } catch (error) {
    throw portFault(error, host, port, 'web.port', (await options.whoHolds?.(port).catch(() => null)) ?? null)
  }
}
