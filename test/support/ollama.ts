import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Exchange {
  readonly name: string
  readonly request: { readonly method: string; readonly path: string }
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
}

/** Exchanges recorded from a real Ollama server (built from its source of August 2026, so it reports version 0.0.0). */
export const recordedExchanges: readonly Exchange[] = readFileSync(join(import.meta.dir, 'ollama-recorded.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line): Exchange => JSON.parse(line))

/**
 * A STAND-IN for Ollama, not Ollama: it answers what a real server was recorded to answer, and 404 to everything else. `test/host/ollama`
 * proves it against the recording. `version` replaces the recorded one.
 */
export const standInOllama = (options: { readonly version?: string } = {}) =>
  Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      const found = recordedExchanges.find(({ request: asked }) => asked.method === request.method && asked.path === pathname)
      if (found === undefined) return new Response('404 page not found', { status: 404 })
      const { 'Content-Length': _, ...headers } = found.response.headers
      const body =
        pathname === '/api/version' && options.version !== undefined ? JSON.stringify({ version: options.version }) : found.response.body
      return new Response(body, { status: found.response.status, headers })
    },
  })
