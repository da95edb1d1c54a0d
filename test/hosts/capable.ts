import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, sh } from '../lab/shell.ts'

const programs = ['debootstrap', 'systemd-nspawn', 'ip', 'ssh', 'ssh-keygen', 'mount', 'chroot']

/** Why hosts cannot be made here, or null. `kernel` is what no package mends. */
export const incapable = (work: string): { readonly because: string; readonly kernel: boolean } | null => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { because: 'they need root on Linux', kernel: false }
  const missing = programs.filter((program) => Bun.which(program) === null)
  if (missing.length > 0) return { because: `${missing.join(', ')} missing`, kernel: false }
  return overlays(work) ?? namespaces()
}

const overlays = (work: string) => {
  const at = (name: string) => join(work, 'probe', name)
  try {
    for (const name of ['lower', 'upper', 'work', 'root']) mkdirSync(at(name), { recursive: true })
    sh('mount', '-t', 'overlay', 'bzhost', '-o', `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`, at('root'))
    return null
  } catch (error) {
    return { because: `this kernel mounts no overlay (${String(error).slice(0, 120)})`, kernel: true }
  } finally {
    attempt('umount', at('root'))
    rmSync(at('.'), { recursive: true, force: true })
  }
}

const namespaces = () => {
  try {
    sh('ip', 'netns', 'add', 'bzhost-probe')
    sh('ip', 'netns', 'exec', 'bzhost-probe', 'ip', 'link', 'add', 'br0', 'type', 'bridge')
    sh('ip', 'netns', 'exec', 'bzhost-probe', 'ip', 'link', 'add', 'name', 'left', 'type', 'veth', 'peer', 'name', 'right')
    return null
  } catch (error) {
    return { because: `this kernel lacks network namespaces, bridge or veth (${String(error).slice(0, 120)})`, kernel: true }
  } finally {
    attempt('ip', 'netns', 'delete', 'bzhost-probe')
  }
}
