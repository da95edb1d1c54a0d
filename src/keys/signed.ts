import type { z } from 'zod'
import { type ClusterId, canonical, Fault } from '../base/index.ts'
import { type PublicKey, type Signatures, type Signer, signatureLength } from './signatures.ts'

/*
 * A signed thing is one text: {"body":<canonical JSON>,"by":"<public key>","signature":"<signature>"}. The tail has a fixed length, so the
 * signature is checked over the body's text before anything is parsed. The body holds `kind` and (except genesis) the cluster id, so what
 * was signed for one purpose or one cluster is worth nothing elsewhere.
 */
const head = '{"body":'
const publicKeyLength = 43
const byMark = ',"by":"'
const signatureMark = '","signature":"'
const end = '"}'
const tailLength = byMark.length + publicKeyLength + signatureMark.length + signatureLength + end.length
/** Deeper JSON than this is refused everywhere: how deep a stack reaches differs between machines, an answer must not. */
const depthMax = 32

/** Signs `fields` as a `kind` of `cluster` (null only for genesis, which founds one); gives the whole signed text. */
export const sign = (signer: Signer, kind: string, cluster: ClusterId | null, fields: Readonly<Record<string, unknown>>): string => {
  const body = canonical(cluster === null ? { ...fields, kind } : { ...fields, kind, cluster })
  return `${head}${body}${byMark}${signer.publicKey}${signatureMark}${signer.sign(body)}${end}`
}

/** Checks size and signature of a signed text; nothing is parsed. Throws Faults `too-large`, `not-signed`, `bad-signature`. */
export const prove = (text: string, bytesMax: number, signatures: Signatures): { readonly by: PublicKey; readonly bodyText: string } => {
  if (text.length > bytesMax || Buffer.byteLength(text) > bytesMax) throw new Fault('too-large', `It is larger than ${bytesMax} bytes.`)
  const tail = text.length - tailLength
  const signatureAt = tail + byMark.length + publicKeyLength + signatureMark.length
  const by = text.slice(tail + byMark.length, tail + byMark.length + publicKeyLength)
  const shaped =
    tail > head.length &&
    text.startsWith(head) &&
    text.startsWith(byMark, tail) &&
    text.startsWith(signatureMark, signatureAt - signatureMark.length) &&
    text.endsWith(end) &&
    // A lone surrogate has no UTF-8 form: two different texts would share one signature.
    text.isWellFormed()
  if (!shaped) throw new Fault('not-signed', 'It does not have the form of a signed text.')
  const bodyText = text.slice(head.length, tail)
  if (!signatures.verify(by, bodyText, text.slice(signatureAt, -end.length))) {
    throw new Fault('bad-signature', 'Its signature does not fit its content.')
  }
  return { by, bodyText }
}

/** What a signed text must be; `cluster` null only for genesis. */
export interface Expected<Body> {
  readonly kind: string
  readonly cluster: ClusterId | null
  readonly bytesMax: number
  readonly schema: z.ZodType<Body>
}

/**
 * Proves, then parses a signed text. Whether `by` may sign this is the caller's question. Faults: those of `prove`, `bad-body`,
 * `other-cluster`.
 */
export const open = <Body>(
  text: string,
  expected: Expected<Body>,
  signatures: Signatures,
): { readonly by: PublicKey; readonly body: Body } => {
  const { by, bodyText } = prove(text, expected.bytesMax, signatures)
  const raw = parsed(bodyText)
  if (!isRecord(raw) || raw.kind !== expected.kind) throw new Fault('bad-body', `It is not a ${expected.kind}.`)
  if (expected.cluster !== null && raw.cluster !== expected.cluster) {
    throw new Fault('other-cluster', `This ${expected.kind} belongs to another cluster.`)
  }
  // The schema drops nothing silently: it is strict, and the text must be the canonical one (no second key of one name, no __proto__).
  const checked = expected.schema.safeParse(raw)
  if (!checked.success || canonical(raw) !== bodyText) throw new Fault('bad-body', `The fields of this ${expected.kind} are not right.`)
  return { by, body: checked.data }
}

/** True where no value inside is nested deeper than `depth` levels. */
export const isShallow = (value: unknown, depth = depthMax): boolean => {
  if (value === null || typeof value !== 'object') return true
  if (depth === 0) return false
  for (const part of Object.values(value)) if (!isShallow(part, depth - 1)) return false
  return true
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    if (isShallow(value)) return value
  } catch {
    // Reported below, like every other body that cannot be read.
  }
  throw new Fault('bad-body', 'It cannot be read as JSON.')
}
