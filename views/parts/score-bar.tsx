import type { ScoreView } from '../../src/node/view.ts'

export type ScorePart = ScoreView['parts'][number]['part']

/** The colour class of each part, darkest first; the order of the bar and of the table. */
export const scoreParts = [
  { part: 'stability', word: 'Stability', colour: 'p1' },
  { part: 'network', word: 'Network', colour: 'p2' },
  { part: 'headroom', word: 'CPU and RAM', colour: 'p3' },
  { part: 'capacity', word: 'VRAM and disk', colour: 'p4' },
  { part: 'preference', word: 'Preference', colour: 'p5' },
] as const satisfies readonly { part: ScorePart; word: string; colour: string }[]

/** A score as its parts laid end to end; the full width is 1. The number beside it says the same. */
export const ScoreBar = ({ score }: { score: ScoreView }) => {
  let x = 0
  return (
    <svg class="parts" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      {scoreParts.map(({ part, colour }) => {
        const value = Math.max(0, score.parts.find((one) => one.part === part)?.value ?? 0)
        const width = Math.min(100 - x, value * 100)
        const at = x
        x += width
        return <rect class={colour} x={at.toFixed(1)} width={width.toFixed(1)} height="6" />
      })}
    </svg>
  )
}
