import { join } from 'node:path'

const main = join(import.meta.dir, '..', '..', 'src', 'main.ts')

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `bzzz` from source as its own process, in UTC, without colours and without any BZZZ_ variable but those given. */
export const bzzz = async (args: readonly string[], env: Readonly<Record<string, string>> = {}, stdin = ''): Promise<Said> => {
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('BZZZ_') && name !== 'NO_COLOR' && name !== 'FORCE_COLOR'),
  )
  const child = Bun.spawn([process.execPath, main, ...args], {
    env: { ...own, TZ: 'UTC', LANG: 'C.UTF-8', XDG_CONFIG_HOME: '/dev/null', XDG_DATA_HOME: '/dev/null', ...env },
    stdin: new Blob([stdin]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { code, out, err }
}
