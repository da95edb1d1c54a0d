import type { Mapped } from './types.ts'

export interface Zone {
  readonly name: string | null
  readonly members: readonly Mapped[]
}

/** Machines by zone: zones in the order of their names, those without one last; inside by name, then by id. Never by language or role. */
export const byZone = (members: readonly Mapped[]): readonly Zone[] => {
  const names = [...new Set(members.map((member) => member.zone))].sort((one, other) =>
    one === null ? 1 : other === null ? -1 : compare(one, other),
  )
  return names.map((name) => ({
    name,
    members: members
      .filter((member) => member.zone === name)
      .sort((one, other) => compare(one.name, other.name) || compare(one.peer, other.peer)),
  }))
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
