import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, sh } from '../lab/shell.ts'

/** Debian 12 with what a bare server has, and the shells and tools that installing is tried with. */
const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'libpam-systemd', 'openssh-server', 'sudo'],
  ...['curl', 'wget', 'ca-certificates', 'iproute2', 'procps', 'openssl', 'busybox'],
]
const cache = process.env.BZHOST_CACHE ?? '/var/cache/bzhost'
const name = `bookworm-${createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12)}`

/** The folder that every host is laid over. Made once (about a minute, 400 MB) and kept; a half-made one is made again. */
export const baseImage = (): string => {
  const base = join(cache, name)
  if (existsSync(base)) return base
  mkdirSync(cache, { recursive: true })
  for (const old of readdirSync(cache)) if (old.startsWith('bookworm-')) rmSync(join(cache, old), { recursive: true, force: true })
  const unfinished = `${base}.unfinished`
  console.log('hosts: making the base of the hosts, once')
  // A slow mirror is worth a second try.
  if (attempt('debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, 'bookworm', unfinished) === '') {
    rmSync(unfinished, { recursive: true, force: true })
    sh('debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, 'bookworm', unfinished)
  }
  sh('chroot', unfinished, 'useradd', '--create-home', '--shell', '/bin/bash', 'ana')
  sh('chroot', unfinished, 'apt-get', 'clean')
  rmSync(join(unfinished, 'var/lib/apt/lists'), { recursive: true, force: true })
  renameSync(unfinished, base)
  return base
}
