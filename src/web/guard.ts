import type { MiddlewareHandler } from 'hono'
import type { KnowsHost } from './host-check.ts'

/** No script but our own files, no frame, no foreign origin: what a page of this node may do. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
} as const

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])

/**
 * Looks at every request before anything else does: it must name this machine (421), use a method we have (405), and, where it could
 * change something or is not a person following a link, come from a page of this very origin (403). Every answer leaves with the security headers; a page
 * may set its own policy.
 */
export const guard = (knowsHost: KnowsHost): MiddlewareHandler => {
  const refusal = (method: string, header: (name: string) => string | undefined): Response | null => {
    const host = header('host')
    if (!knowsHost(host)) return refuse(421, 'This address does not belong to this node. Open it as http://127.0.0.1 or through `ssh -L`.')
    if (!methods.has(method)) return refuse(405, 'This node does not know that method.', { Allow: [...methods].join(', ') })
    const site = header('sec-fetch-site')
    if (method === 'GET' || method === 'HEAD') {
      // A foreign page may link here, but not load parts of us: it could read nothing, and yet take the places of open pages.
      const foreign = site !== undefined && site !== 'same-origin' && site !== 'none' && header('sec-fetch-mode') !== 'navigate'
      return foreign ? refuse(403, 'This request comes from a page of another site.') : null
    }
    const sameOrigin = header('origin') === `http://${host}` && (site === undefined || site === 'same-origin')
    return sameOrigin ? null : refuse(403, 'This request does not come from a page of this node. Nothing was changed.')
  }
  return async (c, next) => {
    const refused = refusal(c.req.method, (name) => c.req.header(name))
    if (refused) c.res = refused
    else await next()
    for (const [name, value] of Object.entries(headers)) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  }
}

const refuse = (status: number, sentence: string, more: Record<string, string> = {}): Response =>
  new Response(`${sentence}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...more } })
