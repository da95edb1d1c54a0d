import type { Child } from 'hono/jsx'
import type { Capabilities, Gpu } from '../../src/host/types.ts'
import type { ClusterView, MemberView } from '../../src/node/view.ts'
import { Foot } from '../cluster/index.ts'
import { type Frame, Page } from '../layout.tsx'
import { RoleTags, State } from '../parts/index.ts'
import { cardName, counted, diskAmount, exactMoment, fixed, memoryAmount, memorySize, processorName, span } from '../words/index.ts'

/** One machine: everything it told about itself, as this node knows it. Stands still; reload for newer numbers. */
export const MachinePage = ({ view, member, frame }: { view: ClusterView; member: MemberView; frame: Frame }) => (
  <Page
    frame={frame}
    title={`${member.name} · ${view.cluster?.name ?? view.self.name}`}
    place={view.cluster?.name ?? view.self.name}
    self={view.self.name}
    current={null}
    foot={<Foot view={view} />}
  >
    <h1>{member.name}</h1>
    <p class="standing">
      <State health={member.health} /> <RoleTags member={member} />
    </p>
    <p class="lead">{summary(view, member)}</p>
    <div class="cols">
      <section>
        <h2>What it has</h2>
        {member.capabilities === null ? (
          <p class="calm quiet">It has not told yet. A machine reports what it has a few seconds after it starts.</p>
        ) : (
          <Facts rows={hardwareRows(member.capabilities)} />
        )}
        {member.capabilitiesAgeMs !== null && (
          <p class="hint below">Numbers from {exactMoment(view.atMs - member.capabilitiesAgeMs, view.atMs)}.</p>
        )}
      </section>
      <section>
        <h2>Where it stands</h2>
        <Facts rows={memberRows(member)} />
      </section>
    </div>
  </Page>
)

type Row = readonly [term: string, ...values: Child[]]

const Facts = ({ rows }: { rows: readonly Row[] }) => (
  <dl class="facts">
    {rows.map(([term, ...values]) => (
      <>
        <dt>{term}</dt>
        {values.map((value) => (
          <dd>{value}</dd>
        ))}
      </>
    ))}
  </dl>
)

const summary = ({ self, atMs }: ClusterView, { isSelf, heardMsAgo, reason, health, name }: MemberView): string => {
  if (isSelf) return 'This page comes from it.'
  const because = reason === null || health === 'healthy' ? '' : ` Seen from ${self.name}: ${reason}.`
  if (heardMsAgo === null) return `${self.name} has not heard ${name} yet.${because}`
  if (heardMsAgo < 2_000) return `${self.name} hears it.${because}`
  if (heardMsAgo < 60_000) return `${self.name} heard it ${span(heardMsAgo)} ago.${because}`
  return `${self.name} heard it last at ${exactMoment(atMs - heardMsAgo, atMs)}.${because}`
}

const hardwareRows = ({ os, cpu, memory, disks, gpus, ollama }: Capabilities): Row[] => [
  ['Processor', `${processorName(cpu.model)}, ${counted(cpu.cores, 'core')}`],
  ['Graphics', ...(gpus.length === 0 ? ['none'] : gpus.map(card))],
  ['RAM', used(memoryAmount(memory.totalBytes - memory.freeBytes, memory.totalBytes))],
  [
    disks.length === 1 ? 'Disk' : 'Disks',
    ...(disks.length === 0
      ? ['not known']
      : disks.map((disk) => (
          <>
            {used(diskAmount(disk.totalBytes - disk.freeBytes, disk.totalBytes))} on <span class="mono">{disk.mount}</span>
          </>
        ))),
  ],
  ['System', `${os.name}, kernel ${os.kernel}, ${os.arch}${os.libc === null ? '' : `, ${os.libc}`}`],
  ['Ollama', ollama === null ? 'not found' : `${ollama.version ?? 'version not known'}, ${ollama.running ? 'running' : 'not running'}`],
  ...(ollama?.warning == null ? [] : [['Wants a look', ollama.warning] as const]),
]

const memberRows = ({ peer, zone, role, version, addresses, score, scoreReason }: MemberView): Row[] => [
  ['Zone', zone ?? 'none'],
  ['Vote', role === 'voter' ? 'counts in the majority' : 'a learner: has everything, and no vote'],
  ['Score', score === null ? (scoreReason ?? 'not yet') : `${fixed(score.total, 2)}, with its parts on the cluster page`],
  ['Version', version ?? 'not known'],
  ['Addresses', ...(addresses.length === 0 ? ['none known'] : addresses.map((address) => <span class="mono">{address}</span>))],
  ['Id', <span class="mono">{peer}</span>],
]

const card = (gpu: Gpu): string => {
  const memory =
    gpu.vramTotalBytes === null
      ? 'VRAM not known'
      : gpu.vramFreeBytes === null
        ? `${memorySize(gpu.vramTotalBytes)} VRAM`
        : `${used(memoryAmount(gpu.vramTotalBytes - gpu.vramFreeBytes, gpu.vramTotalBytes))} VRAM`
  return [
    cardName(gpu.model),
    gpu.unified ? `${memory}, shared with the RAM` : memory,
    ...(gpu.driver === null ? [] : [`driver ${gpu.driver}`]),
  ].join(', ')
}

const used = ({ used: some, total, unit }: { used: string; total: string; unit: string }): string => `${some} of ${total}\u00a0${unit}`
