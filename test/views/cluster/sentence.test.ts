import { describe, expect, test } from 'bun:test'
import { sentence } from '../../../views/cluster/index.ts'
import { halted, noCluster, noLeader, oneMachine, sixMachines, twoMachines } from '../../support/cluster-views.ts'

const told = (view: typeof sixMachines): string => {
  const { headline, strong, rest } = sentence(view)
  return `${headline} ${strong}${/^[.,]/.test(rest) ? '' : ' '}${rest}`
}

describe('the state as a sentence', () => {
  test('says who leads since when and why, and whether changes go through', () => {
    expect(told(sixMachines)).toBe(
      '6 machines, 4 healthy. atlas leads since 14:02, because its score was 0.17 above that of mini for 60 s; mini handed over. 2 of 3 voters answer, so changes go through.',
    )
  })

  test('does not say "because because", nor two full stops', () => {
    const view = { ...sixMachines, leader: sixMachines.leader && { ...sixMachines.leader, because: 'Because it stood first. ' } }
    expect(told(view)).toContain('atlas leads since 14:02, because it stood first. 2 of 3')
  })

  test('does without a reason where none is known', () => {
    const view = { ...sixMachines, leader: sixMachines.leader && { ...sixMachines.leader, because: '' } }
    expect(told(view)).toContain('atlas leads since 14:02. 2 of 3')
  })

  test('of one machine is short', () => {
    expect(told(oneMachine)).toBe('1 machine, healthy. atlas leads since 14:28, because it is the only machine.')
    expect(told(twoMachines)).toStartWith('2 machines, 2 healthy. atlas leads')
  })

  test('names the lack of a leader first, with what still works', () => {
    expect(told(noLeader)).toBe(
      '6 machines, 3 healthy, no leader. Nobody leads at the moment. atlas and vega do not answer, and 2 of 3 voters are needed. Reading works; changes wait until one of them is back.',
    )
    expect(told({ ...noLeader, noLeaderBecause: null })).toEndWith('1 of 3 voters answers, and 2 are needed. Reading works, changes wait.')
  })

  test('says when a leader has lost its majority', () => {
    expect(told({ ...sixMachines, voters: { total: 3, answering: 1, needed: 2 } })).toEndWith(
      'Only 1 of 3 voters answers, so changes wait.',
    )
  })

  test('of a node that stopped is about the node', () => {
    expect(told(halted)).toBe(
      'mini takes no part any more. Its disk was set back: it once promised entry 48 213, and now holds 47 980. Remove mini and let it join again under a new identity. Below is what it knew last.',
    )
  })

  test('before there is a cluster says that nothing is wrong', () => {
    expect(told(noCluster)).toStartWith('mini is in no cluster yet. It runs and waits.')
  })

  test('holds no age and no counter, so that a screen reader speaks only of changes', () => {
    const later = { ...sixMachines, atMs: sixMachines.atMs + 9_000, log: { ...sixMachines.log, appliedIndex: 1, leaderHeardMsAgo: 9 } }
    expect(sentence(later)).toEqual(sentence(sixMachines))
  })
})
