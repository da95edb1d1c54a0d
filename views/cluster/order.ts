import type { MemberView } from '../../src/node/view.ts'

/** In the order of their names, so that a row stays where it is whoever leads. */
export const byName = (members: readonly MemberView[]): readonly MemberView[] =>
  members.toSorted((one, other) => compare(one.name, other.name) || compare(one.peer, other.peer))

/** Those that have a score, best first. */
export const byScore = (members: readonly MemberView[]): readonly (MemberView & { score: NonNullable<MemberView['score']> })[] =>
  members
    .flatMap((member) => (member.score === null ? [] : [{ ...member, score: member.score }]))
    .sort((one, other) => other.score.total - one.score.total || compare(one.name, other.name))

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
