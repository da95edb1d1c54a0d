import type { ClusterView, MemberView } from '../../src/node/view.ts'

/** Machines whose state, role or lead is another than before; a machine that is new counts, a first picture changes nothing. */
export const changedSince = (before: ClusterView | undefined, after: ClusterView): ReadonlySet<string> => {
  if (before === undefined || before.cluster?.id !== after.cluster?.id) return new Set()
  const known = new Map(before.members.map((member) => [member.peer, standing(member)]))
  return new Set(after.members.filter((member) => known.get(member.peer) !== standing(member)).map((member) => member.peer))
}

const standing = ({ health, role, leads }: MemberView): string => `${health} ${role} ${leads}`
