import { checkHistory } from '../support/linearizability.ts'
import { ask, startClients } from './clients.ts'
import type { Counts } from './counts.ts'
import { startFaults } from './faults.ts'
import { startCommands } from './fence.ts'
import { startOperator } from './operator.ts'
import { type Plan, planOf } from './plan.ts'
import { historyOf, type Recorded } from './recorder.ts'
import { rulesFor } from './rules.ts'
import { settle } from './settle.ts'
import { Violation, violated } from './violation.ts'
import { createWorld, type World } from './world.ts'

/** How a run ended. `violation` is null when nothing forbidden happened. */
export interface RunResult {
  readonly seed: number
  readonly violation: { readonly property: string; readonly message: string; readonly stack: string } | null
  readonly trace: readonly string[]
  readonly counts: Counts
  readonly history: readonly Recorded[]
  readonly simulatedMs: number
}

/** One whole run: a plan drawn from the seed, faults, healing, settling, judgement. */
export const runSeed = (seed: number): RunResult => {
  const plan = planOf(seed)
  const { machines, voters, clockSpread, asBytes } = plan
  const world = createWorld({ seed, machines, voters, rules: rulesFor(plan), clockSpread, asBytes })
  return conduct(world, seed, () => play(world, plan))
}

/** Runs `act` in `world` and turns whatever it throws into a result. */
export const conduct = (world: World, seed: number, act: () => void): RunResult => {
  let violation: RunResult['violation'] = null
  try {
    act()
    judgeHistory(world)
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    violation = { property: error instanceof Violation ? error.property : 'no crash of the program', message, stack }
  }
  const { counts, network, recorder } = world
  const history = recorder.history()
  counts.runs = 1
  counts.messages = network.sent
  counts.dropped = network.dropped
  counts.operations = history.length
  counts.answered = history.filter(({ answer }) => answer !== null).length
  return { seed, violation, trace: world.trace.lines(), counts, history, simulatedMs: world.schedule.nowMs }
}

const play = (world: World, plan: Plan): void => {
  const { schedule, network, members, judge } = world
  const { lossChance, duplicateChance, straggleChance, delayMs } = plan
  Object.assign(network.weather, { lossChance, duplicateChance, straggleChance, delayMs })
  for (const { peer } of members) world.start(peer)
  const all = members.map(({ peer }) => peer)
  const spare = all.slice(plan.voters)
  const grows = world.dice.chance(0.6) ? (all.length >= 5 ? 5 : all.length >= 3 ? 3 : plan.voters) : plan.voters
  const operator = startOperator(world, {
    voters: all.slice(0, Math.max(grows, plan.voters)),
    learners: world.dice.chance(0.5) ? spare : [],
  })
  const commands = startCommands(world)
  const clients = startClients({
    schedule,
    dice: world.dice.fork('clients'),
    recorder: world.recorder,
    count: plan.clients,
    keys: plan.keys,
    thinkMs: plan.thinkMs,
    members: () => members,
    lineageAt: ({ disk }) => judge.lineageOf(disk.image),
  })
  const faults = startFaults(world, plan, operator)
  schedule.run(plan.faultsForMs)
  faults.stop()
  schedule.run(Math.max(schedule.nowMs, world.calmUntilMs))
  world.heal()
  settle(world)
  clients.stop()
  commands.stop()
  operator.stop()
  lookAtEverything(world, plan.keys)
}

/** One last strong look at everything, so that the history says whether anything acknowledged is gone. */
const lookAtEverything = (world: World, keys: readonly string[]): void => {
  const leader = world.leader()
  if (leader === null) return
  for (const prefix of new Set(keys.map((key) => key.slice(0, key.indexOf('/') + 1)))) {
    const request = { kind: 'list', prefix } as const
    const recorded = world.recorder.invoke('last', request)
    ask(leader, request, (reply) => {
      if (reply !== null) recorded.answer(reply, world.judge.lineageOf(leader.disk.image))
    })
  }
  world.schedule.run(world.schedule.nowMs + 500)
}

const judgeHistory = (world: World): void => {
  const history = world.recorder.history()
  for (const lineage of new Set(history.flatMap(({ answer, lineage }) => (answer === null ? [] : [lineage])))) {
    const verdict = checkHistory(historyOf(history, lineage))
    if (verdict.kind === 'linearizable') continue
    if (verdict.kind === 'unknown') {
      world.counts.undecided++
      continue
    }
    const stuck = verdict.stuckAt.map((each) => JSON.stringify(each)).join('\n  ')
    const last = verdict.explained
      .slice(-6)
      .map((each) => JSON.stringify(each))
      .join('\n  ')
    violated('linearizability', `no order explains ${verdict.keys.join(' ')}; after\n  ${last}\nnone of these can come next:\n  ${stuck}`)
  }
}
