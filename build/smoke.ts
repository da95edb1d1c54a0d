import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compile, executableOf } from './compile.ts'
import { provenance } from './provenance.ts'
import { measure, megabytes, tooLarge } from './sizes.ts'
import { crossMesh } from './smoke-mesh.ts'
import { runnerFor, type Started, startNode } from './smoke-node.ts'
import { ownTarget, type Target, targetsNamed } from './targets.ts'

/**
 * Boots executables as they ship: from another folder, with an empty environment. Without names: this machine's and linux-arm64, the latter
 * under qemu-user where that is installed (in CI it must be). Ends with the counts that CI adds up.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'no-build': { type: 'boolean' } } })
const own = ownTarget()
const from = provenance()
let passed = 0
let failed = 0

const check = async (what: string, act: () => Promise<string | undefined>): Promise<void> => {
  const began = performance.now()
  try {
    const said = await act()
    passed += 1
    console.log(`✓ ${what} (${Math.round(performance.now() - began)} ms)${said === undefined ? '' : `: ${said}`}`)
  } catch (error) {
    failed += 1
    console.log(`✗ ${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const smoke = async (target: Target): Promise<void> => {
  const executable = executableOf(target)
  if (!values['no-build']) await compile(target, from, executable)
  const runner = runnerFor(target, executable)
  if (runner === null) {
    if (process.env.CI)
      await check(target.name, async () => Promise.reject(new Error('qemu-user-static and libc6-arm64-cross are missing')))
    else console.log(`- ${target.name}: skipped, this machine cannot run it (Debian: qemu-user-static libc6-arm64-cross)`)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-smoke-'))
  const run = (...args: string[]) => Bun.spawnSync([...runner, ...args], { cwd: folder, env: {}, stdin: 'ignore' })
  try {
    await check(`${target.name}: is small enough`, async () => {
      const sizes = await measure(executable)
      const problems = tooLarge(sizes)
      if (problems.length > 0) throw new Error(problems.join(' '))
      return `${megabytes(sizes.executableBytes)}, ${megabytes(sizes.compressedBytes)} gzip`
    })
    await check(`${target.name}: version --json`, async () => {
      const { stdout, exitCode, stderr } = run('version', '--json')
      if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr.toString()}`)
      const said: unknown = JSON.parse(stdout.toString())
      const wanted = { version: from.version, commit: from.commit, target: target.name }
      for (const [name, value] of Object.entries(wanted))
        if ((said as Record<string, unknown>)[name] !== value) throw new Error(`${name} is not ${value}: ${stdout.toString().trim()}`)
      return undefined
    })
    await check(`${target.name}: doctor --json`, async () => {
      const { stdout, exitCode, stderr } = run('doctor', '--json')
      if (exitCode !== 0 && exitCode !== 1) throw new Error(`exit ${exitCode}: ${stderr.toString()}`)
      return `${JSON.stringify(JSON.parse(stdout.toString())).length} bytes of findings`
    })
    await check(`${target.name}: an unknown flag is refused with exit code 2`, async () => {
      const { exitCode, stderr } = run('run', '--no-such-flag')
      if (exitCode !== 2) throw new Error(`exit ${exitCode}`)
      return stderr.toString().trim().split('\n')[0]
    })
    const nodes: Started[] = []
    try {
      await check(`${target.name}: a node answers /healthz`, async () => {
        nodes.push(await startNode('one', folder, runner))
        return `after ${nodes[0]?.startedMs} ms`
      })
      // The second is of this machine's own kind: under emulation, two architectures form one cluster.
      nodes.push(await startNode('two', folder, runnerFor(own, executableOf(own)) ?? runner))
      const [one, two] = nodes
      if (one && two) for (const [what, act] of crossMesh(one, two)) await check(`${target.name}: ${what}`, act)
    } finally {
      for (const node of nodes) await node.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const target of positionals.length > 0
  ? targetsNamed(positionals)
  : [own, ...targetsNamed(['linux-arm64']).filter((one) => one !== own)])
  await smoke(target)
console.log(`\n ${passed} pass\n ${failed} fail`)
process.exitCode = failed === 0 ? 0 : 1
