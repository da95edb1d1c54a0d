import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, sh } from '../lab/shell.ts'
import { baseImage } from './base-image.ts'
import { connectHost, endAll, hub, makeHub, namespaces, prefix } from './network.ts'

/** Everything that hosts write lies here, so that a run can remove what an earlier one left. */
export const work = '/var/tmp/bzhost'
const key = join(work, 'key')
const answersWithinMs = 30_000

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A Debian with its own init, disk and address. */
export interface Host {
  readonly name: string
  readonly address: string
  /** Its root folder, as seen from outside. */
  readonly root: string
  /** Runs a script there as root or as `ana`, through SSH. */
  run(script: string, user?: 'root' | 'ana'): Promise<Ran>
}

export interface HostOptions {
  /** Size of its disk; without it there is as much as here. */
  readonly diskMegabytes?: number
  /** Whether systemd is its init; else sshd is all that runs. */
  readonly systemd?: boolean
  /** Changes its files before it starts. */
  readonly prepare?: (root: string) => void
}

/** Removes what an earlier run left, and makes the network. */
export const openLab = (): void => {
  closeLab()
  mkdirSync(work, { recursive: true })
  sh('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
  makeHub()
}

/** Powers all hosts off and removes every trace of them. */
export const closeLab = (): void => {
  const all = namespaces()
  for (const name of all) endAll(name)
  for (const name of all) attempt('ip', 'netns', 'delete', name)
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const ours = mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${work}/`))
  for (const path of ours.reverse()) attempt('umount', '--lazy', path)
  rmSync(work, { recursive: true, force: true })
}

let hosts = 0

/** Starts a host and waits until SSH answers. */
export const startHost = async (label: string, { diskMegabytes, systemd = true, prepare }: HostOptions = {}): Promise<Host> => {
  const number = ++hosts
  const name = `${prefix}-${label}`
  const disk = join(work, name)
  const root = join(disk, 'root')
  mkdirSync(disk)
  if (diskMegabytes !== undefined) sh('mount', '-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'bzhost', disk)
  for (const folder of ['upper', 'work', 'root']) mkdirSync(join(disk, folder))
  sh(
    'mount',
    '-t',
    'overlay',
    'bzhost',
    '-o',
    `lowerdir=${baseImage()},upperdir=${join(disk, 'upper')},workdir=${join(disk, 'work')}`,
    root,
  )
  furnish(root, label)
  prepare?.(root)
  const address = connectHost(name, number)
  const init = systemd ? ['--boot'] : ['--as-pid2', '/bin/sh', '-c', 'mkdir -p /run/sshd; exec /usr/sbin/sshd -D']
  const log = Bun.file(join(disk, 'console'))
  Bun.spawn(
    [
      ...['systemd-nspawn', '-q', '--register=no', '--keep-unit', `--machine=${name}`, `--hostname=${label}`],
      ...[`--network-namespace-path=/run/netns/${name}`, '--resolv-conf=off', '-D', root, ...init],
    ],
    { stdin: 'ignore', stdout: log, stderr: log },
  ).unref()
  const host: Host = { name, address, root, run: (script, user = 'root') => ssh(address, user, script) }
  const until = performance.now() + answersWithinMs
  while ((await host.run('true')).code !== 0) {
    if (performance.now() > until) throw new Error(`${name} does not answer: ${attempt('tail', '-n', '5', join(disk, 'console'))}`)
    await Bun.sleep(100)
  }
  return host
}

/** Cuts the power of a host: its init dies, and all that runs there. The disk stays. */
export const powerOff = (host: Host): void => endAll(host.name)

const furnish = (root: string, label: string): void => {
  const publicKey = readFileSync(`${key}.pub`)
  for (const home of ['root', 'home/ana']) {
    mkdirSync(join(root, home, '.ssh'), { recursive: true, mode: 0o700 })
    writeFileSync(join(root, home, '.ssh/authorized_keys'), publicKey, { mode: 0o600 })
  }
  sh('chown', '-R', '1000:1000', join(root, 'home/ana/.ssh'))
  chmodSync(join(root, 'home/ana/.ssh'), 0o700)
  writeFileSync(join(root, 'etc/machine-id'), '')
  writeFileSync(join(root, 'etc/hostname'), `${label}\n`)
  appendFileSync(join(root, 'etc/hosts'), `127.0.1.1 ${label}\n`)
}

const ssh = async (address: string, user: string, script: string): Promise<Ran> => {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'ConnectTimeout=5', 'BatchMode=yes']
  const flags = options.flatMap((option) => ['-o', option])
  return runInHub('ssh', '-F', 'none', '-i', key, ...flags, `${user}@${address}`, script)
}

/** Runs a program on the machine that hosts are reached from. */
export const runInHub = async (...command: readonly string[]): Promise<Ran> => {
  const child = Bun.spawn(['ip', 'netns', 'exec', hub, ...command], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { code, out, err }
}
