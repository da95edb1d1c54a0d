import { parseKeyValues } from './key-values.ts'
import type { Files, HostPorts } from './ports.ts'
import type { Capabilities } from './types.ts'

/** Name, kernel, architecture and C library of this machine. */
export const detectSystem = async ({ files, run, platform, arch }: HostPorts): Promise<Capabilities['os']> => {
  if (platform === 'darwin') {
    const [product, version, kernel] = await Promise.all([
      run('sw_vers', ['-productName']),
      run('sw_vers', ['-productVersion']),
      run('uname', ['-r']),
    ])
    return {
      platform,
      name: `${product.stdout.trim() || 'macOS'} ${version.stdout.trim()}`.trim(),
      kernel: kernel.stdout.trim(),
      arch,
      libc: null,
    }
  }
  const release = (await files.text('/etc/os-release')) ?? (await files.text('/usr/lib/os-release')) ?? ''
  const kernel = (await files.text('/proc/sys/kernel/osrelease')) ?? ''
  return { platform, name: parseOsName(release) ?? 'Linux', kernel: kernel.trim() || 'unknown', arch, libc: await detectLibc(files) }
}

/** PRETTY_NAME of os-release(5), or name and version. */
export const parseOsName = (release: string): string | null => {
  const { PRETTY_NAME, NAME, VERSION_ID } = parseKeyValues(release)
  if (PRETTY_NAME) return PRETTY_NAME
  return NAME ? `${NAME} ${VERSION_ID ?? ''}`.trim() : null
}

/** The C library that this very process runs on, else the one whose loader is installed. */
export const detectLibc = async (files: Files): Promise<'glibc' | 'musl' | null> => {
  const loaded = libcIn((await files.text('/proc/self/maps')) ?? '')
  if (loaded !== null) return loaded
  const names = (
    await Promise.all(['/lib64', '/lib', '/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu'].map((folder) => files.list(folder)))
  ).flat()
  return libcIn(names.map((name) => `/${name}`).join('\n'))
}

const libcIn = (paths: string): 'glibc' | 'musl' | null => {
  // glibc first: a glibc system may have musl's loader installed beside its own, the other way round needs a shim without libc.so.6.
  if (/\/(libc\.so\.6|libc-2\.\d+\.so|ld-linux-[a-z0-9-]+\.so\.\d)$/m.test(paths)) return 'glibc'
  return /\/(ld-musl-[a-z0-9_]+\.so\.1|libc\.musl-[a-z0-9_]+\.so\.1)$/m.test(paths) ? 'musl' : null
}
