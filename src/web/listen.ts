import type { Hono } from 'hono'
import { Fault } from '../base/index.ts'
import { bodyBytesMax } from './body.ts'

/** Requests under way at one time on one listener, open event streams included. */
const requestsMax = 512
/** A request that neither arrives nor is answered within this is cut, however slowly it trickles: shorter where strangers may connect. */
const patienceSeconds = { socket: 60, port: 10 } as const

type Place = { readonly hostname: string; readonly port: number } | { readonly unix: string }

/** A WebSocket that is served beside the app, at one path. */
export interface Channel {
  readonly path: string
  hasRoom(): boolean
  readonly handlers: Bun.WebSocketHandler<undefined>
}

export interface Listening extends AsyncDisposable {
  /** Null on a Unix socket. */
  readonly port: number | null
}

/**
 * Serves a Hono app. Bounds what Bun leaves open: requests at one time, length of a body (Bun itself cuts headers at 16 KiB or 200 lines);
 * event streams may stay open. Disposing closes all connections.
 */
export const listen = (
  app: Pick<Hono, 'fetch'>,
  place: Place,
  patience: number = 'unix' in place ? patienceSeconds.socket : patienceSeconds.port,
  channel?: Channel,
): Listening => {
  const bounds = {
    maxRequestBodySize: bodyBytesMax,
    // Works on a Unix socket too, though the types do not say so; the default of 10 s would cut an act that takes longer.
    idleTimeout: patience,
    development: false,
    // Said aloud, because `development: false` alone turns it on: a second node would share the port in silence.
    reusePort: false,
    fetch: async (request: Request, server: Bun.Server<undefined>): Promise<Response | undefined> => {
      if (server.pendingRequests > requestsMax) return busy()
      if (channel !== undefined && isUpgrade(request, channel.path)) {
        if (!channel.hasRoom()) return busy()
        if (server.upgrade(request, { data: undefined })) return undefined
      }
      const response = await app.fetch(request, { server })
      if (isStream(response)) server.timeout(request, 0)
      return response
    },
    error: () => new Response('Something failed inside the node.\n', { status: 500 }),
    ...(channel === undefined ? {} : { websocket: channel.handlers }),
  } as const
  // The cast: the types forbid idleTimeout beside unix, see above.
  const server = Bun.serve({ ...place, ...bounds } as Bun.Serve.Options<undefined>)
  return { port: server.port ?? null, [Symbol.asyncDispose]: () => server.stop(true) }
}

const isUpgrade = (request: Request, path: string): boolean =>
  request.headers.get('upgrade')?.toLowerCase() === 'websocket' && new URL(request.url).pathname === path

const isStream = (response: Response): boolean =>
  /^(text\/event-stream|application\/x-ndjson)/.test(response.headers.get('content-type') ?? '')

const busy = (): Response =>
  Response.json(
    { error: { code: 'busy', message: `${requestsMax} requests are under way already.`, hint: 'Try again in a second.' } },
    { status: 503, headers: { 'Retry-After': '1' } },
  )

/** The error code of the system in what `Bun.serve` throws. */
export const systemCode = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** What a port that cannot be had means, in words. `holder`: who has it, where that could be learnt. */
export const portFault = (error: unknown, host: string, port: number, setting: string, holder: string | null): Fault => {
  const code = systemCode(error)
  const place = `${host}:${port}`
  if (code === 'EADDRINUSE') {
    const who = holder ? `${holder} listens there` : 'another program listens there'
    return new Fault('port-taken', `Port ${port} on ${host} is taken: ${who}.`, {
      hint: `Stop it, or choose another port with \`${setting}\` in the configuration.`,
      cause: error,
    })
  }
  if (code === 'EACCES') {
    return new Fault('forbidden', `This user may not listen on ${place}: ports below 1024 belong to root.`, {
      hint: `Choose another with \`${setting}\`.`,
      cause: error,
    })
  }
  if (code === 'EADDRNOTAVAIL') {
    return new Fault('bad-config', `This machine has no address ${host}.`, {
      hint: `Correct \`${setting.replace('.port', '.host')}\`.`,
      cause: error,
    })
  }
  return new Fault('port-taken', `Nothing can listen on ${place}: ${code || String(error)}.`, {
    hint: `Choose another place with \`${setting}\`.`,
    cause: error,
  })
}
