import type { ClusterView, EventView } from '../../src/node/view.ts'
import { Glyph, type SymbolName, When } from '../parts/index.ts'

const shownMax = 12

const looks: Readonly<Record<EventView['kind'], { readonly symbol: SymbolName; readonly tone: string }>> = {
  leader: { symbol: 'lead', tone: 'leader' },
  member: { symbol: 'to', tone: 'off' },
  health: { symbol: 'half', tone: 'off' },
  setting: { symbol: 'edit', tone: 'off' },
  transfer: { symbol: 'lead', tone: 'leader' },
  audit: { symbol: 'key', tone: 'off' },
  warning: { symbol: 'half', tone: 'warn' },
}

const tones: Readonly<Record<NonNullable<EventView['tone']>, SymbolName>> = { ok: 'ok', info: 'run', warn: 'half', bad: 'x' }

/** What happened last, newest first. */
export const Events = ({ view }: { view: ClusterView }) => {
  const events = view.events.toSorted((one, other) => other.atMs - one.atMs).slice(0, shownMax)
  return (
    <section id="events" hidden={view.cluster === null}>
      <div class="head">
        <h2>Recent events</h2>
        {events.length > 0 && <p>as {view.self.name} saw them</p>}
      </div>
      {events.length === 0 ? (
        <p class="calm quiet">None since {view.self.name} started.</p>
      ) : (
        <ol class="events" role="list">
          {events.map((event) => (
            <Event event={event} nowMs={view.atMs} />
          ))}
        </ol>
      )}
    </section>
  )
}

const Event = ({ event, nowMs }: { event: EventView; nowMs: number }) => {
  const look = event.tone === undefined ? looks[event.kind] : { symbol: tones[event.tone], tone: event.tone }
  return (
    <li>
      <When atMs={event.atMs} nowMs={nowMs} exact />
      <span class={look.tone}>
        <Glyph name={look.symbol} />
      </span>
      <p>{event.text}</p>
    </li>
  )
}
