import { dirname } from 'node:path'
import type { Files } from './ports.ts'
import type { Capabilities } from './types.ts'

export interface Mount {
  readonly source: string
  readonly folder: string
  readonly type: string
}

/** Mounts worth naming: the one that holds the data folder first, whatever it is, then local disks, each once. */
export const detectMounts = async (files: Files, dataFolder: string): Promise<readonly Mount[]> => {
  const mounts = parseMounts((await files.text('/proc/self/mounts')) ?? '')
  return chooseMounts(mounts, await existingFolder(files, dataFolder))
}

/** Size and free space of mounts, in the order given; those that do not answer are left out. */
export const measureDisks = async (files: Files, folders: readonly string[]): Promise<Capabilities['disks']> => {
  const spaces = await Promise.all(folders.map(async (mount) => ({ mount, space: await files.space(mount) })))
  return spaces.flatMap(({ mount, space }) => (space === null || space.totalBytes === 0 ? [] : [{ mount, ...space }]))
}

/** Lines of /proc/self/mounts; spaces in names are written as \040 there. */
export const parseMounts = (text: string): readonly Mount[] =>
  text.split('\n').flatMap((line) => {
    const [source, folder, type] = line.split(' ')
    return source && folder && type ? [{ source: unescapeOctal(source), folder: unescapeOctal(folder), type }] : []
  })

/** Picks from all mounts; `dataFolder` is an existing folder with links followed. */
export const chooseMounts = (mounts: readonly Mount[], dataFolder: string): readonly Mount[] => {
  // Of two mounts on one folder the later one covers the earlier.
  const visible = [...new Map(mounts.map((mount) => [mount.folder, mount])).values()]
  const holding = visible
    .filter(({ folder }) => folder === '/' || dataFolder === folder || dataFolder.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
  const local = visible
    .filter((mount) => localTypes.has(mount.type) && !/^\/(boot|efi|recovery)(\/|$)/.test(mount.folder))
    .sort((a, b) => a.folder.length - b.folder.length || (a.folder < b.folder ? -1 : 1))
  const seen = new Set<string>()
  return (holding === undefined ? local : [holding, ...local]).filter((mount) => {
    const device = deviceOf(mount)
    return !seen.has(device) && seen.add(device)
  })
}

/** File systems on disks of this machine. Network, memory and container layers count only where the data folder lies on them. */
const localTypes = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'zfs',
  'f2fs',
  'bcachefs',
  'jfs',
  'nilfs2',
  'ntfs3',
  'fuseblk',
  'exfat',
  'apfs',
])

/** One device may be mounted many times (binds, subvolumes, datasets of a pool): it is one disk. */
const deviceOf = ({ source, type }: Mount): string => (type === 'zfs' ? `zfs ${source.split('/')[0]}` : source)

const unescapeOctal = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** The data folder need not exist yet: its nearest existing parent lies on the same disk. */
const existingFolder = async (files: Files, folder: string): Promise<string> => {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const real = await files.real(at)
    if (real !== null) return real
  }
  return '/'
}
