import { randomBytes } from 'node:crypto'
import { MemoryDatastore } from 'datastore-core'
import { asClusterId, type PeerId, sha256, systemClock } from '../../src/base/index.ts'
import { type Mesh, type MeshOptions, openMesh } from '../../src/mesh/index.ts'
import type { MeshMember } from '../../src/node/ports.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {} }

/** One mesh node on loopback with everything real except the disk. */
export const openNode = (options: Partial<MeshOptions> = {}): Promise<Mesh> =>
  openMesh({
    identityKey: randomBytes(32),
    clusterId: asClusterId('testtesttesttesttesttesttesttest'),
    genesisHash: sha256('genesis of the test cluster'),
    listen: [{ host: '127.0.0.1', port: 0 }],
    datastore: new MemoryDatastore(),
    incarnation: 1,
    version: '0.0.1',
    log: silent,
    clock: systemClock,
    ...options,
  })

export const memberOf = (mesh: Mesh) => ({ peer: mesh.self, addresses: mesh.listenAddresses() })

/** Resolves once `holds()` after any change of the mesh; rejects with what was waited for. */
export const until = (mesh: Mesh, what: string, holds: () => boolean, deadlineMs = 5_000): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(new Error(`${what} did not happen within ${deadlineMs} ms`)), deadlineMs)
    const stop = mesh.onSight(() => holds() && settle(null))
    const settle = (error: Error | null): void => {
      clearTimeout(timer)
      stop()
      if (error) reject(error)
      else resolve()
    }
    if (holds()) settle(null)
  })

export const sees = (mesh: Mesh, other: Mesh): boolean => mesh.sights().some(({ peer, connected }) => peer === other.self && connected)

/** Opens a connection between each two of them. */
export const introduce = async (...meshes: Mesh[]): Promise<void> => {
  const members = meshes.map(memberOf)
  for (const mesh of meshes) mesh.setMembers(members)
  await Promise.all(
    meshes.flatMap((mesh) => meshes.filter((other) => other !== mesh).map((other) => until(mesh, 'a connection', () => sees(mesh, other)))),
  )
}

/** A node in a process of its own. */
export interface NodeProcess extends AsyncDisposable {
  readonly member: MeshMember
  setMembers(members: readonly MeshMember[]): void
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  readonly exited: Promise<unknown>
}

export const spawnNode = async (options: { seed: string; port?: number; incarnation?: number }): Promise<NodeProcess> => {
  const settings = JSON.stringify({ seed: options.seed, port: options.port ?? 0, incarnation: options.incarnation ?? 1 })
  const child = Bun.spawn([process.execPath, new URL('./process.ts', import.meta.url).pathname, settings], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const { value } = await child.stdout.getReader().read()
  const { self, addresses } = JSON.parse(new TextDecoder().decode(value)) as { self: PeerId; addresses: string[] }
  return {
    member: { peer: self, addresses },
    setMembers: (members) => {
      child.stdin.write(`${JSON.stringify(members)}\n`)
      child.stdin.flush()
    },
    signal: (name) => child.kill(name),
    exited: child.exited,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}
