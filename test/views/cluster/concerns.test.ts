import { describe, expect, test } from 'bun:test'
import type { ClusterView, MemberView } from '../../../src/node/view.ts'
import { concerns } from '../../../views/cluster/index.ts'
import { capabilities, member, noCluster, noLeader, oneMachine, sixMachines, twoMachines } from '../../support/cluster-views.ts'

const titles = (view: ClusterView) => concerns(view).map((concern) => concern.title)
const withMembers = (members: readonly MemberView[]): ClusterView => ({ ...sixMachines, members, roundTrips: [] })
const calm = withMembers([member('atlas', { leads: true }), member('mini', { isSelf: true }), member('nova')])
const quiet: ClusterView = { ...calm, voters: { total: 3, answering: 3, needed: 2 } }

describe('what wants attention', () => {
  test('is nothing while every machine answers', () => {
    expect(concerns(quiet)).toEqual([])
    expect(concerns(noCluster)).toEqual([])
  })

  test('in the example: who does not hear whom, a missing voter, a small disk, a newcomer', () => {
    expect(titles(sixMachines)).toEqual([
      'atlas does not hear vega; nova, mini, pi and juno still do.',
      '1 of 3 voters is missing.',
      'pi has 10.0\u00a0GB of disk left, 9\u00a0%.',
      'juno is joining.',
    ])
  })

  test('worst first, whatever the order of the checks', () => {
    expect(concerns(noLeader).map((concern) => concern.tone)).toEqual(['bad', 'bad', 'bad', 'warn'])
  })

  test('a missing majority says what to start, and that nothing is lost', () => {
    const voters = concerns(noLeader).find((concern) => concern.id === 'voters')
    expect(voters?.detail).toBe(
      'Nothing can be changed until 1 more answers: start atlas or vega again, or mend the network between them. Reading works, and nothing that was acknowledged is lost.',
    )
  })

  test('a machine nobody else measures is suspected by this node, for so long', () => {
    const view = withMembers([...quiet.members, member('vega', { health: 'suspected', heardMsAgo: 38_000 })])
    expect(titles({ ...view, voters: quiet.voters })).toEqual(['mini has not heard vega for 38\u00a0s.'])
  })

  test('each silent machine comes with the command that asks why', () => {
    const [first] = concerns(sixMachines)
    expect(first?.command).toEqual({ before: 'To see why, run this on mini:', text: 'bzzz doctor --peer vega' })
  })

  test('a name that a shell could misread is never part of a command', () => {
    const hostile = member('x; rm -rf /', { health: 'down' })
    const [first] = concerns({ ...withMembers([...quiet.members, hostile]), voters: quiet.voters })
    expect(first?.command?.text).toBe(`bzzz doctor --peer ${hostile.peer}`)
    const option = member('--help', { health: 'down' })
    expect(concerns({ ...withMembers([...quiet.members, option]), voters: quiet.voters })[0]?.command?.text).toBe(
      `bzzz doctor --peer ${option.peer}`,
    )
  })

  test('many machines of one kind become one line', () => {
    const gone = Array.from({ length: 9 }, (_, index) => member(`rack-${index}`, { health: 'down', role: 'learner' }))
    const list = concerns({ ...withMembers([...quiet.members, ...gone]), voters: quiet.voters })
    expect(list.map((concern) => concern.title)).toEqual(['9 machines are down.'])
    expect(list[0]?.detail).toStartWith('rack-0, rack-1, rack-2 and 6 more do not answer anybody.')
  })

  test('a full disk is worse than a nearly full one', () => {
    const full = member('pi', { capabilities: capabilities({ cpu: 'x', cores: 1, busy: null, memory: [1, 1], disk: [100, 0] }) })
    expect(concerns({ ...withMembers([...quiet.members, full]), voters: quiet.voters })[0]).toMatchObject({
      tone: 'bad',
      title: 'The disk of pi is full.',
    })
  })

  test('one or two machines are told what a third would bring', () => {
    expect(titles(oneMachine)).toEqual(['Only atlas so far.'])
    expect(titles(twoMachines)).toContain('2 machines, and 1 of them votes.')
    expect(titles({ ...twoMachines, voters: { total: 2, answering: 2, needed: 2 } })).toContain('2 voters, and both are needed.')
  })

  test('a copy that has grown old is named, with the moment it shows', () => {
    const [first] = concerns({ ...quiet, log: { ...quiet.log, leaderHeardMsAgo: 51_000 } })
    expect(first?.title).toBe('mini has not heard atlas for 51\u00a0s.')
    expect(first?.detail).toStartWith('So this page shows what it knew at 14:31:09.')
  })

  test('different versions are mentioned, calmly', () => {
    const [first] = concerns({ ...withMembers([...quiet.members, member('old', { version: '0.9.2' })]), voters: quiet.voters })
    expect(first).toMatchObject({ tone: 'off', title: '2 versions of bzzz are at work.' })
  })
})
