import type { Finding } from '../types.ts'
import { ok, warn } from './finding.ts'
import type { DoctorOptions } from './options.ts'

/** Oldest version that knows every setting of our unit file. */
const versionMinimum = 247

/** Whether systemd runs here and can start bzzz after a restart. */
export const diagnoseSystemd = async ({ files, run, platform }: DoctorOptions): Promise<readonly Finding[]> => {
  if (platform === 'darwin') return []
  // The folder exists exactly when systemd is the init system: sd_booted(3).
  const isBooted = (await files.facts('/run/systemd/system')) !== null
  if (!isBooted)
    return [warn('systemd', 'systemd does not run here, so nothing starts bzzz after a restart.', 'start it by hand: bzzz run')]
  const version = Number(/^systemd (\d+)/m.exec((await run('systemctl', ['--version'])).stdout)?.[1] ?? 0)
  if (version === 0) return [warn('systemd', 'systemd runs here, but does not tell its version.', 'systemctl --version')]
  return [
    version < versionMinimum
      ? warn(
          'systemd',
          `systemd ${version} is older than ${versionMinimum} and ignores parts of the hardening of bzzz.`,
          'upgrade the operating system',
        )
      : ok('systemd', `systemd ${version}.`),
  ]
}
