import { canonical, epochOf, type PeerId, showTerm, type Term, termZero } from '../../src/base/index.ts'
import type { Message } from '../../src/consensus/messages.ts'
import type { Work } from '../../src/consensus/ports.ts'
import type { Entry, LogIndex } from '../../src/consensus/types.ts'
import { entryAt, type Image, nowhere } from '../support/disk-image.ts'
import type { Carried, DiskWatcher } from '../support/memory-disk.ts'
import type { Counts } from './counts.ts'
import { violated } from './violation.ts'

/** Sees every disk and every message of a run and stops it at the first thing that must never happen. */
export interface Judge {
  /** What `peer`'s disk is told. */
  watch(peer: PeerId): DiskWatcher
  /** A message leaves `from`, whose disk would keep `durable` in a crash right now. */
  sent(from: PeerId, to: PeerId, message: Message, durable: Image, image: Image): void
  /** `peer` says it leads `term`, with this log. */
  leads(peer: PeerId, term: Term, image: Image): void
  /** `peer` opens its disk again: what it did without an fsync may be undone. */
  restarted(peer: PeerId, image: Image): void
  /** `peer` carried out a command that a leader of `term` gave it. */
  executed(peer: PeerId, term: Term): void
  /** The history that the applied state of `image` belongs to. */
  lineageOf(image: Image): Lineage
  /** `peer` lost its memory or wiped it lawfully: what it did before binds it no longer. */
  forget(peer: PeerId): void
  /** Highest index known to be committed, by any member, in any history. */
  readonly committedIndex: LogIndex
}

/** The history an entry belongs to: a take-over entry begins a new one, which may leave out what the old one committed beyond the base. */
export type Lineage = string

interface Known {
  readonly entry: Entry
  readonly parent: string
  readonly lineage: Lineage
}

interface Committed {
  readonly index: LogIndex
  readonly hash: string
  /** Term of the leader that called it committed. */
  readonly term: Term
}

