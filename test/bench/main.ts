import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startBzzz } from './bzzz.ts'
import { canCut, cutLeaders } from './cuts.ts'
import { etcdMissing, hasEtcd, startEtcd } from './etcd.ts'
import { killed, strikeLeaders, type Times } from './failover.ts'
import { measureFootprint } from './footprint.ts'
import { describeMachine } from './machine.ts'
import { failoverText, footprintText, machineText, writeText } from './report.ts'
import { removeFolder, scratchFolder } from './scratch.ts'
import { measureWrites } from './write.ts'

const usage = `Usage: npm run bench -- failover|write|footprint [--quick] [--json]

  failover   time from the leader's death, and from its cable pulled, to the next acknowledged write (cuts need root)
  write      puts a second and latency with 1 and 64 clients, 256-byte values
  footprint  start, memory and processor of an idle cluster, time to form one

Each beside etcd on the same machine in the same run, where etcd is installed.
  --quick             fewer repetitions
  --json              the numbers as one JSON object
  --executable FILE   instead of build/out/bzzz
  --kills N --cuts N  how many (100 and 50)
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    executable: { type: 'string', default: join(import.meta.dir, '../../build/out/bzzz') },
    kills: { type: 'string' },
    cuts: { type: 'string' },
  },
})
const { quick, executable } = values
const tell = (sentence: string): void => console.error(sentence)
const machine = describeMachine(executable)
const loopback = { address: '127.0.0.1', within: [] }

const failover = async () => {
  const kills = await killLeaders(Number(values.kills ?? (quick ? 10 : 100)))
  const cuts = Number(values.cuts ?? (quick ? 5 : 50))
  if (!canCut()) tell('Cutting links needs root on Linux (network namespaces): left out.')
  const cut = canCut() && cuts > 0 ? await cutLeaders(cuts, executable, tell) : null
  return { numbers: { kills, cuts: cut }, text: failoverText(kills, cut) }
}

const killLeaders = async (times: number): Promise<Times | null> => {
  if (times === 0) return null
  await using ours = await startBzzz(3, executable)
  await using theirs = hasEtcd() ? await startEtcd([loopback, loopback, loopback]) : null
  return await strikeLeaders(theirs === null ? [ours] : [ours, theirs], killed, times, tell)
}

const write = async () => {
  const rounds = await measureWrites({ executable, rounds: quick ? 3 : 9, secondsEach: quick ? 3 : 5, tell })
  return { numbers: rounds, text: writeText(rounds) }
}

const footprint = async () => {
  const numbers = await measureFootprint({ executable, idleSeconds: quick ? 15 : 60, repeats: quick ? 2 : 5, tell })
  return { numbers, text: footprintText(numbers) }
}

const benches: Readonly<Record<string, () => Promise<{ readonly numbers: unknown; readonly text: string }>>> = {
  failover,
  write,
  footprint,
}

/** Everything the bench writes lies in one folder, which goes when it ends; what a killed one left is removed by the next. */
const run = async (bench: (typeof benches)[string]): Promise<void> => {
  const folder = scratchFolder()
  process.env.TMPDIR = folder
  process.once('exit', () => removeFolder(folder))
  try {
    if (!hasEtcd()) tell(etcdMissing)
    const { numbers, text } = await bench()
    console.log(values.json ? JSON.stringify({ machine, numbers }) : `${machineText(machine)}\n\n${text}`)
  } finally {
    removeFolder(folder)
  }
}

const [name = ''] = positionals
const bench = benches[name]
if (bench === undefined) {
  console.error(usage)
  process.exitCode = 2
} else {
  // The processes under test end with this one, however it ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  await run(bench)
}
