import { z } from 'zod'
import type { PeerId } from '../base/index.ts'
import { asPeerId, Fault } from '../base/index.ts'

/** Number of the protocol spoken on the link stream; raised when an older program could not follow. */
export const linkProtocol = 1
export const linkFrameBytesMax = 256 * 1024

const peerId = z
  .string()
  .regex(/^[1-9A-HJ-NP-Za-km-z]{32,128}$/)
  .transform(asPeerId)
const boot = z.string().regex(/^[0-9a-f]{16}$/)
const address = z.string().max(300)

/** First frame in each direction. `boot` is random per process start: two processes with one identity cannot share it. */
const hello = z.object({
  kind: z.literal('hello'),
  protocol: z.number().int(),
  cluster: z.string().max(64),
  version: z.string().max(64),
  boot,
  incarnation: z.number().int().nonnegative(),
  wallMs: z.number(),
  addresses: z.array(address).max(16),
})

/**
 * Every half second, from the lower id of each pair: I am here, and these I do not hear; answered at once by an echo that says the same of the
 * other side. `tripMs` is what the last such exchange took, so that both know it.
 */
const presence = z.object({
  kind: z.literal('presence'),
  number: z.number().int(),
  wallMs: z.number(),
  tripMs: z.number().nonnegative().max(600_000).nullable(),
  suspects: z.array(peerId).max(1024),
})
const echo = z.object({ kind: z.literal('echo'), number: z.number().int(), wallMs: z.number(), suspects: z.array(peerId).max(1024) })

/** Every few seconds: my median round trips, and which process I meet under each id. */
const digest = z.object({
  kind: z.literal('digest'),
  medians: z.record(peerId, z.number().nonnegative().max(600_000)),
  boots: z.record(peerId, boot),
})

/** Somebody else runs with your identity: seen there. */
const twin = z.object({ kind: z.literal('twin'), peer: peerId, boot, address })

/** This connection will not be used, and why. */
const refusal = z.object({ kind: z.literal('refusal'), because: z.enum(['another-version', 'another-cluster', 'duplicate']) })

const control = z.discriminatedUnion('kind', [hello, presence, echo, digest, twin, refusal])

export type Hello = z.infer<typeof hello>
export type Digest = z.infer<typeof digest>
export type Control = z.infer<typeof control>
export type Boots = Readonly<Record<PeerId, string>>

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

export const encodeControl = (message: Control): Uint8Array => encoder.encode(JSON.stringify(message))

/** Throws `bad-frame` for anything that is not a control message. */
export const decodeControl = (frame: Uint8Array): Control => {
  try {
    return control.parse(JSON.parse(decoder.decode(frame)))
  } catch (cause) {
    throw new Fault('bad-frame', 'A control message of the mesh could not be read.', { cause })
  }
}