export const createJudge = (given: {
  readonly counts: Counts
  /** Names of the writes that took effect in this entry; each may do so once in a lineage. */
  readonly effects: (entry: Entry, result: Carried['result']) => readonly string[]
}): Judge => {
  const { counts, effects } = given
  const known = new Map<string, Known>()
  /** By lineage, index and term: the one hash that may stand there. */
  const places = new Map<string, string>()
  const leaders = new Map<string, PeerId>()
  const votes = new Map<string, PeerId>()
  /** By lineage and index: what the first member to apply it saw. */
  const applied = new Map<string, Carried & { readonly text: string; readonly by: PeerId }>()
  const fingerprints = new Map<string, { readonly fingerprint: string; readonly by: PeerId }>()
  const tookEffect = new Map<string, LogIndex>()
  const committed = new Map<Lineage, Committed[]>()
  const peaks = new Map<PeerId, { term: Term; appliedIndex: LogIndex }>()
  let committedIndex = 0

  const takeovers: Entry[] = []
  const lineageOf = (hash: string): Lineage => known.get(hash)?.lineage ?? ''
  const epochOfLineage = (lineage: Lineage): number =>
    epochOf(takeovers.find(({ payload }) => payload.kind === 'takeover' && payload.id === lineage)?.term ?? termZero)

  /** The ancestor of `hash` at `index`, or `hash` itself. */
  const ancestor = (hash: string, index: LogIndex): string | undefined => {
    let at = known.get(hash)
    while (at !== undefined && at.entry.index > index) at = known.get(at.parent)
    return at?.entry.index === index ? at.entry.hash : undefined
  }

  /**
   * The history that a member lives in when it holds `image` and looks at its entry (`index`, `hash`). A survivor that has not got the
   * take-over entry yet, but is in its epoch and on its chain, belongs to it: what stands there below the base need not be what the
   * other side committed after the cut.
   */
  const historyAt = (image: Image, index: LogIndex, hash: string): Lineage => {
    const lineage = lineageOf(image.entries.at(-1)?.hash ?? image.base.hash)
    const epoch = epochOf(image.ballot.term)
    if (epochOfLineage(lineage) >= epoch) return lineage
    for (const takeover of takeovers)
      if (epochOf(takeover.term) === epoch && ancestor(takeover.hash, index) === hash) return lineageOf(takeover.hash)
    return lineage
  }
  const peakOf = (peer: PeerId) => {
    const peak = peaks.get(peer) ?? { term: 0 as Term, appliedIndex: 0 }
    peaks.set(peer, peak)
    return peak
  }

  const learn = (peer: PeerId, entry: Entry, parent: string) => {
    const before = known.get(entry.hash)
    if (before !== undefined) {
      if (before.parent !== parent) violated('log matching', `entry ${entry.index} follows two different entries`)
      if (before.entry !== entry && canonical(before.entry) !== canonical(entry))
        violated('log matching', `two different entries ${entry.index} share one hash (second at ${peer})`)
      return
    }
    const lineage = entry.payload.kind === 'takeover' ? entry.payload.id : lineageOf(parent)
    known.set(entry.hash, { entry, parent, lineage })
    const place = `${lineage}/${entry.index}/${entry.term}`
    const other = places.get(place)
    if (other !== undefined && other !== entry.hash)
      violated('log matching', `${peer} has another entry ${entry.index} of term ${showTerm(entry.term)} than somebody else`)
    places.set(place, entry.hash)
    if (entry.payload.kind === 'takeover') {
      takeovers.push(entry)
      counts.takeovers++
    }
  }

  const commit = (image: Image, index: LogIndex, term: Term) => {
    const entry = entryAt(image, index)
    if (entry === undefined) return
    const lineage = historyAt(image, index, entry.hash)
    const list = committed.get(lineage) ?? []
    committed.set(lineage, list)
    const last = list[list.length - 1]
    if (last !== undefined && last.index >= index) return
    list.push({ index, hash: entry.hash, term })
    committedIndex = Math.max(committedIndex, index)
  }

  const committing = (peer: PeerId, image: Image, work: Work) => {
    const peak = peakOf(peer)
    if (work.ballot) {
      const { term, votedFor } = work.ballot
      if (term < image.ballot.term || term < peak.term)
        violated('term never goes back', `${peer} writes term ${showTerm(term)} after ${showTerm(peak.term)}`)
      if (term === image.ballot.term && image.ballot.votedFor !== null && votedFor !== image.ballot.votedFor)
        violated('one vote per term', `${peer} changes its vote in term ${showTerm(term)} from ${image.ballot.votedFor} to ${votedFor}`)
    }
    if (work.install) counts.snapshotsInstalled++
    if (work.exportAndWipe) counts.wipes++
    if (work.compactTo !== undefined && work.compactTo > image.base.index) counts.compactions++
    if (work.truncateFrom !== undefined) truncating(peer, image, work, work.truncateFrom)
    const [first] = work.append ?? []
    if (first === undefined) return
    let parent = work.install || work.exportAndWipe ? undefined : (entryAt(image, first.index - 1)?.hash ?? image.base.hash)
    if (first.index === 1) parent = nowhere.hash
    for (const entry of work.append ?? []) {
      if (parent !== undefined) learn(peer, entry, parent)
      if (entry.term > (work.ballot?.term ?? image.ballot.term))
        violated(
          'nothing below the highest term',
          `${peer} in term ${showTerm(image.ballot.term)} appends an entry of ${showTerm(entry.term)}`,
        )
      parent = entry.hash
    }
    counts.appended += work.append?.length ?? 0
  }

  const truncating = (peer: PeerId, image: Image, work: Work, from: LogIndex) => {
    const gone = image.entries.filter(({ index }) => index >= from)
    if (gone.length > 0) counts.truncations++
    const lineage = lineageOf(image.entries.at(-1)?.hash ?? image.base.hash)
    // The losing side of a take-over drops what it cannot know to be committed.
    if (epochOfLineage(lineage) < epochOf(work.ballot?.term ?? image.ballot.term)) return
    const last = committed.get(lineage)?.at(-1)
    for (const { index, hash, term } of gone)
      if (last !== undefined && index <= last.index && ancestor(last.hash, index) === hash)
        violated('committed entries stay', `${peer} truncates entry ${index} of term ${showTerm(term)}, which was committed`)
  }

  const compare = (peer: PeerId, image: Image, carried: Carried) => {
    const { entry, result, fingerprint } = carried
    const lineage = historyAt(image, entry.index, entry.hash)
    const key = `${lineage}/${entry.index}`
    let first = applied.get(key)
    if (first === undefined && lineage !== '') {
      // What the histories share they must see alike; where they part, the new one begins by itself.
      const shared = [...applied.values()].find((other) => other.entry.hash === entry.hash)
      if (shared !== undefined) {
        applied.set(key, shared)
        first = shared
      }
    }
    const text = JSON.stringify(result) ?? ''
    if (first === undefined) {
      applied.set(key, { ...carried, text, by: peer })
      fingerprints.set(entry.hash, { fingerprint, by: peer })
      for (const effect of effects(entry, result)) {
        const name = `${lineage}/${effect}`
        const earlier = tookEffect.get(name)
        if (earlier !== undefined && earlier !== entry.index)
          violated('nothing applied twice', `"${effect}" took effect in entry ${earlier} and again in ${entry.index}`)
        tookEffect.set(name, entry.index)
      }
      if (entry.payload.kind === 'configuration') counts.configurations++
      if (entry.payload.kind === 'batch') counts.batches++
      counts.commits++
      return
    }
    if (first.entry.hash !== entry.hash)
      violated('state-machine safety', `${peer} applies another entry ${entry.index} than ${first.by} did`)
    if (first.text !== text)
      violated('equal roots at equal index', `entry ${entry.index} gave ${peer} ${text}, but ${first.by} ${first.text}`)
    if (first.fingerprint !== fingerprint)
      violated('equal roots at equal index', `after entry ${entry.index} ${peer} has another state than ${first.by}`)
  }

  return {
    watch: (peer) => ({
      committing: (image, work) => committing(peer, image, work),
      installed: (offer, rows) => {
        const peak = peakOf(peer)
        if (offer.position.index <= peak.appliedIndex)
          violated('applied index never goes back', `${peer} installs a snapshot at ${offer.position.index} over ${peak.appliedIndex}`)
        const seen = fingerprints.get(offer.position.hash)
        if (seen !== undefined && seen.fingerprint !== rows.fingerprint())
          violated(
            'equal roots at equal index',
            `the snapshot at ${offer.position.index} that ${peer} installs is not the state ${seen.by} had`,
          )
      },
      exported: () => {
        peakOf(peer).appliedIndex = 0
      },
      committed: (_work, carried, image) => {
        for (const each of carried) compare(peer, image, each)
        const peak = peakOf(peer)
        if (image.appliedIndex < peak.appliedIndex)
          violated('applied index never goes back', `${peer} goes from ${peak.appliedIndex} back to ${image.appliedIndex}`)
        peak.appliedIndex = image.appliedIndex
        peak.term = image.ballot.term
        if (carried.length > 0) commit(image, image.appliedIndex, image.ballot.term)
      },
    }),
    sent: (from, to, message, durable, image) => {
      const lacks = (what: string) =>
        violated(
          'promise is on disk first',
          `${from} sends ${to} a ${message.kind} of term ${showTerm(message.term)} before ${what} is on its disk`,
        )
      if (message.kind === 'vote' && !message.pre) {
        if (durable.ballot.term < message.term || (durable.ballot.term === message.term && durable.ballot.votedFor !== from))
          lacks('its own vote')
      }
      if (message.kind === 'vote-reply' && !message.pre && message.granted) {
        const key = `${from}/${message.term}`
        const other = votes.get(key)
        if (other !== undefined && other !== to)
          violated('one vote per term', `${from} votes for ${other} and for ${to} in term ${showTerm(message.term)}`)
        votes.set(key, to)
        if (durable.ballot.term !== message.term || durable.ballot.votedFor !== to) lacks('the vote')
      }
      if (message.kind === 'append-reply' && message.ok) {
        const lastIndex = durable.base.index + durable.entries.length
        if (lastIndex < message.matchIndex) lacks(`entry ${message.matchIndex}`)
      }
      if (message.kind === 'append') commit(image, message.commitIndex, message.term)
    },
    leads: (peer, term, image) => {
      const lastEntry = image.entries[image.entries.length - 1]
      const lineage = lineageOf(lastEntry?.hash ?? image.base.hash)
      if (epochOfLineage(lineage) !== epochOf(term))
        violated('leader completeness', `${peer} leads term ${showTerm(term)} without the take-over that opened its epoch`)
      const key = `${lineage}/${term}`
      const other = leaders.get(key)
      if (other === peer) return
      if (other !== undefined) violated('one leader per term', `${other} and ${peer} both lead term ${showTerm(term)}`)
      leaders.set(key, peer)
      counts.elections++
      for (const { index, hash, term: at } of [...(committed.get(lineage) ?? [])].reverse()) {
        if (at >= term) continue
        const has = index === image.base.index ? image.base.hash : entryAt(image, index)?.hash
        if (index < image.base.index) break
        if (has !== hash)
          violated('leader completeness', `${peer} leads term ${showTerm(term)} without entry ${index}, committed in term ${showTerm(at)}`)
        break
      }
    },
    restarted: (peer, image) => {
      peakOf(peer).appliedIndex = image.appliedIndex
    },
    executed: (peer, term) => {
      const peak = peakOf(peer)
      if (term < peak.term)
        violated('nothing below the highest term', `${peer} obeys a leader of term ${showTerm(term)} after term ${showTerm(peak.term)}`)
      peak.term = term
      counts.commands++
    },
    lineageOf: (image) => {
      const at = entryAt(image, image.appliedIndex)?.hash ?? (image.appliedIndex === image.base.index ? image.base.hash : '')
      return historyAt(image, image.appliedIndex, at)
    },
    forget: (peer) => void peaks.delete(peer),
    get committedIndex() {
      return committedIndex
    },
  }
}
