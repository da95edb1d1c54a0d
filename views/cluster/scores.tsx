import type { ClusterView, MemberView } from '../../src/node/view.ts'
import { healthLooks, ScoreBar, type ScorePart, scoreParts } from '../parts/index.ts'
import { counted, fixed, listedBriefly } from '../words/index.ts'
import { byScore } from './order.ts'

/** From this many machines on, learners stand in a fold: they cannot lead, and there are many of them. */
const foldFrom = 13

/** Every score with its parts, best first, and what it means for who leads. */
export const Scores = ({ view }: { view: ClusterView }) => {
  const scored = byScore(view.members)
  const folds = view.members.length >= foldFrom
  const open = folds ? scored.filter((member) => member.role === 'voter') : scored
  const folded = scored.filter((member) => !open.includes(member))
  const next = nextToStand(scored)
  return (
    <section id="scores" hidden={scored.length === 0}>
      <div class="head">
        <h2>The score and its parts</h2>
        <p>decides who stands first for leader, never who wins a vote</p>
      </div>
      <Table members={open} next={next} />
      {folded.length > 0 && (
        <details id="scores-of-learners" class="under">
          <summary>{counted(folded.length, 'learner')}, which cannot lead</summary>
          <Table members={folded} next={next} />
        </details>
      )}
      <p class="hint below">
        Leadership moves to a voter that is ahead by 0.15 for 60 s, after 2 minutes at the earliest and 3 times an hour at most.{' '}
        {distance(scored, next)} {without(view.members)}
      </p>
    </section>
  )
}

const Table = ({ members, next }: { members: readonly Scored[]; next: Scored | undefined }) => (
  <div class="cq">
    <table role="table" class="stack three scores">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Machine
          </th>
          {scoreParts.map(({ part, word, colour }) => (
            <th role="columnheader" scope="col">
              <svg class="key" viewBox="0 0 8 8" aria-hidden="true">
                <rect class={colour} width="8" height="8" />
              </svg>
              {word}
              <small>up to {fixed(partOf(members[0], part)?.upTo ?? 0, 2)}</small>
            </th>
          ))}
          <th role="columnheader" scope="col">
            Score
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {members.map((member) => (
          <tr role="row">
            <th role="rowheader" scope="row" class="full">
              <b>{member.name}</b> <Standing member={member} next={next} />
            </th>
            {scoreParts.map(({ part, word }) => (
              <td role="cell" data-l={word}>
                {fixed(partOf(member, part)?.value ?? 0, 2)}
              </td>
            ))}
            <td role="cell" class="score" data-l="Score">
              <b>{fixed(member.score.total, 2)}</b>
              <ScoreBar score={member.score} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const partOf = (member: Scored | undefined, part: ScorePart) => member?.score.parts.find((one) => one.part === part)

type Scored = ReturnType<typeof byScore>[number]

const Standing = ({ member, next }: { member: Scored; next: Scored | undefined }) =>
  member.leads ? (
    <span class="tag leads">leader</span>
  ) : member.health === 'down' || member.health === 'suspected' ? (
    <span class="quiet">{healthLooks[member.health].word}</span>
  ) : member.role === 'learner' ? (
    <span class="quiet">learner, cannot lead</span>
  ) : member === next ? (
    <span class="quiet">stands next</span>
  ) : null

/** The voter that stands for leader first once the present one is gone. */
const nextToStand = (scored: readonly Scored[]): Scored | undefined =>
  scored
    .filter((member) => member.role === 'voter' && !member.leads && member.health !== 'down')
    .toSorted((one, other) => one.score.rank - other.score.rank)[0]

const distance = (scored: readonly Scored[], next: Scored | undefined): string => {
  const leader = scored.find((member) => member.leads)
  if (leader === undefined || next === undefined) return ''
  const ahead = next.score.total - leader.score.total
  const amount = fixed(Math.abs(ahead), 2)
  if (amount === '0.00') return `${next.name} has as much.`
  return `${next.name} is ${amount} ${ahead > 0 ? 'ahead' : 'behind'}.`
}

const without = (members: readonly MemberView[]): string => {
  const names = members.filter((member) => member.score === null).map((member) => member.name)
  return names.length === 0 ? '' : `No score yet: ${listedBriefly(names)}.`
}
