import type { ClusterView } from '../../src/node/view.ts'
import { createPages, type PagesOptions } from '../../src/web/pages.tsx'
import { FakeService } from '../support/fake-service.ts'

export interface Site extends AsyncDisposable {
  readonly url: string
  readonly service: FakeService
  /** Cuts all connections and listens no more, as a process that died. */
  kill(): Promise<void>
  /** Listens again on the same port. */
  revive(): void
}

/** The pages over a service that shows what a test tells it to. */
export const openSite = (view: ClusterView, options: PagesOptions = {}): Site => {
  const service = new FakeService(view)
  const serve = (port: number) => Bun.serve({ hostname: '127.0.0.1', port, idleTimeout: 0, fetch: createPages(service, options).fetch })
  let server = serve(0)
  const { port = 0 } = server
  return {
    url: `http://127.0.0.1:${port}/`,
    service,
    kill: () => server.stop(true),
    revive: () => {
      server = serve(port)
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
