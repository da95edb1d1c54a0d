import { type Problem, ProblemPage } from '../../views/problem/page.tsx'
import type { Service } from '../node/service.ts'
import { contentSecurityPolicy, newFrame } from './page-security.ts'

export type { Problem }

/** A page that says what is wrong and what to do, in the look of the others; it needs no script and is never kept. */
export const problemResponse = (problem: Problem, service: Pick<Service, 'view'>): Response => {
  const { self, place, nowMs } = whereabouts(service)
  const frame = newFrame()
  const page = <ProblemPage problem={problem} frame={frame} self={self} place={place} nowMs={nowMs} />
  return new Response(`<!doctype html>${page}`, {
    status: problem.status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(frame),
    },
  })
}

/** Even when the view itself is what broke, the page can be made. */
const whereabouts = (service: Pick<Service, 'view'>) => {
  try {
    const { self, cluster, atMs } = service.view()
    return { self: self.name, place: cluster?.name ?? self.name, nowMs: atMs }
  } catch {
    return { self: 'this machine', place: 'bzzz', nowMs: Date.now() }
  }
}
