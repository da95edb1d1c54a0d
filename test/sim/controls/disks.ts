import type { Control } from './control.ts'

const disk = 'test/support/memory-disk.ts'

/** Defects of the disk, of apply, and of the author's numbers. */
export const disks: readonly Control[] = [
  {
    name: 'no fsync',
    file: disk,
    find: 'if (isDurable(work)) {',
    replace: 'if (waiting.length > 40) {',
    breaks: ['promise is on disk first'],
    shownBy: { scenario: 'everybody loses power again and again' },
  },
  {
    // The same, with the check of single promises out of the way: what it does to the cluster is seen too.
    name: 'no fsync, judged by its consequences',
    file: disk,
    find: 'if (isDurable(work)) {',
    replace: 'if (waiting.length > 40) {',
    also: [
      { file: 'test/sim/judge/promises.ts', find: 'const lacks = (what: string) =>', replace: 'const lacks = (what: string) => true ||' },
    ],
    breaks: [
      'leader completeness',
      'committed entries stay',
      'linearizability',
      'log matching',
      'one leader per term',
      'one vote per term',
      // Members that remember what an unsynced disk forgot: nothing is lost, and whoever lies is out.
      'nobody halts without cause',
    ],
    shownBy: { scenario: 'everybody loses power again and again' },
  },
  {
    name: 'applied index in another transaction',
    file: disk,
    find: 'if (last !== undefined) durable.appliedIndex = last.index',
    replace: 'if (last !== undefined) durable.appliedIndex = Math.max(durable.base.index, last.index - 1)',
    breaks: ['nothing applied twice', 'equal roots at equal index', 'linearizability'],
    shownBy: { seeds: 30, from: 1 },
  },
  {
    name: 'local clock in apply',
    file: 'src/ledger/machine.ts',
    find: 'const { stampMs, index, term } = entry',
    replace: 'const { index, term } = entry\n  const stampMs = Math.floor(performance.now() * 1_000)',
    breaks: ['equal roots at equal index'],
    shownBy: { seeds: 10, from: 1 },
  },
  {
    name: 'a retry applied twice',
    file: 'src/ledger/session.ts',
    find: `return answer ? { kind: 'repeated', answer } : { kind: 'next' }`,
    replace: `return { kind: 'next' }`,
    breaks: ['nothing applied twice'],
    shownBy: { seeds: 50, from: 1 },
  },
]
