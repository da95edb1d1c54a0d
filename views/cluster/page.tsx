import type { Child } from 'hono/jsx'
import type { ClusterView } from '../../src/node/view.ts'
import { type Frame, Page, Place } from '../layout.tsx'
import { Attention } from './attention.tsx'
import { changedSince } from './changed.ts'
import { Empty } from './empty.tsx'
import { Events } from './events.tsx'
import { Foot } from './foot.tsx'
import { Keys } from './keys.tsx'
import { Machines } from './machines.tsx'
import { Picture } from './picture.tsx'
import { Scores } from './scores.tsx'
import { StateOfCluster } from './state.tsx'

/** The regions of the page: each is one element with this id, rendered whole. A region with nothing to show is there, but hidden. */
const regions = {
  place: (view: ClusterView): Child => <Place name={placeOf(view)} />,
  state: (view: ClusterView): Child => <StateOfCluster view={view} />,
  empty: (view: ClusterView): Child => <Empty view={view} />,
  map: (view: ClusterView): Child => <Picture view={view} />,
  attention: (view: ClusterView): Child => <Attention view={view} />,
  machines: (view: ClusterView, changed?: ReadonlySet<string>): Child => <Machines view={view} {...(changed && { changed })} />,
  scores: (view: ClusterView): Child => <Scores view={view} />,
  keys: (view: ClusterView): Child => <Keys view={view} />,
  events: (view: ClusterView): Child => <Events view={view} />,
  foot: (view: ClusterView): Child => <Foot view={view} />,
}

/** Every region as HTML by its id, to be sent to pages that are open; `before` is the picture they show now. */
export const clusterRegions = (view: ClusterView, before?: ClusterView): ReadonlyMap<string, string> => {
  const changed = changedSince(before, view)
  return new Map(Object.entries(regions).map(([id, render]) => [id, String(render(view, changed))]))
}

/** The whole page. `events` is where it listens for changes. */
export const ClusterPage = ({ view, frame, events }: { view: ClusterView; frame: Frame; events: string }) => (
  <Page
    frame={frame}
    title={`Cluster · ${placeOf(view)}`}
    place={placeOf(view)}
    self={view.self.name}
    current="cluster"
    live={{ from: events }}
    foot={regions.foot(view)}
  >
    {regions.state(view)}
    {regions.empty(view)}
    <div class="cols pic">
      {regions.map(view)}
      {regions.attention(view)}
    </div>
    {regions.machines(view)}
    {regions.scores(view)}
    {regions.keys(view)}
    {regions.events(view)}
  </Page>
)

const placeOf = ({ cluster, self }: ClusterView): string => cluster?.name ?? self.name

/** What a person should see within a second; while it stays the same, numbers may take their time. */
export const pulse = ({ cluster, leader, voters, members, events, haltedBecause }: ClusterView): string =>
  JSON.stringify([
    cluster?.id,
    leader?.peer,
    leader?.term,
    voters,
    members.map((member) => [member.peer, member.name, member.zone, member.role, member.health, member.capabilities === null]),
    events.map((event) => event.atMs),
    haltedBecause,
  ])
