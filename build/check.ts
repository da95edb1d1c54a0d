import { join } from 'node:path'

/** Types, then lint and format; prints what the tools say and ends with the counts that CI adds up. */
const steps: readonly (readonly [string, readonly string[]])[] = [
  ['types', ['tsc', '-p', '.']],
  ['lint and format', ['biome', 'check', '--error-on-warnings', '.']],
]

let failed = 0
for (const [name, [tool = '', ...args]] of steps) {
  const run = Bun.spawnSync([join('node_modules/.bin', tool), ...args], { stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' })
  console.log(`${run.success ? '✓' : '✗'} ${name}`)
  if (!run.success) failed += 1
}
console.log(`\n ${steps.length - failed} pass\n ${failed} fail`)
process.exitCode = failed === 0 ? 0 : 1
