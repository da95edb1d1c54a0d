import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pack, sums } from '../../build/archive.ts'
import { compile, executableOf } from '../../build/compile.ts'
import { filledScript } from '../../build/install-script.ts'
import { provenance } from '../../build/provenance.ts'
import { publicHalf, signature } from '../../build/release-key.ts'
import { ownTarget } from '../../build/targets.ts'

const root = dirname(dirname(import.meta.dir))
const key = createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))

/** The executable as another version, or one that says its version and then fails to run: what upgrades are tried with. */
export const executableAs = async (version: string, folder: string, broken = false): Promise<string> => {
  const file = join(folder, `bzzz-${version}`)
  await compile(ownTarget(), { ...provenance(), version }, file, join(root, broken ? 'test/hosts/broken-main.ts' : 'src/main.ts'))
  return file
}

/**
 * A release of the executable that lies in build/out, for this machine alone, in `folder/good` with its install.sh for `url`; beside it, each with
 * one thing wrong: `truncated` (the server breaks it off), `altered` (an archive of other bytes), `forged` (another signature).
 */
export const makeRelease = async (folder: string, url: string): Promise<void> => {
  const { version, committedAt } = provenance()
  const good = join(folder, 'good')
  mkdirSync(good, { recursive: true })
  const archive = join(good, `bzzz-${version}-${ownTarget().name}.tar.gz`)
  pack(archive, executableOf(ownTarget()), [join(root, 'LICENSE')], committedAt, 1)
  const list = await sums([archive])
  writeFileSync(join(good, 'SHA256SUMS'), list)
  writeFileSync(join(good, 'SHA256SUMS.sig'), signature(key, Buffer.from(list)))
  const template = readFileSync(join(root, 'install.sh'), 'utf8')
  const writeScript = (name: string) =>
    writeFileSync(
      join(folder, name, 'install.sh'),
      filledScript(template, { version, release: `${url}/${name}`, sums: list, key: publicHalf(key) }),
    )
  for (const name of ['truncated', 'altered', 'forged']) cpSync(good, join(folder, name), { recursive: true })
  for (const name of ['good', 'truncated', 'altered', 'forged']) writeScript(name)
  const at = (name: string) => archive.replace(good, join(folder, name))
  const altered = readFileSync(at('altered'))
  altered[1_000_000] = (altered[1_000_000] ?? 0) ^ 1
  writeFileSync(at('altered'), altered)
  writeFileSync(join(folder, 'forged', 'SHA256SUMS.sig'), signature(key, Buffer.from(`${list}\n`)))
}
