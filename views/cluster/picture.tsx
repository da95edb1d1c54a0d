import type { ClusterView } from '../../src/node/view.ts'
import { healthLooks } from '../parts/index.ts'
import { counted, listed } from '../words/index.ts'
import { RoundTripTable } from './round-trips.tsx'
import {
  type Drawing,
  draw,
  hexagon,
  type Label,
  type Line,
  labelBox,
  milliseconds,
  rttSize,
  type Spot,
  type ZoneMark,
} from './topology/index.ts'

/** The machines and how they reach each other: one image with a description, its legend, and the same as a table. */
export const Picture = ({ view }: { view: ClusterView }) => {
  if (view.members.length === 0) return <figure id="map" class="map" hidden></figure>
  const drawing = draw(view.members, view.roundTrips)
  const { left, top, right, bottom } = drawing.box
  return (
    <figure id="map" class="map">
      <svg
        class={`topo ${drawing.shape}`}
        viewBox={`${left} ${top} ${right - left} ${bottom - top}`}
        role="img"
        aria-labelledby="topo-t topo-d"
      >
        <title id="topo-t">{`How the ${counted(view.members.length, 'machine')} reach each other`}</title>
        <desc id="topo-d">{describe(view)}</desc>
        {drawing.zones.map((mark, index) => (
          <Zone mark={mark} id={`zone-${index}`} />
        ))}
        {drawing.lines.map((line) => (
          <path class={edgeClass(line)} d={line.path} />
        ))}
        {drawing.lines.map((line) => line.label && <RoundTrip label={line.label} lost={line.kind === 'lost'} />)}
        {drawing.spots.map((spot) => (
          <Machine spot={spot} />
        ))}
      </svg>
      <figcaption>
        {view.members.length > 1 && <Legend drawing={drawing} />}
        <RoundTripTable view={view} />
      </figcaption>
    </figure>
  )
}

const edgeClass = ({ strong, kind }: Line): string => ['edge', strong ? 'lead' : '', kind === 'known' ? '' : kind].filter(Boolean).join(' ')

const Text = ({ label, class: name }: { label: Label; class: string }) => (
  <text class={`${name} ${label.anchor}`} x={label.x} y={label.y}>
    {label.text}
  </text>
)

/** On a plate in the colour of the page, so that no line runs through the digits. */
const RoundTrip = ({ label, lost }: { label: Label; lost: boolean }) => {
  const { left, top, right, bottom } = labelBox(label, rttSize)
  return (
    <>
      <rect class="plate" x={left.toFixed(1)} y={top.toFixed(1)} width={(right - left).toFixed(1)} height={(bottom - top).toFixed(1)} />
      <Text label={label} class={lost ? 'rtt lost' : 'rtt'} />
    </>
  )
}

const Zone = ({ mark, id }: { mark: ZoneMark; id: string }) =>
  mark.shape === 'heading' ? (
    <Text label={mark.label} class="zone-name" />
  ) : (
    <>
      <path class="zone" d={mark.path} />
      <path id={id} class="none" d={mark.textPath} />
      <text class="zone-name middle">
        <textPath href={`#${id}`} startOffset="50%">
          {mark.name}
        </textPath>
      </text>
    </>
  )

const Machine = ({ spot: { member, x, y, name } }: { spot: Spot }) => {
  const { symbol, tone } = healthLooks[member.health]
  return (
    <g class={['node', member.role, member.leads ? 'leads' : '', tone].filter(Boolean).join(' ')}>
      {member.leads ? <path d={hexagon(x, y, 18)} /> : <circle cx={x} cy={y} r="15" />}
      <use href={`#s-${symbol}`} x={x - 7} y={y - 7} width="14" height="14" />
      <Text label={name} class="name" />
    </g>
  )
}

/** Only what the picture shows. */
const Legend = ({ drawing: { spots, lines } }: { drawing: Drawing }) => {
  const has = (role: 'voter' | 'learner') => spots.some((spot) => spot.member.role === role)
  const drawn = (kind: Line['kind']) => lines.some((line) => line.kind === kind)
  return (
    <ul class="legend" role="list">
      {spots.some((spot) => spot.member.leads) && (
        <li>
          <svg viewBox="0 0 20 20" aria-hidden="true" class="node voter leads">
            <path d={hexagon(10, 10, 9)} />
          </svg>
          leader
        </li>
      )}
      {has('voter') && <Disc kind="voter" />}
      {has('learner') && <Disc kind="learner" />}
      {lines.some((line) => line.strong && line.kind === 'known') && <Stroke class="edge lead" word="to the leader" />}
      {drawn('new') && <Stroke class="edge lead new" word="joining" />}
      {drawn('lost') && <Stroke class="edge lead lost" word="no answer" />}
    </ul>
  )
}

const Disc = ({ kind }: { kind: 'voter' | 'learner' }) => (
  <li>
    <svg viewBox="0 0 20 20" aria-hidden="true" class={`node ${kind}`}>
      <circle cx="10" cy="10" r="8" />
    </svg>
    {kind}
  </li>
)

const Stroke = ({ class: name, word }: { class: string; word: string }) => (
  <li>
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path class={name} d="M0,10L20,10" />
    </svg>
    {word}
  </li>
)

/** The picture in words, for who cannot see it. */
const describe = ({ members, leader, roundTrips }: ClusterView): string => {
  const zones = [...new Set(members.map((member) => member.zone))].filter((zone) => zone !== null).sort()
  const inZone = (zone: string | null) =>
    listed(
      members
        .filter((member) => member.zone === zone)
        .map(
          (member) =>
            `${member.name}${member.leads ? ', the leader' : ''}${member.health === 'healthy' ? '' : `, ${healthLooks[member.health].word}`}`,
        ),
    )
  const places =
    zones.length === 0
      ? [`${inZone(null)}.`]
      : [
          `${counted(zones.length, 'zone')}.`,
          ...zones.map((zone) => `${zone}: ${inZone(zone)}.`),
          ...(members.some((member) => member.zone === null) ? [`In no zone: ${inZone(null)}.`] : []),
        ]
  if (leader === null) return [...places, 'Nobody leads.'].join(' ')
  const nameOf = (peer: string) => members.find((member) => member.peer === peer)?.name ?? peer
  const own = roundTrips.filter((trip) => trip.from === leader.peer)
  const reached = own.flatMap((trip) => (trip.answers && trip.ms !== null ? [`${nameOf(trip.to)} in ${milliseconds(trip.ms)}`] : []))
  const deaf = own.filter((trip) => !trip.answers).map((trip) => nameOf(trip.to))
  return [
    ...places,
    ...(reached.length > 0 ? [`${leader.name} reaches ${listed(reached)} milliseconds.`] : []),
    ...(deaf.length > 0 ? [`${listed(deaf)} ${deaf.length === 1 ? 'does' : 'do'} not answer it.`] : []),
    'All round-trip times are in the table below.',
  ].join(' ')
}
