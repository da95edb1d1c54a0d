import type { MemberView } from '../../src/node/view.ts'
import { Glyph, type SymbolName, type Tone } from './glyph.tsx'

export interface HealthLook {
  readonly word: string
  readonly symbol: SymbolName
  readonly tone: Tone
}

/** Glyph, colour and word of every state a machine can be in. */
export const healthLooks: Readonly<Record<MemberView['health'], HealthLook>> = {
  healthy: { word: 'healthy', symbol: 'ok', tone: 'ok' },
  joining: { word: 'joining', symbol: 'run', tone: 'info' },
  suspected: { word: 'suspected', symbol: 'half', tone: 'warn' },
  down: { word: 'down', symbol: 'x', tone: 'bad' },
  unknown: { word: 'not heard yet', symbol: 'ring', tone: 'off' },
}

/** A machine's state: symbol, word and colour. */
export const State = ({ health }: { health: MemberView['health'] }) => {
  const { word, symbol, tone } = healthLooks[health]
  return (
    <span class={`st ${tone}`}>
      <Glyph name={symbol} />
      {word}
    </span>
  )
}

/** Whether a machine leads, votes or learns. */
export const RoleTags = ({ member }: { member: Pick<MemberView, 'role' | 'leads'> }) => (
  <span class="tags">
    {member.leads && <span class="tag leads">leader</span>}
    <span class={`tag ${member.role}`}>{member.role}</span>
  </span>
)
