import type { ClusterView } from '../../src/node/view.ts'
import { sentence } from './sentence.ts'

/** The state as a sentence, and nothing that changes by itself: the only part that is spoken when it changes. */
export const StateOfCluster = ({ view }: { view: ClusterView }) => {
  const { headline, strong, rest } = sentence(view)
  const [join, following] = /^[.,]/.test(rest) ? ['', rest] : [' ', rest]
  return (
    <div id="state" role="status">
      <h1>{headline}</h1>
      <p class="lead">
        <strong>{strong}</strong>
        {join}
        {following}
      </p>
    </div>
  )
}
