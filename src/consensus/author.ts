import { type Clock, Fault, type Json, type PeerId } from '../base/index.ts'

/** Commands of one author under one number. Applied at most once, whatever is sent twice (the ledger keeps results by number). */
export interface Batch {
  readonly author: PeerId
  readonly incarnation: number
  readonly seq: number
  /** Every number below it is settled here: its kept result may be forgotten. */
  readonly ackedBelow: number
  readonly commands: readonly Json[]
}

/** What applying a batch gives (`Applied`): one result per command. */
export interface BatchResult {
  readonly author: PeerId
  readonly incarnation: number
  readonly seq: number
  readonly results: readonly Json[]
}

export interface AuthorOptions {
  readonly self: PeerId
  readonly incarnation: number
  readonly clock: Clock
  /** See `Consensus.propose`. */
  readonly propose: (bodies: readonly string[]) => boolean
  /** The signed text of a batch. */
  readonly seal: (batch: Batch) => string
  /** Results kept in replicated state for this author, incarnation and number; null when there are none. */
  readonly recall: (seq: number) => readonly Json[] | null
  readonly bodyCharsMax?: number
}

type Done = (outcome: readonly Json[] | Fault) => void

interface Submission {
  readonly commands: readonly Json[]
  readonly done: Done
  readonly untilMs: number
  expired: boolean
}

interface Outstanding {
  readonly seq: number
  readonly body: string
  readonly submissions: readonly Submission[]
  sentMs: number
}

/**
 * The client side of proposals on one node. What is submitted together becomes one batch; a batch stays outstanding until this node applies it,
 * and is sent again when a leader is announced or half a second passed. A submission that runs out of time ends with a Fault `timeout`: whether
 * it happened is then unknown.
 */
export const createAuthor = ({ self, incarnation, clock, propose, seal, recall, bodyCharsMax = 256 * 1024 }: AuthorOptions) => {
  let gathered: Submission[] = []
  let gathering = false
  let sweeping: (() => void) | null = null
  let nextSeq = 1
  /** In order of seq. */
  const outstanding = new Map<number, Outstanding>()

  const dispatch = (): void => {
    gathering = false
    const bodies: string[] = []
    while (gathered.length > 0 && outstanding.size < outstandingMax) {
      const batch = nextBatch()
      if (batch !== null) bodies.push(batch.body)
    }
    if (bodies.length > 0) propose(bodies)
    watch()
  }

  /** Takes as many submissions as fit into one body; one that does not fit alone is refused. */
  const nextBatch = (): Outstanding | null => {
    let take = fitting(gathered)
    for (;;) {
      const submissions = gathered.slice(0, take)
      const commands = submissions.length === 1 ? (submissions[0]?.commands ?? []) : submissions.flatMap((one) => one.commands)
      const ackedBelow = outstanding.keys().next().value ?? nextSeq
      const body = seal({ author: self, incarnation, seq: nextSeq, ackedBelow, commands })
      if (body.length <= bodyCharsMax) {
        gathered = gathered.slice(take)
        const batch = { seq: nextSeq++, body, submissions, sentMs: clock.nowMs() }
        outstanding.set(batch.seq, batch)
        return batch
      }
      if (take === 1) {
        gathered
          .shift()
          ?.done(new Fault('too-large', 'These commands are too large for one entry of the log.', { hint: 'Write less at a time.' }))
        return null
      }
      take = Math.ceil(take / 2)
    }
  }

  const gather = (): void => {
    if (gathering || gathered.length === 0 || outstanding.size >= outstandingMax) return
    gathering = true
    clock.soon(dispatch)
  }

  const resend = (olderThanMs: number): void => {
    const nowMs = clock.nowMs()
    const due = [...outstanding.values()].filter((batch) => nowMs - batch.sentMs >= olderThanMs)
    for (const batch of due) batch.sentMs = nowMs
    if (due.length > 0) propose(due.map((batch) => batch.body))
  }

  const settle = (batch: Outstanding, results: readonly Json[]): void => {
    outstanding.delete(batch.seq)
    let from = 0
    for (const { commands, done, expired } of batch.submissions) {
      const own = results.slice(from, from + commands.length)
      from += commands.length
      if (!expired) done(own.length === commands.length ? own : new Fault('conflict', 'This batch was refused as a whole.'))
    }
    gather()
  }

  /** While anything waits: end what is too late, send again what got no answer. */
  const sweep = (): void => {
    sweeping = null
    const nowMs = clock.nowMs()
    const late = gathered.filter((one) => nowMs >= one.untilMs)
    gathered = gathered.filter((one) => nowMs < one.untilMs)
    for (const batch of outstanding.values()) {
      late.push(...batch.submissions.filter((one) => !one.expired && nowMs >= one.untilMs))
    }
    for (const one of late) {
      one.expired = true
      one.done(new Fault('timeout', 'No answer in time; whether it happened is unknown.', { hint: 'Look before you try again.' }))
    }
    for (const [seq, batch] of outstanding) if (batch.submissions.every((one) => one.expired)) outstanding.delete(seq)
    resend(resendMs)
    gather()
    watch()
  }

  const watch = (): void => {
    if (sweeping !== null || (gathered.length === 0 && outstanding.size === 0)) return
    sweeping = clock.after(sweepMs, sweep)
  }

  return {
    /** Proposes commands; `done` gets one result per command once they are applied here, or a Fault (`timeout`, `too-large`, `busy`). */
    submit: (commands: readonly Json[], done: Done, withinMs = 10_000): void => {
      if (gathered.length >= gatheredMax) {
        done(new Fault('busy', 'Too many writes are waiting.', { hint: 'Try again in a moment.' }))
        return
      }
      gathered.push({ commands, done, untilMs: clock.nowMs() + withinMs, expired: false })
      gather()
      watch()
    },
    /** A batch of anybody was applied here. */
    applied: (result: BatchResult): void => {
      if (result.author !== self || result.incarnation !== incarnation) return
      const batch = outstanding.get(result.seq)
      if (batch !== undefined) settle(batch, result.results)
    },
    /** A snapshot replaced the state: what it contains was never reported as applied. */
    installed: (): void => {
      for (const batch of [...outstanding.values()]) {
        const results = recall(batch.seq)
        if (results !== null) settle(batch, results)
      }
    },
    /** A leader was announced: what is outstanding may have been lost with the last one. */
    led: (): void => resend(0),
    stop: (): void => {
      sweeping?.()
      gathered = []
      outstanding.clear()
    },
  }
}

export type Author = ReturnType<typeof createAuthor>

const outstandingMax = 64
/** Of one batch; the ledger takes no more. */
const commandsMax = 512

/** How many submissions from the front stay within `commandsMax` together; at least one. */
const fitting = (submissions: readonly Submission[]): number => {
  let commands = 0
  let take = 0
  for (const submission of submissions) {
    commands += submission.commands.length
    if (take > 0 && commands > commandsMax) break
    take += 1
  }
  return take
}

const gatheredMax = 20_000
const resendMs = 500
const sweepMs = 50
