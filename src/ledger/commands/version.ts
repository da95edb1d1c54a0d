import { z } from 'zod'
import { type OwnCommand, refuse } from '../command.ts'
import { members } from '../queries.ts'
import { readMeta, writeMeta } from '../rows.ts'

const schema = z.strictObject({ kind: z.literal('version'), to: z.int().min(2) })

/** Raises the cluster version, once every member announced that it knows it; it never goes back. */
export const version: OwnCommand<'version', z.infer<typeof schema>> = {
  kind: 'version',
  signer: 'leader',
  minClusterVersion: 1,
  schema,
  apply(scene, { to }) {
    const now = readMeta(scene.state, 'version')?.version ?? 1
    if (to <= now) return refuse('conflict', `The cluster version is ${now} already.`, { version: now })
    const behind = members(scene.state).find((member) => (member.supports ?? 0) < to)
    if (behind) return refuse('not-ready', `The member ${behind.name} does not know cluster version ${to} yet.`)
    writeMeta(scene.state, { kind: 'version', version: to, index: scene.index, stampMs: scene.stampMs })
    scene.audit('version', { from: now, to })
    return { ok: true, version: to }
  },
}
