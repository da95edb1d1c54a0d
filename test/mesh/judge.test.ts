import { expect, test } from 'bun:test'
import { asPeerId, type PeerId } from '../../src/base/index.ts'
import { type Evidence, judge, type Report } from '../../src/mesh/judge.ts'

const [self, leader, a, b, c, target] = ['self', 'leader', 'a', 'b', 'c', 'target'].map(asPeerId) as [
  PeerId,
  PeerId,
  PeerId,
  PeerId,
  PeerId,
  PeerId,
]
const says = (suspects: PeerId[], ageMs = 100): Report => ({ suspects: new Set(suspects), ageMs })
const evidence = (over: Partial<Evidence> = {}): Evidence => ({
  self,
  leader,
  own: new Map([[target, 'suspected']]),
  reports: new Map(),
  reportAgeMsMax: 2_000,
  ...over,
})

const table: [string, Partial<Evidence>, string][] = [
  [
    'heard here is healthy, whatever others say',
    {
      own: new Map([[target, 'heard']]),
      reports: new Map([
        [leader, says([target])],
        [a, says([target])],
      ]),
    },
    'healthy',
  ],
  ['own suspicion alone is suspicion', {}, 'suspected'],
  ['leader and self suspect, nobody else is reachable: down', { reports: new Map([[leader, says([target])]]) }, 'down'],
  [
    'leader suspects, self and one of two others do: down',
    {
      reports: new Map([
        [leader, says([target])],
        [a, says([target])],
        [b, says([])],
      ]),
    },
    'down',
  ],
  [
    'leader suspects, but of three others only self does: suspected',
    {
      reports: new Map([
        [leader, says([target])],
        [a, says([])],
        [b, says([])],
      ]),
    },
    'suspected',
  ],
  [
    'the leader still hears it: suspected',
    {
      reports: new Map([
        [leader, says([])],
        [a, says([target])],
        [b, says([target])],
      ]),
    },
    'suspected',
  ],
  [
    'the leader is not reachable from here: suspected',
    {
      reports: new Map([
        [a, says([target])],
        [b, says([target])],
      ]),
    },
    'suspected',
  ],
  [
    'the leader spoke too long ago: suspected',
    {
      reports: new Map([
        [leader, says([target], 2_001)],
        [a, says([target])],
      ]),
    },
    'suspected',
  ],
  [
    'no leader: nobody is down',
    {
      leader: null,
      reports: new Map([
        [a, says([target])],
        [b, says([target])],
      ]),
    },
    'suspected',
  ],
  [
    'the leader itself is silent: suspected, an election will tell',
    { leader: target, reports: new Map([[a, says([target])]]) },
    'suspected',
  ],
  ['self leads and one other agrees: down', { leader: self, reports: new Map([[a, says([target])]]) }, 'down'],
  [
    'self leads, one of three others agrees: suspected',
    {
      leader: self,
      reports: new Map([
        [a, says([target])],
        [b, says([])],
        [c, says([])],
      ]),
    },
    'suspected',
  ],
  ['self leads a cluster of two: down', { leader: self }, 'down'],
  [
    'not watched here, leader and two others suspect: down',
    {
      own: new Map(),
      reports: new Map([
        [leader, says([target])],
        [a, says([target])],
        [b, says([target])],
      ]),
    },
    'down',
  ],
  ['not watched here and no agreement: unknown', { own: new Map(), reports: new Map([[a, says([target])]]) }, 'unknown'],
  [
    'a word of the suspected one about itself counts for nothing',
    {
      reports: new Map([
        [leader, says([target])],
        [a, says([])],
        [target, says([target])],
      ]),
    },
    'suspected',
  ],
]

test.each(table)('%s', (_, over, health) => {
  expect(judge(target, evidence(over))).toBe(health as ReturnType<typeof judge>)
})

test('a node never doubts itself', () => {
  expect(
    judge(
      self,
      evidence({
        reports: new Map([
          [leader, says([self])],
          [a, says([self])],
        ]),
      }),
    ),
  ).toBe('healthy')
})
