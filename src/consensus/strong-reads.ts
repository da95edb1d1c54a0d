import { type Clock, Fault } from '../base/index.ts'
import type { Happening } from './event.ts'
import type { LogIndex } from './types.ts'

type Done = (result: LogIndex | Fault) => void

interface Options {
  readonly clock: Clock
  readonly feed: (happening: Happening) => void
  readonly incarnation: number
  readonly appliedIndex: () => LogIndex
  /** A leader is known. */
  readonly ready: () => boolean
}

interface Read {
  readonly done: Done
  readonly untilMs: number
}

/**
 * Strong reads of this node. Those that come together share one question to the leader; each is called back once this node has applied the
 * index that the leader confirmed. A question that is lost, or was refused, is asked again under a new number until the read's time is up.
 */
export const createStrongReads = ({ clock, feed, incarnation, appliedIndex, ready }: Options) => {
  let gathered: Read[] = []
  let asking = false
  let sweeping: (() => void) | null = null
  let nextId = (incarnation % 2 ** 20) * 2 ** 32
  const asked = new Map<number, { reads: Read[]; atMs: number }>()
  let confirmed: { index: LogIndex; reads: Read[] }[] = []

  const ask = (): void => {
    if (gathered.length === 0 || asking) return
    asking = true
    clock.soon(() => {
      asking = false
      if (gathered.length === 0 || !ready()) return
      const id = nextId++
      asked.set(id, { reads: gathered, atMs: clock.nowMs() })
      gathered = []
      feed({ kind: 'read', id })
    })
  }

  /** While anything waits: give up what is too late, ask again what got no answer. */
  const sweep = (): void => {
    sweeping = null
    const nowMs = clock.nowMs()
    for (const [id, question] of asked) {
      if (nowMs - question.atMs < askAgainMs) continue
      asked.delete(id)
      gathered.push(...question.reads)
    }
    gathered = expire(gathered, nowMs)
    for (const question of asked.values()) question.reads = expire(question.reads, nowMs)
    for (const waiting of confirmed) waiting.reads = expire(waiting.reads, nowMs)
    confirmed = confirmed.filter((waiting) => waiting.reads.length > 0)
    ask()
    watch()
  }

  const watch = (): void => {
    if (sweeping !== null || (gathered.length === 0 && asked.size === 0 && confirmed.length === 0)) return
    sweeping = clock.after(sweepMs, sweep)
  }

  return {
    ask,
    read: (done: Done, withinMs: number): void => {
      gathered.push({ done, untilMs: clock.nowMs() + withinMs })
      ask()
      watch()
    },
    /** The leader's answer; null: it could not say, which the next sweep repeats. */
    answered: (id: number, index: LogIndex | null): void => {
      const question = asked.get(id)
      if (question === undefined) return
      asked.delete(id)
      if (index === null) gathered.push(...question.reads)
      else if (appliedIndex() >= index) for (const read of question.reads) read.done(index)
      else confirmed.push({ index, reads: question.reads })
    },
    /** This node has applied up to `index`. */
    applied: (index: LogIndex): void => {
      if (confirmed.length === 0) return
      const due = confirmed.filter((waiting) => waiting.index <= index)
      confirmed = confirmed.filter((waiting) => waiting.index > index)
      for (const waiting of due) for (const read of waiting.reads) read.done(waiting.index)
    },
    stop: (): void => {
      sweeping?.()
      gathered = []
      asked.clear()
      confirmed = []
    },
  }
}

const expire = (reads: Read[], nowMs: number): Read[] => {
  if (reads.every((read) => nowMs < read.untilMs)) return reads
  for (const read of reads) {
    if (nowMs >= read.untilMs)
      read.done(new Fault('no-leader', 'No leader confirmed this read in time.', { hint: 'Read without --strong, or try again.' }))
  }
  return reads.filter((read) => nowMs < read.untilMs)
}

const sweepMs = 50
const askAgainMs = 400
