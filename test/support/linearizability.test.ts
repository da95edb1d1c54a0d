import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { linearizableByForce } from './brute-force.ts'
import { historyLine, type Operation, type Reply, type Request, type Row } from './history.ts'
import { checkHistory } from './linearizability.ts'
import { partition } from './partition.ts'

const op = (invoked: number, returned: number | null, request: Request, reply?: Reply): Operation => ({
  client: `c${invoked}`,
  request,
  invoked,
  answer: returned === null || reply === undefined ? null : { returned, reply },
})
const put = (key: string, value: string): Request => ({ kind: 'put', key, value })
const cas = (key: string, expect: number, value: string): Request => ({ kind: 'cas', key, expect, value })
const get = (key: string): Request => ({ kind: 'get', key })
const list = (prefix: string): Request => ({ kind: 'list', prefix })
const written = (version: number): Reply => ({ kind: 'written', version })
const conflict: Reply = { kind: 'conflict' }
const row = (key: string, version: number, value: string): Row => ({ key, version, value })
const found = (key: string, version: number, value: string): Reply => ({ kind: 'found', row: row(key, version, value) })
const nothing: Reply = { kind: 'found', row: null }
const listed = (...rows: Row[]): Reply => ({ kind: 'listed', rows })
const verdict = (...history: Operation[]) => checkHistory(history).kind

describe('histories that some order explains', () => {
  test('nothing at all', () => expect(verdict()).toBe('linearizable'))
  test('a read beside a write may see either side', () => {
    expect(verdict(op(1, 9, put('a', 'x'), written(1)), op(2, 8, get('a'), nothing))).toBe('linearizable')
    expect(verdict(op(1, 9, put('a', 'x'), written(1)), op(2, 8, get('a'), found('a', 1, 'x')))).toBe('linearizable')
  })
  test('a write without an answer is seen much later', () =>
    expect(verdict(op(1, null, put('a', 'x')), op(2, 3, get('a'), nothing), op(50, 51, get('a'), found('a', 1, 'x')))).toBe('linearizable'))
  test('a write without an answer never happens', () =>
    expect(verdict(op(1, null, put('a', 'x')), op(2, 3, put('a', 'y'), written(1)))).toBe('linearizable'))
  test('a refused compare-and-set beside the write that spoilt it', () =>
    expect(verdict(op(1, 5, put('a', 'x'), written(1)), op(2, 6, cas('a', 0, 'y'), conflict))).toBe('linearizable'))
  test('two open writes that nobody saw, told only by a version', () =>
    expect(verdict(op(1, null, put('a', 'x')), op(1, null, put('a', 'y')), op(5, 6, put('a', 'z'), written(3)))).toBe('linearizable'))
  test('a list between two writes of different keys', () =>
    expect(
      verdict(
        op(1, 2, put('p/a', 'x'), written(1)),
        op(3, 9, put('p/b', 'y'), written(1)),
        op(4, 8, list('p/'), listed(row('p/a', 1, 'x'))),
      ),
    ).toBe('linearizable'))
  test('an empty list of keys nobody wrote', () => expect(verdict(op(1, 2, list('q/'), listed()))).toBe('linearizable'))
})

describe('histories that no order explains', () => {
  test('a stale read', () =>
    expect(verdict(op(1, 2, put('a', 'x'), written(1)), op(3, 4, put('a', 'y'), written(2)), op(5, 6, get('a'), found('a', 1, 'x')))).toBe(
      'violated',
    ))
  test('a lost update', () => expect(verdict(op(1, 2, put('a', 'x'), written(1)), op(3, 4, get('a'), nothing))).toBe('violated'))
  test('two writers told of one version', () =>
    expect(verdict(op(1, 9, put('a', 'x'), written(1)), op(2, 8, put('a', 'y'), written(1)))).toBe('violated'))
  test('an open write seen, then unseen', () =>
    expect(verdict(op(1, null, put('a', 'x')), op(2, 3, get('a'), found('a', 1, 'x')), op(4, 5, get('a'), nothing))).toBe('violated'))
  test('one compare-and-set that succeeded for two', () =>
    expect(verdict(op(1, 9, cas('a', 0, 'x'), written(1)), op(2, 8, cas('a', 0, 'y'), written(1)))).toBe('violated'))
  test('a compare-and-set refused without a reason', () =>
    expect(verdict(op(1, 2, put('a', 'x'), written(1)), op(3, 4, cas('a', 1, 'y'), conflict))).toBe('violated'))
  test('a write that happened twice', () =>
    expect(verdict(op(1, 2, put('a', 'x'), written(1)), op(3, 4, get('a'), found('a', 2, 'x')))).toBe('violated'))
  test('a value that appears before it was written', () =>
    expect(verdict(op(1, 2, get('a'), found('a', 1, 'x')), op(3, 4, put('a', 'x'), written(1)))).toBe('violated'))
  test('a torn list: the later write is there, the earlier is not', () =>
    expect(
      verdict(
        op(1, 2, put('p/a', 'x'), written(1)),
        op(3, 4, put('p/b', 'y'), written(1)),
        op(5, 6, list('p/'), listed(row('p/b', 1, 'y'))),
      ),
    ).toBe('violated'))
  test('two lists that saw two concurrent writes in opposite order', () =>
    expect(
      verdict(
        op(1, 20, put('p/a', 'x'), written(1)),
        op(1, 20, put('p/b', 'y'), written(1)),
        op(2, 10, list('p/'), listed(row('p/a', 1, 'x'))),
        op(2, 10, list('p/'), listed(row('p/b', 1, 'y'))),
      ),
    ).toBe('violated'))
  test('a list that shows what nobody wrote, or what it was not asked for', () => {
    expect(verdict(op(1, 2, list('q/'), listed(row('q/a', 1, 'x'))))).toBe('violated')
    expect(verdict(op(0, 1, put('a', 'x'), written(1)), op(1, 2, list('q/'), listed(row('a', 1, 'x'))))).toBe('violated')
  })
  test('the verdict names the keys and the answer that cannot be', () => {
    const stale = op(5, 6, get('a'), nothing)
    const answer = checkHistory([op(1, 2, put('a', 'x'), written(1)), stale, op(1, 2, put('b', 'x'), written(1))])
    expect(answer).toMatchObject({ kind: 'violated', keys: ['a'], stuckAt: [stale] })
  })
})

