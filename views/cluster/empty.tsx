import type { ClusterView } from '../../src/node/view.ts'

/** Stands where the cluster will be: what is missing, why that is fine, the next step. */
export const Empty = ({ view }: { view: ClusterView }) => (
  <div id="empty" class="empty" hidden={view.cluster !== null}>
    {view.cluster === null && (
      <>
        <svg width="72" height="20" viewBox="0 0 72 20" aria-hidden="true" class="hush">
          <path d="M2 10h14" />
          <path d="M22 10c2-7 4-7 6 0s4 7 6 0 3-5 5 0 3 5 5 0 2-2.5 3.5 0" />
          <path d="M54 10h16" stroke-dasharray="0 5" />
        </svg>
        <h2>No cluster yet</h2>
        <p>Here you will see its machines, who leads them and why. To make one of this machine, run this on it: it prints a link.</p>
        <code class="cmd">bzzz setup</code>
        <p>To look at one with throw-away state first, run</p>
        <code class="cmd">bzzz demo --nodes 3</code>
      </>
    )}
  </div>
)
