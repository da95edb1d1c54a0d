import type { ClusterView } from '../../src/node/view.ts'
import { When } from '../parts/index.ts'
import { counted, fixed, grouped, lag } from '../words/index.ts'

/** Where the page comes from, how old it is, and up to which entry of the log it knows. */
export const Foot = ({ view }: { view: ClusterView }) => (
  <div id="foot" class="foot-lines">
    <span>
      This page comes from {view.self.name}, as of{' '}
      <b id="as-of">
        <When atMs={view.atMs} nowMs={view.atMs} exact />
      </b>
      .
    </span>
    <Copy view={view} />
    {view.cluster !== null && (
      <span>
        {counted(view.records, 'record')}, {rate(view.writesPerSecond)}
      </span>
    )}
    <span>bzzz {view.version}</span>
    <noscript>
      <span>Without JavaScript it stands still: reload it to see more.</span>
    </noscript>
  </div>
)

const Copy = ({ view: { cluster, log, leader, self } }: { view: ClusterView }) => {
  if (cluster === null) return null
  const at = <>at entry {grouped(log.appliedIndex)}</>
  if (leader?.peer === self.peer) return <span>It leads, {at}.</span>
  if (log.leaderHeardMsAgo === null || leader === null) return <span>Its copy stands {at}.</span>
  return (
    <span>
      Its copy is <b>{lag(log.leaderHeardMsAgo)}</b> behind the leader, {at}.
    </span>
  )
}

const rate = (perSecond: number): string => {
  if (perSecond <= 0) return 'no writes'
  return `${perSecond >= 10 ? grouped(Math.round(perSecond)) : fixed(perSecond, 1)} writes/s`
}