test('a list ties the keys under its prefix together and leaves the others alone', () => {
  const history = [
    op(1, 2, put('p/a', 'x'), written(1)),
    op(1, 2, put('p/b', 'x'), written(1)),
    op(1, 2, put('q/a', 'x'), written(1)),
    op(3, null, list('p/')),
  ]
  expect(partition(history).map(({ keys }) => keys)).toEqual([['p/a', 'p/b'], ['q/a']])
})

test('thirty time-outs on one key are judged at once', () => {
  const lost = Array.from({ length: 30 }, (_, at) => op(at, null, put('a', `lost${at}`)))
  const writes = Array.from({ length: 30 }, (_, at) => op(100 + at * 10, 105 + at * 10, put('a', `v${at}`), written(at + 1)))
  expect(checkHistory([...lost, ...writes]).kind).toBe('linearizable')
  const impossible = op(900, 901, get('a'), found('a', 77, 'v29'))
  expect(checkHistory([...lost, ...writes, impossible]).kind).toBe('violated')
})

test('a search past its bound says so instead of guessing', () => {
  const crowd = Array.from({ length: 9 }, (_, at) => op(0, 100, get('a'), at % 2 === 0 ? nothing : found('a', 9, 'z')))
  expect(checkHistory(crowd, { configurationsMax: 4 }).kind).toBe('unknown')
})

const request = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom('p/a', 'p/b'), value: fc.constantFrom('x', 'y', 'z') }),
  fc.record({
    kind: fc.constant('cas' as const),
    key: fc.constantFrom('p/a', 'p/b'),
    expect: fc.nat(2),
    value: fc.constantFrom('x', 'y'),
  }),
  fc.record({ kind: fc.constant('get' as const), key: fc.constantFrom('p/a', 'p/b') }),
  fc.record({ kind: fc.constant('list' as const), prefix: fc.constantFrom('p/', 'p/a') }),
)
/** Runs requests one after the other on a plain map, so that most generated answers are plausible; `lie` spoils some. */
const answers = (drawn: readonly { request: Request; at: number; takes: number; open: boolean; lie: number }[]): Operation[] => {
  const cells = new Map<string, Row>()
  return drawn.map(({ request, at, takes, open, lie }, order) => {
    const truth = play(cells, request)
    const reply = lie === 1 && truth.kind === 'written' ? written(truth.version + 1) : lie === 2 && truth.kind === 'found' ? nothing : truth
    return { client: `c${order}`, request, invoked: at, answer: open ? null : { returned: at + takes, reply } }
  })
}
const play = (cells: Map<string, Row>, request: Request): Reply => {
  if (request.kind === 'list')
    return listed(...[...cells.values()].filter(({ key }) => key.startsWith(request.prefix)).sort((a, b) => (a.key < b.key ? -1 : 1)))
  const cell = cells.get(request.key)
  if (request.kind === 'get') return { kind: 'found', row: cell ?? null }
  if (request.kind === 'cas' && (cell?.version ?? 0) !== request.expect) return conflict
  const next = row(request.key, (cell?.version ?? 0) + 1, request.value)
  cells.set(request.key, next)
  return written(next.version)
}

test('it agrees with trying every order, on random small histories', () => {
  const drawn = fc.array(fc.record({ request, at: fc.nat(12), takes: fc.nat(8), open: fc.boolean(), lie: fc.nat(8) }), { maxLength: 6 })
  const kinds = { linearizable: 0, violated: 0, unknown: 0 }
  fc.assert(
    fc.property(drawn, fc.boolean(), (operations, inOrder) => {
      const arranged = inOrder ? operations.map((each, order) => ({ ...each, at: each.at + order * 3 })) : operations
      const history = answers(arranged)
      const { kind } = checkHistory(history)
      kinds[kind]++
      expect(kind === 'linearizable').toBe(linearizableByForce(history))
    }),
    { numRuns: 5_000, seed: 7 },
  )
  expect(kinds.linearizable).toBeGreaterThan(300)
  expect(kinds.violated).toBeGreaterThan(300)
  expect(kinds.unknown).toBe(0)
})

test('a history line carries what an outside checker needs', () => {
  expect(JSON.parse(historyLine(op(1, 2, cas('a', 0, 'x'), written(1)), '7'))).toEqual({
    run: '7',
    lineage: '',
    client: 'c1',
    operation: 'cas',
    key: 'a',
    value: 'x',
    expect: 0,
    invoked: 1,
    returned: 2,
    reply: { kind: 'written', version: 1 },
  })
  expect(JSON.parse(historyLine(op(1, null, list('p/')), '7'))).toMatchObject({ operation: 'list', key: 'p/', returned: null, reply: null })
})
