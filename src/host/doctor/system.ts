import type { HostPorts } from '../ports.ts'
import type { Capabilities, Finding } from '../types.ts'
import { fail, ok, warn } from './finding.ts'

/** Oldest kernel with everything that Bun needs. */
const kernelMinimum = [5, 1] as const
/** Oldest glibc that the standard executable starts on. */
const glibcMinimum = [2, 17] as const

/** Operating system, architecture, C library, kernel. */
export const diagnoseSystem = async ({ run }: HostPorts, os: Capabilities['os']): Promise<readonly Finding[]> => {
  const name = os.name === 'Linux' ? warn('os', 'This Linux does not say which one it is.', 'cat /etc/os-release') : ok('os', `${os.name}.`)
  const kernel = ok('kernel', `${os.platform === 'darwin' ? 'Darwin' : 'Linux'} ${os.kernel}.`)
  if (os.platform === 'darwin') return [name, arch(os.arch), kernel]
  const glibc = os.libc === 'glibc' ? versionIn((await run('getconf', ['GNU_LIBC_VERSION'])).stdout) : null
  return [name, arch(os.arch), libc(os.libc, glibc), isOlder(versionIn(os.kernel), kernelMinimum) ? oldKernel(os.kernel) : kernel]
}

const arch = (name: string): Finding =>
  name === 'x64' || name === 'arm64'
    ? ok('arch', name === 'x64' ? 'x64 (x86-64).' : 'arm64 (AArch64).')
    : fail('arch', `bzzz has no executable for ${name}.`, 'use a machine with an x64 or arm64 processor')

const libc = (name: Capabilities['os']['libc'], version: readonly [number, number] | null): Finding => {
  if (name === null) return warn('libc', 'The C library of this machine is not known.', 'ldd --version')
  if (name === 'musl') return ok('libc', 'musl; this machine takes the musl executable.')
  if (version === null) return ok('libc', 'glibc.')
  const shown = version.join('.')
  return isOlder(version, glibcMinimum)
    ? fail(
        'libc',
        `glibc ${shown} is older than ${glibcMinimum.join('.')}, and the standard executable does not start on it.`,
        'upgrade the operating system, or use the musl executable',
      )
    : ok('libc', `glibc ${shown}.`)
}

const oldKernel = (kernel: string): Finding =>
  warn(
    'kernel',
    `Linux ${kernel} is older than ${kernelMinimum.join('.')}; bzzz is not tested on it.`,
    'upgrade the kernel: sudo apt full-upgrade, then restart',
  )

const versionIn = (text: string): readonly [number, number] | null => {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)]
}

const isOlder = (version: readonly [number, number] | null, than: readonly [number, number]): boolean =>
  version !== null && (version[0] < than[0] || (version[0] === than[0] && version[1] < than[1]))
