import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { pack, sums } from './archive.ts'
import { compile, executableOf, out } from './compile.ts'
import { filledScript } from './install-script.ts'
import { provenance } from './provenance.ts'
import { publicHalf, releaseKey, releaseKeyVariable, signature } from './release-key.ts'
import { measure, megabytes, tooLarge } from './sizes.ts'
import { targets, targetsNamed } from './targets.ts'

/**
 * Builds every target (or those named), packs each, and writes SHA256SUMS, its signature, the key that checks it, and the install.sh that vouches
 * for them into build/out/release. BZZZ_RELEASE_URL is where they will lie; without it the person who installs says so.
 */
const { positionals } = parseArgs({ allowPositionals: true, options: {} })
const root = dirname(import.meta.dir)
const folder = join(out, 'release')
const key = releaseKey(process.env[releaseKeyVariable])
const from = provenance()
if (from.commit.endsWith('-dirty')) console.error('The working tree differs from its commit: this is no release to hand out.')

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const archives: string[] = []
for (const target of positionals.length > 0 ? targetsNamed(positionals) : targets) {
  const executable = executableOf(target)
  await compile(target, from, executable)
  const sizes = await measure(executable)
  const problems = tooLarge(sizes)
  if (problems.length > 0) throw new Error(`${target.name}: ${problems.join(' ')}`)
  const archive = join(folder, `bzzz-${from.version}-${target.name}.tar.gz`)
  pack(archive, executable, [join(root, 'LICENSE'), join(root, 'README.md'), join(root, 'CHANGELOG.md')], from.committedAt)
  archives.push(archive)
  console.log(`${archive.slice(root.length + 1)}  ${megabytes(Bun.file(archive).size)}`)
}

const list = join(folder, 'SHA256SUMS')
const listed = await sums(archives)
writeFileSync(list, listed)
const script = filledScript(await Bun.file(join(root, 'install.sh')).text(), {
  version: from.version,
  release: process.env.BZZZ_RELEASE_URL ?? '',
  sums: listed,
  key: key === null ? '' : publicHalf(key),
})
writeFileSync(join(folder, 'install.sh'), script, { mode: 0o755 })
if (key === null) {
  console.log(`SHA256SUMS is not signed: ${releaseKeyVariable} carries no key.`)
} else {
  writeFileSync(`${list}.sig`, signature(key, await Bun.file(list).bytes()))
  writeFileSync(join(folder, 'release-key.pem'), publicHalf(key))
  console.log('Check with: openssl pkeyutl -verify -rawin -pubin -inkey release-key.pem -in SHA256SUMS -sigfile SHA256SUMS.sig')
}
