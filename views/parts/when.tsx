import { exactMoment, moment, stamp } from '../words/index.ts'

/** An instant for people, with the full stamp for programs. */
export const When = ({ atMs, nowMs, exact = false }: { atMs: number; nowMs: number; exact?: boolean }) => (
  <time datetime={stamp(atMs)}>{exact ? exactMoment(atMs, nowMs) : moment(atMs, nowMs)}</time>
)
