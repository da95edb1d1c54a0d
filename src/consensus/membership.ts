import { Fault } from '../base/index.ts'
import { appendOwn, notOpen, reconcilePeers } from './commit.ts'
import { type Turn, termIsOpen } from './turn.ts'
import type { Configuration } from './types.ts'

/** Changes who counts by at most one voter (section 4.1 of the thesis). Ends with `reconfigured`. */
export const reconfigure = (turn: Turn, id: number, wanted: Configuration): void => {
  const { state, effects } = turn
  const { lead, log } = state
  const before = log.configuration
  const fault = reconfigureFault(turn) ?? changeFault(before, wanted)
  if (lead === null || fault !== null) {
    effects.push({ kind: 'reconfigured', id, fault: fault ?? notOpen() })
    return
  }
  const { takeover } = before
  const configuration = takeover === undefined ? plain(wanted) : { ...plain(wanted), takeover }
  // Before the entry is there, so that it is the first thing that newcomers are sent.
  reconcilePeers(turn, lead, [before, configuration])
  // CheckQuorum judges a voter from when it is one: as a learner its answers may not have counted yet.
  for (const voter of wanted.voters) {
    const peer = before.voters.includes(voter) ? undefined : lead.peers.get(voter)
    if (peer !== undefined) peer.countedMs = turn.nowMs
  }
  const { index } = appendOwn(turn, { kind: 'configuration', configuration })
  lead.reconfiguring = { id, index }
}

/** Why one configuration may not follow the other; null when it may. New voters were learners before; one voter comes or goes at a time. */
export const changeFault = (before: Configuration, after: Configuration): Fault | null => {
  const all = [...after.voters, ...after.learners]
  if (after.voters.length === 0) return new Fault('bad-request', 'A cluster needs at least one voter.')
  if (new Set(all).size !== all.length) return new Fault('bad-request', 'A member is named twice in the new configuration.')
  if (all.length > membersMax) return new Fault('bad-request', `A cluster has at most ${membersMax} members.`)
  const come = after.voters.filter((voter) => !before.voters.includes(voter))
  const gone = before.voters.filter((voter) => !after.voters.includes(voter))
  if (come.length + gone.length > 1)
    return new Fault('conflict', 'Only one voter may change at a time.', { hint: 'Make the change in steps.' })
  const stranger = come.find((voter) => !before.learners.includes(voter))
  if (stranger !== undefined) return new Fault('conflict', `${stranger} is no learner yet; new members first learn the log.`)
  return null
}

const reconfigureFault = (turn: Turn): Fault | null => {
  const { lead } = turn.state
  if (lead === null || !termIsOpen(turn)) return notOpen()
  if (lead.reconfiguring !== null) return new Fault('busy', 'The last change of members is not committed yet.')
  return lead.transfer === null ? null : new Fault('busy', 'Leadership is being handed over.')
}

const plain = ({ voters, learners }: Configuration): Configuration => ({ voters: [...voters], learners: [...learners] })

const membersMax = 64
