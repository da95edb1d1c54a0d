import { type PeerId, showTerm, type Term, termZero } from '../../../src/base/index.ts'
import type { Message } from '../../../src/consensus/messages.ts'
import type { Work } from '../../../src/consensus/ports.ts'
import type { LogIndex } from '../../../src/consensus/types.ts'
import { entryAt, type Image, nowhere } from '../../support/disk-image.ts'
import type { DiskWatcher } from '../../support/memory-disk.ts'
import type { Counts } from '../counts.ts'
import { violated } from '../violation.ts'
import { createApplications, type Effects } from './applications.ts'
import { createCommitments } from './commitments.ts'
import { createLineages, type Lineage } from './lineages.ts'
import { createPromises } from './promises.ts'

/** Sees every disk and every message of a run and stops it at the first thing that must never happen. */
export interface Judge {
  /** What `peer`'s disk is told. */
  watch(peer: PeerId): DiskWatcher
  /** A message leaves `from`, whose disk would keep `durable` in a crash right now. */
  sent(from: PeerId, to: PeerId, message: Message, durable: Image, image: Image): void
  /** `peer` says it leads `term`, with this log. */
  leads(peer: PeerId, term: Term, image: Image): void
  /** `peer` opens its disk again: what it applied without an fsync may be undone. */
  restarted(peer: PeerId, image: Image): void
  /** `peer` carried out a command that a leader of `term` gave it. */
  executed(peer: PeerId, term: Term): void
  /** The history that the applied state of `image` belongs to. */
  lineageOf(image: Image): Lineage
  /** `peer` lost its memory: what it did before binds it no longer. */
  forget(peer: PeerId): void
}

export const createJudge = (counts: Counts, effects: Effects): Judge => {
  const lineages = createLineages((takeover, lineage) => {
    counts.takeovers++
    applications.begin(takeover, lineage)
  })
  const applications = createApplications(lineages, counts, effects)
  const commitments = createCommitments(lineages)
  const promises = createPromises()
  const leaders = new Map<string, PeerId>()
  /** The furthest each member has got. */
  const peaks = new Map<PeerId, { term: Term; appliedIndex: LogIndex }>()
  const peakOf = (peer: PeerId) => {
    const peak = peaks.get(peer) ?? { term: termZero, appliedIndex: 0 }
    peaks.set(peer, peak)
    return peak
  }

  const committing = (peer: PeerId, image: Image, work: Work) => {
    balloting(peer, image, work)
    if (work.install) counts.snapshotsInstalled++
    if (work.exportAndWipe) counts.wipes++
    if (work.compactTo !== undefined && work.compactTo > image.base.index) counts.compactions++
    if (work.truncateFrom !== undefined) {
      counts.truncations++
      commitments.truncating(peer, image, work, work.truncateFrom)
    }
    appending(peer, image, work)
  }

  const balloting = (peer: PeerId, image: Image, { ballot }: Work) => {
    if (ballot === undefined) return
    const { term, votedFor } = ballot
    const before = image.ballot
    if (term < Math.max(before.term, peakOf(peer).term))
      violated('term never goes back', `${peer} writes term ${showTerm(term)} after ${showTerm(peakOf(peer).term)}`)
    if (term === before.term && before.votedFor !== null && votedFor !== before.votedFor)
      violated('one vote per term', `${peer} changes its vote in term ${showTerm(term)} from ${before.votedFor} to ${votedFor}`)
  }

  const appending = (peer: PeerId, image: Image, { ballot = image.ballot, append = [] }: Work) => {
    for (const [at, entry] of append.entries()) {
      const inLog = entry.index === 1 ? nowhere.hash : (entryAt(image, entry.index - 1)?.hash ?? image.base.hash)
      lineages.learn(peer, entry, append[at - 1]?.hash ?? inLog)
      if (entry.term > ballot.term)
        violated('nothing below the highest term', `${peer} in term ${showTerm(ballot.term)} appends an entry of ${showTerm(entry.term)}`)
    }
    counts.appended += append.length
  }

  return {
    watch: (peer) => ({
      committing: (image, work) => committing(peer, image, work),
      installed: (offer, rows) => {
        const { appliedIndex } = peakOf(peer)
        if (offer.position.index <= appliedIndex)
          violated('applied index never goes back', `${peer} installs a snapshot at ${offer.position.index} over ${appliedIndex}`)
        applications.installed(peer, offer, rows)
      },
      exported: () => {
        peakOf(peer).appliedIndex = 0
      },
      committed: (carried, image) => {
        for (const each of carried) applications.carried(peer, image, each)
        const peak = peakOf(peer)
        if (image.appliedIndex < peak.appliedIndex)
          violated('applied index never goes back', `${peer} goes from ${peak.appliedIndex} back to ${image.appliedIndex}`)
        peak.appliedIndex = image.appliedIndex
        peak.term = image.ballot.term
        if (carried.length > 0) commitments.called(image, image.appliedIndex, image.ballot.term)
      },
    }),
    sent: (from, to, message, durable, image) => {
      promises(from, to, message, durable)
      if (message.kind === 'append') commitments.called(image, message.commitIndex, message.term)
    },
    leads: (peer, term, image) => {
      const key = `${lineages.ofLog(image)}/${term}`
      const other = leaders.get(key)
      if (other === peer) return
      if (other !== undefined) violated('one leader per term', `${other} and ${peer} both lead term ${showTerm(term)}`)
      leaders.set(key, peer)
      counts.elections++
      commitments.leads(peer, term, image)
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
      const { appliedIndex, base } = image
      return lineages.at(image, appliedIndex, entryAt(image, appliedIndex)?.hash ?? (appliedIndex === base.index ? base.hash : ''))
    },
    forget: (peer) => void peaks.delete(peer),
  }
}
