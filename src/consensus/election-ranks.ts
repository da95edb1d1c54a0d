import type { PeerId } from '../base/index.ts'

export interface Candidate {
  readonly peer: PeerId
  /** Null as long as there is none: it keeps the place it has. */
  readonly score: number | null
  /** The operator wants it to lead only if nobody else can. */
  readonly weightZero: boolean
  readonly answers: boolean
}

/** Noise moves a score by 0.02 either way; a place changes hands only for more than two such scores can differ by chance. */
const swapMargin = 0.05

/**
 * Who stands how early when there is no leader: 0 first. By score, with hysteresis against `previous` (ranks of the same kind, possibly
 * made by another leader), then the leader itself (ranks matter when it is gone, and the best of the others should not wait for it),
 * then who does not answer, and last whom the operator wants aside.
 */
export const rankVoters = (
  previous: Readonly<Record<PeerId, number>>,
  voters: readonly Candidate[],
  leader: PeerId | null = null,
): Readonly<Record<PeerId, number>> => {
  const group = ({ peer, weightZero, answers }: Candidate): number => {
    if (weightZero) return 3
    if (peer === leader) return 1
    return answers ? 0 : 2
  }
  const order = [0, 1, 2, 3].flatMap((wanted) =>
    settle(
      inPlace(
        previous,
        voters.filter((voter) => group(voter) === wanted),
      ),
    ),
  )
  return Object.fromEntries(order.map(({ peer }, rank) => [peer, rank]))
}

/** In the previous order; who had no place yet goes before the first that scores less, without one to the end. */
const inPlace = (previous: Readonly<Record<PeerId, number>>, voters: readonly Candidate[]): readonly Candidate[] => {
  const place = ({ peer }: Candidate) => previous[peer]
  const placed = voters.filter((voter) => place(voter) !== undefined).sort((a, b) => (place(a) ?? 0) - (place(b) ?? 0) || byName(a, b))
  const fresh = voters.filter((voter) => place(voter) === undefined).sort((a, b) => (b.score ?? -1) - (a.score ?? -1) || byName(a, b))
  for (const newcomer of fresh) {
    const at = placed.findIndex(({ score }) => newcomer.score !== null && score !== null && score < newcomer.score)
    placed.splice(at === -1 ? placed.length : at, 0, newcomer)
  }
  return placed
}

/** Swaps neighbours as long as the lower is clearly better. Those without a score keep their places and are no obstacle. */
const settle = (voters: readonly Candidate[]): readonly Candidate[] => {
  const scored = voters.flatMap((voter) => (voter.score === null ? [] : [{ voter, score: voter.score }]))
  for (let pass = 0, moved = true; moved && pass < scored.length; pass += 1) {
    moved = false
    for (let at = 1; at < scored.length; at += 1) {
      const upper = scored[at - 1]
      const lower = scored[at]
      if (upper === undefined || lower === undefined || lower.score <= upper.score + swapMargin) continue
      scored.splice(at - 1, 2, lower, upper)
      moved = true
    }
  }
  const queue = scored.map(({ voter }) => voter)
  return voters.map((voter) => (voter.score === null ? voter : (queue.shift() ?? voter)))
}

const byName = (a: Candidate, b: Candidate): number => (a.peer < b.peer ? -1 : 1)
