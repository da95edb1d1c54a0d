import type { Control } from './control.ts'

const core = 'src/consensus'

/** Defects in how entries are committed, read, and who counts for them. */
export const logs: readonly Control[] = [
  {
    name: 'commit of an older term by counting',
    file: `${core}/commit.ts`,
    find: 'state.log.termAt(index) !== state.term) return',
    replace: 'false) return',
    breaks: ['leader completeness', 'committed entries stay'],
    shownBy: { scenario: 'an older term is not committed by counting' },
  },
  {
    name: 'no-op left out',
    file: `${core}/lead.ts`,
    find: `appendOwn(turn, { kind: 'noop', leader: state.self })`,
    replace: 'void 0',
    also: [{ file: `${core}/turn.ts`, find: 'state.commitIndex >= state.lead.noopIndex', replace: 'true' }],
    breaks: ['linearizability'],
    shownBy: { scenario: 'a strong read at a leader that has committed nothing yet' },
  },
  {
    name: 'stale read from the leader',
    file: `${core}/reads.ts`,
    find: 'lead.runningReads = { round',
    replace: 'for (const read of reads) answer(turn, read.from, read.id, index)\n  return\n  lead.runningReads = { round',
    breaks: ['linearizability'],
    shownBy: { scenario: 'a strong read at a leader that was cut off' },
  },
  {
    name: 'configuration active only on commit',
    file: `${core}/turn.ts`,
    find: ': Turn): Configuration =>',
    replace: ': Turn): Configuration => true ? state.log.configurationAt(state.commitIndex) :',
    breaks: ['leader completeness', 'one leader per term', 'liveness'],
    shownBy: { scenario: 'a change of members counts from the moment it is in the log' },
  },
  {
    name: 'configuration not reverted',
    file: `${core}/log.ts`,
    find: 'this.configurationIndex >= index) this.#configurations.pop()',
    replace: 'false) this.#configurations.pop()',
    breaks: ['log matching'],
    shownBy: { scenario: 'a change of members that is truncated is taken back' },
  },
  {
    name: 'learner counted',
    file: `${core}/commit.ts`,
    find: 'votersOf(turn).map((voter) => savedBy',
    replace: '[...votersOf(turn), ...state.log.configuration.learners].map((voter) => savedBy',
    breaks: ['leader completeness', 'committed entries stay'],
    shownBy: { scenario: 'learners are in no majority' },
  },
  {
    name: 'snapshot over newer state',
    file: `${core}/snapshot-receive.ts`,
    find: 'if (index <= state.commitIndex',
    replace: 'if (false',
    breaks: ['applied index never goes back'],
    shownBy: { scenario: 'a late piece of an old snapshot changes nothing' },
  },
  {
    name: 'an acknowledgement leaves before the entries are saved',
    file: `${core}/accept.ts`,
    find: 'Math.min(state.saving.savedIndex, state.following.matched)',
    replace: 'state.following.matched',
    breaks: ['promise is on disk first'],
    shownBy: { seeds: 10, from: 1 },
  },
  {
    name: 'the leader counts itself before its own fsync',
    file: `${core}/commit.ts`,
    find: 'return state.saving.savedIndex',
    replace: 'return state.log.lastIndex',
    breaks: ['leader completeness'],
    shownBy: { scenario: 'a leader counts itself when it has saved' },
  },
]
