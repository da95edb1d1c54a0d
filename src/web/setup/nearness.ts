import type { Context } from 'hono'
import { hostOf } from '../host-check.ts'

/** What the listener hands over beside a request. */
interface Environment {
  readonly server?: { requestIP(request: Request): { readonly address: string } | null }
}

const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** The address a request comes from; null where that is not known. */
export const addressOf = (c: Context): string | null => {
  const { server }: Environment = c.env ?? {}
  return server?.requestIP(c.req.raw)?.address ?? null
}

/** Whether the browser sits at this machine, or at the near end of `ssh -L`: secrets go over plain HTTP no farther than that. */
export const isNear = (c: Context): boolean => {
  const host = hostOf(c.req.header('host'))
  const named = host !== null && isLoopback(host)
  const relayed = forwarding.some((name) => c.req.header(name) !== undefined)
  const address = addressOf(c)
  return named && !relayed && address !== null && isLoopback(address)
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
