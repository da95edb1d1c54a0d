import type { ClusterView, MemberView } from '../../src/node/view.ts'
import { AmountMeter, Bar, RoleTags, ScoreBar, State } from '../parts/index.ts'
import { diskAmount, exactMoment, fixed, hardware, memoryAmount, percent } from '../words/index.ts'
import { byName } from './order.ts'
import { videoMemory } from './video-memory.ts'

/** Numbers older than this are dimmed and say from when they are. */
const staleAfterMs = 30_000

const nobody: ReadonlySet<string> = new Set()

/** Every machine with what it has and how it is; a row that changed fades from honey once. */
export const Machines = ({ view, changed = nobody }: { view: ClusterView; changed?: ReadonlySet<string> }) => {
  const zoned = view.members.some((member) => member.zone !== null)
  const headings = ['Machine', 'State', zoned ? 'Vote and zone' : 'Vote', 'CPU', 'VRAM', 'RAM', 'Disk', 'Score']
  return (
    <section id="machines" hidden={view.members.length === 0}>
      <div class="head">
        <h2>Machines</h2>
        <p>each reports its own numbers; old ones say so</p>
      </div>
      <div class="cq">
        <table role="table" class="stack machines">
          <thead role="rowgroup">
            <tr role="row">
              {headings.map((heading) => (
                <th role="columnheader" scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {byName(view.members).map((member) => (
              <Row member={member} nowMs={view.atMs} zoned={zoned} changed={changed.has(member.peer)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

interface RowProps {
  readonly member: MemberView
  readonly nowMs: number
  /** Whether any machine has a zone. */
  readonly zoned: boolean
  /** Something about it is another than in the picture before. */
  readonly changed: boolean
}

const Row = ({ member, nowMs, zoned, changed }: RowProps) => {
  const { name, peer, capabilities, capabilitiesAgeMs: ageMs, health } = member
  const stale = health === 'suspected' || health === 'down' || (ageMs !== null && ageMs > staleAfterMs)
  return (
    <tr role="row" class={[stale ? 'stale' : '', changed ? 'changed' : ''].filter(Boolean).join(' ') || undefined} id={`m-${peer}`}>
      <th role="rowheader" scope="row" class="full">
        <b>
          <a href={`/nodes/${encodeURIComponent(peer)}`}>{name}</a>
        </b>
        <small>{capabilities === null ? 'has not told yet what it has' : hardware(capabilities)}</small>
      </th>
      <td role="cell">
        <State health={health} />
        <small>{remark(member, stale, nowMs)}</small>
      </td>
      <td role="cell">
        <RoleTags member={member} />
        <small>{member.zone ?? (zoned ? 'no zone' : '')}</small>
      </td>
      <Processor member={member} />
      <VideoMemory member={member} />
      <Memory member={member} />
      <Disk member={member} />
      <td role="cell" class="score full" data-l="Score">
        {member.score === null ? (
          <span class="quiet">{member.scoreReason === null ? 'none yet' : `none: ${member.scoreReason}`}</span>
        ) : (
          <>
            <b>{fixed(member.score.total, 2)}</b>
            <ScoreBar score={member.score} />
          </>
        )}
      </td>
    </tr>
  )
}

/** The second line of the state: from when the numbers are, how far a newcomer is, or why. */
const remark = ({ capabilitiesAgeMs: ageMs, health, reason, logReadPercent }: MemberView, stale: boolean, nowMs: number): string => {
  if (stale && ageMs !== null) return `numbers from ${exactMoment(nowMs - ageMs, nowMs)}`
  if (health === 'joining' && logReadPercent !== null) return `${percent(logReadPercent / 100)} of the log read`
  return health === 'healthy' ? '' : (reason ?? '')
}

const Unknown = ({ label, why = 'not known' }: { label: string; why?: string }) => (
  <td role="cell" class="amount quiet" data-l={label}>
    {why}
  </td>
)

const Processor = ({ member: { name, capabilities } }: { member: MemberView }) => {
  if (capabilities === null) return <Unknown label="CPU" />
  const { cores, busyPercent } = capabilities.cpu
  const ofCores = `${cores} ${cores === 1 ? 'core' : 'cores'}`
  if (busyPercent === null) return <Unknown label="CPU" why={ofCores} />
  const share = Math.min(1, Math.max(0, busyPercent / 100))
  return (
    <td role="cell" class="amount" data-l="CPU">
      <span>
        {percent(share)} <span class="quiet">of {ofCores}</span>
      </span>
      <Bar share={share} label={`CPU of ${name} in use`} highShare={1} text={`${percent(share)} of ${ofCores}`} />
    </td>
  )
}

const VideoMemory = ({ member: { name, capabilities } }: { member: MemberView }) => {
  if (capabilities === null) return <Unknown label="VRAM" />
  const vram = videoMemory(capabilities.gpus)
  return vram.kind === 'measured' ? (
    <td role="cell" class="amount" data-l="VRAM">
      <AmountMeter amount={memoryAmount(vram.usedBytes, vram.totalBytes)} label={`VRAM of ${name} in use`} highShare={0.95} />
    </td>
  ) : (
    <Unknown label="VRAM" why={vram.words} />
  )
}

const Memory = ({ member: { name, capabilities } }: { member: MemberView }) => {
  if (capabilities === null) return <Unknown label="RAM" />
  const { totalBytes, freeBytes } = capabilities.memory
  return (
    <td role="cell" class="amount" data-l="RAM">
      <AmountMeter amount={memoryAmount(totalBytes - freeBytes, totalBytes)} label={`RAM of ${name} in use`} highShare={0.9} />
    </td>
  )
}

const Disk = ({ member: { name, capabilities } }: { member: MemberView }) => {
  const disk = capabilities?.disks[0]
  if (disk === undefined) return <Unknown label="Disk" />
  return (
    <td role="cell" class="amount" data-l="Disk">
      <AmountMeter
        amount={diskAmount(disk.totalBytes - disk.freeBytes, disk.totalBytes)}
        label={`Disk of ${name} in use`}
        highShare={0.9}
      />
    </td>
  )
}
