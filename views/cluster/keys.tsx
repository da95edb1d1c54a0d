import type { ClusterView } from '../../src/node/view.ts'
import { Glyph } from '../parts/index.ts'

/** Where the admin key is; only this machine's own knowledge, so hidden where it has none. */
export const Keys = ({ view }: { view: ClusterView }) => (
  <section id="keys" hidden={view.adminKey === undefined}>
    {view.adminKey !== undefined && (
      <>
        <h2>Keys</h2>
        <dl class="facts">
          <dt>Admin key</dt>
          <dd>
            <span class="st off">
              <Glyph name="ring" />
              not yet split
            </span>
            <p class="hint">
              It lies on {view.self.name} alone, wrapped: whoever has this disk still needs the passphrase of an operator to open it.
            </p>
          </dd>
        </dl>
      </>
    )}
  </section>
)
