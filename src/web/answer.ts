import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Fault, type Log } from '../base/index.ts'

/** The one shape in which the API says that something did not work. `version`: the record's version now, for conflicts. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null; readonly version?: number }
}

const statusOf: Readonly<Record<string, ContentfulStatusCode>> = {
  'bad-request': 400,
  'bad-input': 400,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  claimed: 409,
  closed: 409,
  incomplete: 409,
  'no-master': 409,
  'already-a-member': 409,
  'not-a-member': 409,
  'too-large': 413,
  'no-leader': 503,
  busy: 503,
  timeout: 504,
}

/** The answer to a failure. A Fault speaks for itself; anything else is a bug, which is logged and not shown. */
export const failureAnswer = (c: Context, error: unknown, log: Log, more: { version?: number } = {}): Response => {
  const { status, body } = failure(error, log, more)
  return c.json(body, status, status === 503 ? { 'Retry-After': '1' } : undefined)
}

/** Status and body of a failure. */
export const failure = (error: unknown, log: Log, more: { version?: number } = {}): { status: ContentfulStatusCode; body: ErrorBody } => {
  if (error instanceof Fault) {
    const status = Object.hasOwn(statusOf, error.code) ? statusOf[error.code] : undefined
    return { status: status ?? 500, body: { error: { code: error.code, message: error.message, hint: error.hint ?? null, ...more } } }
  }
  log.error('A request failed inside the node.', { error })
  const hint = 'The log of the node says more: `journalctl -u bzzz`.'
  return { status: 500, body: { error: { code: 'internal', message: 'Something failed inside the node.', hint } } }
}
