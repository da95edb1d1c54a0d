import type { ClusterView } from '../../src/node/view.ts'
import { Glyph } from '../parts/index.ts'
import { type Concern, concerns } from './concerns/index.ts'

/** What wants attention, each with what follows and what mends it. */
export const Attention = ({ view }: { view: ClusterView }) => {
  const items = concerns(view)
  return (
    <div id="attention" hidden={view.cluster === null}>
      <h2>What wants attention</h2>
      {items.length === 0 ? (
        <p class="calm quiet">Nothing. Every machine answers, and there is room on every disk.</p>
      ) : (
        <ul class="todo" role="list">
          {items.map((item) => (
            <Item item={item} />
          ))}
        </ul>
      )}
    </div>
  )
}

const Item = ({ item: { id, tone, symbol, title, detail, command } }: { item: Concern }) => (
  <li class={tone} id={`concern-${id}`}>
    <Glyph name={symbol} />
    <div>
      <p>
        <b>{title}</b>
      </p>
      <p class="quiet">{detail}</p>
      {command && (
        <>
          <p class="quiet">{command.before}</p>
          <code class="cmd">{command.text}</code>
        </>
      )}
    </div>
  </li>
)
