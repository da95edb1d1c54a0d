import type { Json, PeerId, Term } from '../../src/base/index.ts'
import {
  type Author,
  type BatchResult,
  type Consensus,
  createAuthor,
  createConsensus,
  type Rules,
  type Status,
} from '../../src/consensus/index.ts'
import type { Configuration } from '../../src/consensus/types.ts'
import { createMachine, recall, sealBatch } from '../../src/ledger/index.ts'
import type { Dice } from '../support/dice.ts'
import type { Image } from '../support/disk-image.ts'
import { fakeSignatures, fakeSigner } from '../support/fake-keys.ts'
import { createMemoryDisk, type DiskWatcher, type MemoryDisk } from '../support/memory-disk.ts'
import type { Network } from '../support/memory-wire.ts'
import { createProcess, type MachineClock, type Process } from '../support/process-clock.ts'
import type { Schedule } from '../support/schedule.ts'
import { genesis } from './cluster-keys.ts'

/** One run of a member's program, from start to crash. */
export interface Running {
  readonly process: Process
  readonly consensus: Consensus
  readonly author: Author
}

/** One machine: its disk outlives the programs that run on it. */
export interface Member {
  readonly peer: PeerId
  readonly disk: MemoryDisk
  readonly clock: MachineClock
  running: Running | null
  /** Its disk was put back to an earlier picture: it must fall silent for good. */
  amnesiac: boolean
  /** Its machine stays off until its disk was put back. */
  lost: boolean
  start(): void
  crash(): void
}

/** What a member tells the world while it runs. */
export interface MemberTold {
  leads(peer: PeerId, term: Term, image: Image): void
  note(peer: PeerId, text: string): void
  halted(peer: PeerId, because: string): void
}

interface MemberOptions {
  readonly peer: PeerId
  readonly rules: Rules
  readonly schedule: Schedule
  readonly dice: Dice
  readonly network: Network
  readonly watcher: DiskWatcher
  readonly firstConfiguration: Configuration
  /** What its disk holds at the beginning; null: nothing. */
  readonly firstImage: Image | null
  readonly clock: MachineClock
  readonly told: MemberTold
}

/** A machine with the program on it, put together as `app` does it, but over twins. */
export const createMember = (options: MemberOptions): Member => {
  const { peer, schedule, dice, network } = options
  const machine = createMachine({ genesis, signatures: fakeSignatures })
  const disk = createMemoryDisk({
    machine,
    firstConfiguration: options.firstConfiguration,
    // A commit ends on the time of the process that began it: a paused one hears of it late.
    after: (delayMs, act) => member.running?.process.after(delayMs, act),
    watcher: options.watcher,
  })
  disk.snapshots.faults.random = dice.random
  if (options.firstImage !== null) disk.rollback(options.firstImage)
  let detach = () => {}
  const member: Member = {
    peer,
    disk,
    clock: options.clock,
    running: null,
    amnesiac: false,
    lost: false,
    start: () => {
      const process = createProcess(schedule, options.clock)
      const end = network.attach(peer, process.deliver)
      detach = end.detach
      member.running = { process, ...assemble(options, disk, process, end.wire) }
      member.running.consensus.start()
    },
    crash: () => {
      member.running?.process.kill()
      member.running?.author.stop()
      member.running?.consensus.stop()
      member.running = null
      detach()
      disk.crash(dice)
    },
  }
  return member
}

const assemble = (
  { peer, rules, dice, told }: MemberOptions,
  disk: MemoryDisk,
  { clock }: Process,
  wire: Parameters<typeof createConsensus>[0]['wire'],
): Omit<Running, 'process'> => {
  const consensus = createConsensus({
    self: peer,
    rules,
    disk,
    wire,
    clock,
    random: dice.random,
    on: {
      applied: (entries, results) => {
        for (const [at, { payload }] of entries.entries()) if (payload.kind === 'batch') author.applied(asBatchResult(results[at] ?? null))
      },
      installed: () => author.installed(),
      leader: (status: Status) => {
        if (status.role === 'leader') told.leads(peer, status.term, disk.image)
        if (status.leader !== null) author.led()
      },
      halted: (because) => told.halted(peer, because),
      note: (text) => told.note(peer, text),
    },
  })
  const signer = fakeSigner(peer)
  const author = createAuthor({
    self: peer,
    incarnation: consensus.incarnation,
    clock,
    propose: (bodies) => consensus.propose(bodies),
    seal: (batch) => sealBatch(signer, genesis.clusterId, batch),
    recall: (seq) => recall(disk.image.rows, peer, consensus.incarnation, seq)?.results ?? null,
  })
  return { consensus, author }
}

// What the ledger answers to a batch always has this form (src/ledger/session.ts).
const asBatchResult = (result: Json): BatchResult => result as unknown as BatchResult
