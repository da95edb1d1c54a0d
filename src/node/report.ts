import { z } from 'zod'
import { Fault, type PeerId } from '../base/index.ts'
import type { Capabilities } from '../host/types.ts'
import type { Sighting } from './sightings.ts'

/** Largest report taken from a peer; a real one with eight GPUs and thirty peers is below 12 KB. */
export const reportBytesMax = 64 * 1024

/** What a member tells all others every 2 s. Facts about itself, and how it sees the rest; nothing that anybody obeys. */
export interface Report {
  readonly version: string
  readonly zone: string | null
  readonly addresses: readonly string[]
  readonly capabilities: Capabilities | null
  readonly loopLagMs: number
  readonly sightings: Readonly<Record<PeerId, Sighting>>
  readonly appliedIndex: number
  /** Only from the leader: since when (its wall clock) and why it leads. */
  readonly leads: { readonly term: number; readonly sinceMs: number; readonly because: string } | null
  /** Only from a leader that has just handed over: to whom and why. */
  readonly handedOver: { readonly to: PeerId; readonly because: string } | null
}

const text = (lengthMax: number) => z.string().max(lengthMax)
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const share = z.number().min(0).max(1)
const percent = z.number().min(0).max(100)

const capabilities = z.object({
  os: z.object({
    platform: z.enum(['linux', 'darwin']),
    name: text(128),
    kernel: text(128),
    arch: text(32),
    libc: z.enum(['glibc', 'musl']).nullable(),
  }),
  cpu: z.object({ model: text(128), cores: count, busyPercent: percent.nullable() }),
  memory: z.object({ totalBytes: count, freeBytes: count }),
  disks: z.array(z.object({ mount: text(256), totalBytes: count, freeBytes: count })).max(16),
  gpus: z
    .array(
      z.object({
        vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']),
        model: text(128),
        vramTotalBytes: count.nullable(),
        vramFreeBytes: count.nullable(),
        driver: text(64).nullable(),
        unified: z.boolean(),
        busyPercent: percent.nullable(),
      }),
    )
    .max(32),
  ollama: z
    .object({ running: z.boolean(), version: text(64).nullable(), store: text(256).nullable(), warning: text(512).nullable() })
    .nullable(),
})

const sighting = z.object({
  healthyShare: share,
  observedMs: z.number().nonnegative(),
  restarts: count,
  rttMs: z.number().nonnegative().nullable(),
  answers: z.boolean(),
})

const peer = z.custom<PeerId>((value) => typeof value === 'string' && /^[1-9A-HJ-NP-Za-km-z]{20,128}$/.test(value))

const shape = z.object({
  version: text(64),
  zone: text(64).nullable(),
  addresses: z.array(text(256)).max(16),
  capabilities: capabilities.nullable(),
  loopLagMs: z.number().nonnegative(),
  sightings: z.record(peer, sighting),
  appliedIndex: count,
  leads: z.object({ term: count, sinceMs: count, because: text(512) }).nullable(),
  handedOver: z.object({ to: peer, because: text(512) }).nullable(),
})

export const encodeReport = (report: Report): Uint8Array => new TextEncoder().encode(JSON.stringify(report))

/** Checks size before parsing and every field after; a Fault says what is wrong, nothing is thrown. */
export const decodeReport = (bytes: Uint8Array): Report | Fault => {
  if (bytes.byteLength > reportBytesMax) return new Fault('too-large', 'A report is larger than 64 KiB.')
  try {
    const parsed = shape.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    if (!parsed.success)
      return new Fault('bad-report', `A report does not fit its schema: ${parsed.error.issues[0]?.path.join('.') ?? '?'}.`)
    if (Object.keys(parsed.data.sightings).length > 256) return new Fault('bad-report', 'A report names more than 256 peers.')
    return parsed.data
  } catch {
    return new Fault('bad-report', 'A report is not JSON.')
  }
}
