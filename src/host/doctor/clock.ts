import { parseKeyValues } from '../key-values.ts'
import type { Finding } from '../types.ts'
import { ok, warn } from './finding.ts'
import type { DoctorOptions } from './options.ts'

const startSync = 'sudo timedatectl set-ntp true'

/** Whether something keeps the clock right. Wrong clocks do not endanger the cluster, but expiry of tickets and roles follows them. */
export const diagnoseClock = async ({ run, files, platform }: DoctorOptions): Promise<Finding> => {
  if (platform === 'darwin') return ok('clock', 'macOS keeps the clock itself.')
  const { stdout, problem } = await run('timedatectl', ['show', '--property=NTPSynchronized', '--property=NTP'])
  const { NTPSynchronized, NTP } = parseKeyValues(stdout)
  if (problem === null && NTPSynchronized === 'yes') return ok('clock', 'Kept right over the network.')
  if (problem === null && NTPSynchronized === 'no') {
    return NTP === 'yes'
      ? warn(
          'clock',
          'The clock is not set over the network yet.',
          'wait a minute; if it stays so, UDP port 123 to the time server is likely blocked: timedatectl timesync-status',
        )
      : warn('clock', 'Nothing keeps the clock right.', startSync)
  }
  const chrony = parseChrony((await run('chronyc', ['-n', 'tracking'])).stdout)
  if (chrony !== null) return chrony
  if ((await files.facts('/run/systemd/timesync/synchronized')) !== null) return ok('clock', 'Kept right over the network.')
  return warn('clock', 'Whether something keeps the clock right is not known.', 'install chrony or systemd-timesyncd')
}

/** `chronyc tracking`: how far the clock is off, or that it follows nobody. */
const parseChrony = (text: string): Finding | null => {
  const leap = /^Leap status\s*:\s*(.+)$/m.exec(text)?.[1]?.trim()
  if (leap === undefined) return null
  if (leap === 'Not synchronised') return warn('clock', 'chrony follows no time server.', 'chronyc sources')
  const seconds = Number(/^System time\s*:\s*([\d.]+) seconds/m.exec(text)?.[1] ?? 0)
  return seconds > 1
    ? warn('clock', `The clock is off by ${seconds.toFixed(1)} s.`, 'sudo chronyc makestep')
    : ok('clock', `Kept right by chrony, off by ${(seconds * 1000).toFixed(1)} ms.`)
}
