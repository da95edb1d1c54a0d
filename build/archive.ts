import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { sha256 } from '../src/base/index.ts'

/**
 * Packs an executable with the texts that go with it into `archive` (tar.gz): one folder named like the archive, no owner, one time stamp, sorted;
 * the same commit and `level` (1 fast, 9 small) give the same bytes. Needs GNU tar and gzip.
 */
export const pack = (archive: string, executable: string, texts: readonly string[], committedAt: number, level = 9): void => {
  const staging = mkdtempSync(join(tmpdir(), 'bzzz-release-'))
  const folder = basename(archive, '.tar.gz')
  try {
    cpSync(executable, join(staging, folder, 'bzzz'))
    for (const text of texts) cpSync(text, join(staging, folder, basename(text)))
    const run = Bun.spawnSync(
      [
        'tar',
        ...['--create', '--file', archive, '--use-compress-program', `gzip -${level} -n`, '--directory', staging],
        ...[
          '--sort=name',
          '--owner=0',
          '--group=0',
          '--numeric-owner',
          '--mode=u+rw,go-w,a+rX',
          `--mtime=@${committedAt}`,
          '--format=ustar',
        ],
        folder,
      ],
      { stdin: 'ignore' },
    )
    if (!run.success) throw new Error(`${basename(archive)} could not be packed: ${run.stderr.toString().trim()}`)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** The text of SHA256SUMS for these files, as `sha256sum --check` reads it. */
export const sums = async (files: readonly string[]): Promise<string> => {
  const lines = await Promise.all([...files].sort().map(async (file) => `${sha256(await Bun.file(file).bytes())}  ${basename(file)}\n`))
  return lines.join('')
}
