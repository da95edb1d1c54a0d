import type { Finding } from '../types.ts'
import { ok, warn } from './finding.ts'
import type { DoctorOptions } from './options.ts'

/** Connections, database and transfers of a large cluster stay well below this. */
const openFilesMinimum = 4_096

/** How many files and connections this process may have open. */
export const diagnoseOpenFiles = async ({ files, platform }: DoctorOptions): Promise<readonly Finding[]> => {
  if (platform === 'darwin') return []
  const [, soft, hard] = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec((await files.text('/proc/self/limits')) ?? '') ?? []
  if (soft === undefined || hard === undefined) return [warn('open files', 'The limit of open files cannot be read.', 'ulimit -n')]
  if (soft === 'unlimited' || Number(soft) >= openFilesMinimum)
    return [ok('open files', `${soft === 'unlimited' ? 'Any number' : `Up to ${soft}`} at once.`)]
  const higher = hard === 'unlimited' || Number(hard) >= openFilesMinimum
  const remedy = higher
    ? `ulimit -n ${openFilesMinimum}`
    : 'sudo systemctl edit bzzz, set LimitNOFILE=65536; or raise nofile in /etc/security/limits.conf'
  return [
    warn('open files', `Only ${soft} files and connections may be open at once; ${openFilesMinimum} are enough for any cluster.`, remedy),
  ]
}
