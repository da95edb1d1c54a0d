import type { ClusterView, MemberView } from '../../src/node/view.ts'
import { byName } from './order.ts'
import { milliseconds, type RoundTrip, ringMax } from './topology/index.ts'

/** The round trips behind the picture: all pairs as a matrix for up to a dozen machines, beyond that to and from the leader. */
export const RoundTripTable = ({ view }: { view: ClusterView }) => {
  if (view.members.length < 2 || view.roundTrips.length === 0) return null
  return (
    <details id="round-trips">
      <summary>{view.members.length <= ringMax ? 'All round-trip times' : 'Round-trip times'}</summary>
      {view.members.length <= ringMax ? <Matrix view={view} /> : <ToAndFrom view={view} />}
    </details>
  )
}

const caption = 'Round trip in milliseconds, median of the last minute, as the machine on the left measures it'

const Matrix = ({ view }: { view: ClusterView }) => {
  const members = byName(view.members)
  const trips = index(view.roundTrips)
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Round-trip times">
      <table class="matrix">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="vh">Measured by</span>
            </th>
            {members.map((member) => (
              <th scope="col">{member.name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {members.map((from) => (
            <tr>
              <th scope="row">{from.name}</th>
              {members.map((to) => (
                <Cell trip={trips(from, to)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const ToAndFrom = ({ view }: { view: ClusterView }) => {
  const trips = index(view.roundTrips)
  const centre = view.members.find((member) => member.leads) ?? view.members.find((member) => member.isSelf)
  if (centre === undefined) return null
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Round-trip times">
      <table class="matrix">
        <caption>Round trip in milliseconds, median of the last minute, measured from both ends</caption>
        <thead>
          <tr>
            <th scope="col">Machine</th>
            <th scope="col">by {centre.name}</th>
            <th scope="col">by the machine</th>
          </tr>
        </thead>
        <tbody>
          {byName(view.members)
            .filter((member) => member !== centre)
            .map((member) => (
              <tr>
                <th scope="row">{member.name}</th>
                <Cell trip={trips(centre, member)} />
                <Cell trip={trips(member, centre)} />
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}

const Cell = ({ trip }: { trip: RoundTrip | undefined }) =>
  trip === undefined || (trip.answers && trip.ms === null) ? (
    <td class="quiet">–</td>
  ) : trip.answers && trip.ms !== null ? (
    <td>{milliseconds(trip.ms)}</td>
  ) : (
    <td class="warn">none</td>
  )

const index = (roundTrips: readonly RoundTrip[]) => {
  const byPair = new Map(roundTrips.map((trip) => [`${trip.from} ${trip.to}`, trip]))
  return (from: MemberView, to: MemberView) => byPair.get(`${from.peer} ${to.peer}`)
}
