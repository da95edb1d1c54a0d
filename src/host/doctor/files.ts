import type { Finding } from '../types.ts'
import { fail, ok } from './finding.ts'
import type { DoctorOptions } from './options.ts'

/** Files of a data folder that only the node itself may read. */
const secret = /^(identity\.json|.*\.key|.*\.pem|.*\.sqlite(-wal|-shm)?|.*\.db)$/

/** Whether others can look into the data folder or at the keys in it. */
export const diagnoseFiles = async ({ files, dataFolder }: DoctorOptions): Promise<readonly Finding[]> => {
  const folder = await files.facts(dataFolder)
  if (folder === null) return [ok('files', `${dataFolder} does not exist yet; bzzz makes it, for itself alone.`)]
  if (folder.kind !== 'folder') return [fail('files', `${dataFolder} is not a folder.`, `move it away: mv ${dataFolder} ${dataFolder}.old`)]
  const names = (await files.list(dataFolder)).filter((name) => secret.test(name))
  const keys = (await files.list(`${dataFolder}/keys`)).map((name) => `keys/${name}`)
  const open = await Promise.all(
    [...names, ...keys].map(async (name) => ({ path: `${dataFolder}/${name}`, facts: await files.facts(`${dataFolder}/${name}`) })),
  )
  const findings = [
    ...(folder.mode & 0o077 ? [loose('folder', dataFolder, folder.mode, '700')] : []),
    ...open.flatMap(({ path, facts }) =>
      facts !== null && facts.kind === 'file' && facts.mode & 0o077 ? [loose('file', path, facts.mode, '600')] : [],
    ),
  ]
  return findings.length > 0 ? findings : [ok('files', `Only their owner can look into ${dataFolder}.`)]
}

const loose = (what: string, path: string, mode: number, wanted: string): Finding =>
  fail('files', `Other users may open the ${what} ${path} (mode ${(mode & 0o777).toString(8)}).`, `chmod ${wanted} ${path}`)
