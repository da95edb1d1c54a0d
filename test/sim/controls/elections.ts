import type { Control } from './control.ts'

const core = 'src/consensus'

/** Defects in how a leader is found. */
export const elections: readonly Control[] = [
  {
    name: 'no PreVote',
    file: `${core}/election.ts`,
    find: `state.role = 'pre-candidate'`,
    replace: `campaign(turn, false)\n  return\n  state.role = 'pre-candidate'`,
    breaks: ['no disturbance'],
    shownBy: { scenario: 'a voter that lost its network comes back quietly' },
  },
  {
    name: 'no term check',
    file: `${core}/receive.ts`,
    find: 'if (message.term < state.term && ',
    replace: 'if (false && ',
    also: [
      { file: `${core}/accept.ts`, find: 'state.leader !== null && state.leader !== from', replace: 'false' },
      {
        file: `${core}/acknowledge.ts`,
        find: 'message.term !== state.term) return\n  if (!trusts(',
        replace: 'false) return\n  if (!trusts(',
      },
      { file: `${core}/vote.ts`, find: 'const current = ', replace: 'const current = true || ' },
    ],
    breaks: ['committed entries stay', 'leader completeness', 'log matching'],
    shownBy: { scenario: 'a message of an older term arrives late' },
  },
  {
    name: 'vote twice',
    file: `${core}/vote.ts`,
    find: 'const free = ',
    replace: 'const free = true || ',
    // The first reply waits for the disk; when it leaves, the second vote may have overtaken it there.
    breaks: ['one vote per term', 'one leader per term', 'promise is on disk first'],
    shownBy: { seeds: 100, from: 1 },
  },
  {
    name: 'a vote for a candidate whose log is behind',
    file: `${core}/vote.ts`,
    find: 'return last.term > mine.term || ',
    replace: 'return true || ',
    breaks: ['leader completeness'],
    shownBy: { seeds: 100, from: 1 },
  },
  {
    name: 'a vote leaves before it is saved',
    file: `${core}/turn.ts`,
    find: 'if (saving.ballotSaved === saving.ballotVersion) {',
    replace: 'if (true) {',
    breaks: ['promise is on disk first'],
    shownBy: { seeds: 10, from: 1 },
  },
  {
    name: 'amnesia',
    file: `${core}/amnesia.ts`,
    find: 'state.admission.admitted = ',
    replace: 'state.admission.admitted = true || ',
    also: [
      { file: `${core}/amnesia.ts`, find: 'known === undefined) return true', replace: 'true) return true' },
      { file: `${core}/amnesia.ts`, find: '    halt(', replace: '    note(' },
    ],
    breaks: ['leader completeness'],
    shownBy: { scenario: 'a restored disk may not vote away what it acknowledged' },
  },
  {
    name: 'epoch ignored',
    file: `${core}/vote.ts`,
    find: 'epochOf(term) === epochOf(last.term)',
    replace: 'true',
    also: [{ file: `${core}/roles.ts`, find: 'state.log.epoch !== epochOf(state.term)', replace: 'false' }],
    breaks: ['leader completeness'],
    shownBy: { scenario: 'nobody leads in an epoch without the take-over that opened it' },
  },
]
