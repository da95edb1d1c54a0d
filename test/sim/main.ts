import { appendFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { addCounts, minimums, noCounts, showCounts, tooFew } from './counts.ts'
import { runCrew } from './crew.ts'
import { runSeed } from './run-seed.ts'
import { runScenario, scenarios } from './scenarios.ts'
import { keptSeeds } from './seeds.ts'
import { type Failure, failureOf, runStretch } from './stretch.ts'
import { traceEveryMessage } from './trace.ts'

const usage = `bun test/sim/main.ts [options]
Runs the real consensus, author and ledger in simulated clusters that break in every way, and judges what they did.

  --seeds N        how many random runs (default 2000)
  --from S         the first seed (default 1)
  --seed S         only this one, with every message in its trace
  --scenario NAME  only this directed run (${scenarios.map(({ name }) => name).join(', ')})
  --history FILE   writes what clients asked and were told as JSON lines
  --threads N      runs side by side (default: one for each processor, at most 4)
  --random-only    no directed runs, no kept seeds
  --failures N     stops after so many failures (default 3)`

type Keep = (lines: readonly string[]) => void

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      scenario: { type: 'string' },
      history: { type: 'string' },
      threads: { type: 'string', default: String(Math.min(4, availableParallelism())) },
      failures: { type: 'string', default: '3' },
      'random-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (values.history !== undefined) writeFileSync(values.history, '')
  const { history } = values
  const keep =
    history === undefined ? null : (lines: readonly string[]) => appendFileSync(history, lines.map((line) => `${line}\n`).join(''))
  if (values.seed !== undefined) return one(Number(values.seed), keep)
  if (values.scenario !== undefined) return story(values.scenario)
  const numbers = {
    from: Number(values.from),
    count: Number(values.seeds),
    threads: Number(values.threads),
    failuresMax: Number(values.failures),
  }
  return all({ ...numbers, directed: !values['random-only'], keep })
}

const one = (seed: number, keep: Keep | null): number => {
  traceEveryMessage()
  const result = runSeed(seed)
  if (keep !== null) keep(runStretch([seed], true).history)
  const failure = failureOf(`SEED=${seed}`, result)
  if (failure !== null) show(failure)
  console.log(showCounts(result.counts))
  return finish(failure === null ? 1 : 0, failure === null ? 0 : 1)
}

const story = (name: string): number => {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario === undefined) {
    console.error(`There is no scenario "${name}". Known: ${scenarios.map((each) => each.name).join(', ')}.`)
    return 2
  }
  traceEveryMessage()
  const failure = failureOf(name, runScenario(scenario))
  if (failure !== null) show(failure)
  return finish(failure === null ? 1 : 0, failure === null ? 0 : 1)
}

interface Extent {
  readonly from: number
  readonly count: number
  readonly threads: number
  readonly failuresMax: number
  /** Directed runs and kept seeds too. */
  readonly directed: boolean
  readonly keep: Keep | null
}

const all = async ({ from, count, threads, failuresMax, directed, keep }: Extent): Promise<number> => {
  const started = performance.now()
  const totals = noCounts()
  let passed = 0
  let failed = 0
  const fail = (failure: Failure) => {
    failed++
    show(failure)
  }
  const stories = directed ? scenarios : []
  for (const scenario of stories) {
    const result = runScenario(scenario)
    const failure = failureOf(scenario.name, result)
    addCounts(totals, result.counts)
    if (failure === null) passed++
    else fail(failure)
  }
  if (directed) console.log(`${stories.length} directed runs, ${failed} failed`)

  const kept = directed ? keptSeeds.map(({ seed }) => seed) : []
  const seeds = [...kept, ...Array.from({ length: count }, (_, at) => from + at)]
  let shown = performance.now()
  await runCrew(seeds, { threads, wantsHistory: keep !== null }, (report) => {
    addCounts(totals, report.counts)
    passed += report.passed
    report.failures.forEach(fail)
    keep?.(report.history)
    if (performance.now() - shown > 10_000) {
      shown = performance.now()
      console.log(`${totals.runs} of ${seeds.length + stories.length} runs in ${seconds(started)} s, ${failed} failed`)
    }
    return failed < failuresMax
  })
  console.log(`\n${showCounts(totals)}`)
  // A short run cannot be held to what a long one must have seen.
  if (failed === 0 && count >= minimums.seeds)
    for (const missing of tooFew(totals)) {
      failed++
      console.log(`Too little happened to prove anything: ${missing}`)
    }
  console.log(`${seconds(started)} s on ${threads} threads`)
  return finish(passed, failed)
}

const seconds = (since: number) => ((performance.now() - since) / 1_000).toFixed(1)

const show = ({ name, property, message, stack, trace }: Failure): void => {
  console.log(`\n${name} broke "${property}": ${message}`)
  if (property === 'no crash of the program') console.log(stack)
  console.log(trace.map((line) => `  ${line}`).join('\n'))
  console.log(`${name} broke "${property}"`)
}

const finish = (passed: number, failed: number): number => {
  console.log(`sim: ${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main()
