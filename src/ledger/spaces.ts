import { z } from 'zod'
import { grammar } from '../keys/index.ts'

const position = { index: z.int().min(1), stampMs: grammar.instant }
const json = z.json()
/** Who counts, as state and audit keep it. */
export const configurationSchema = z.strictObject({ voters: z.array(grammar.peerId).max(256), learners: z.array(grammar.peerId).max(256) })

/** A member. `proof` is null for the founder (genesis proves it); `ticket` names the admission, so a removal fits only this one. */
const members = z.strictObject({
  name: grammar.name,
  zone: grammar.name.nullable(),
  sealingKey: grammar.publicKey,
  tlsFingerprint: grammar.tlsFingerprint,
  addresses: grammar.addresses,
  /** Program version and the newest cluster version it knows; null until it announced itself. */
  version: z.string().max(64).nullable(),
  supports: z.int().min(1).nullable(),
  ...position,
  ticket: grammar.publicKey.nullable(),
  proof: z.strictObject({ ticket: z.string(), admission: z.string() }).nullable(),
})

/** Keyed by the ticket's public key; `signed` is the operator's original. */
const tickets = z.strictObject({
  signed: z.string(),
  expiresMs: grammar.instant,
  state: z.enum(['open', 'used', 'revoked']),
  usedBy: grammar.peerId.nullable(),
  ...position,
})

/** A record; a deleted one keeps its version and has no value. `signed` is the admin's original where the key is protected. */
const kv = z.strictObject({
  author: grammar.peerId,
  deleted: z.literal(true).optional(),
  ...position,
  signed: z.string().optional(),
  value: json.optional(),
  version: z.int().min(1),
})

/** Per author: the incarnation it writes as, and the lowest sequence number it may still want an answer for. */
const sessions = z.strictObject({ incarnation: z.int().min(1), floor: z.int().min(1) })

/** Keyed "<author>/<seq>": what a batch answered, kept until its author has it. */
const results = z.looseObject({ author: grammar.peerId, incarnation: z.int(), seq: z.int(), index: z.int(), results: z.array(json) })

/** Keyed by `n` in twelve digits; `hash` is over all other fields, `previousHash` the hash of the row before. */
const audit = z.strictObject({
  n: z.int().min(1),
  stampMs: grammar.instant,
  actor: z.string(),
  act: z.string(),
  detail: json,
  previousHash: grammar.hash,
  hash: grammar.hash,
})

/** Single rows, by key. */
const meta = z.union([
  z.strictObject({ kind: z.literal('genesis'), text: z.string() }),
  z.strictObject({ kind: z.literal('version'), version: z.int().min(1), ...position }),
  z.strictObject({ kind: z.literal('leader'), leader: grammar.peerId, term: z.int(), ...position }),
  z.strictObject({ kind: z.literal('configuration'), configuration: configurationSchema, ...position }),
  /** Head of the audit chain; rows `first` to `n` are kept. */
  z.strictObject({ kind: z.literal('audit'), n: z.int(), first: z.int(), hash: grammar.hash }),
  /** What the records take: see usage.ts. */
  z.strictObject({ kind: z.literal('usage'), records: z.int().min(0), chars: z.int().min(0) }),
  z.strictObject({ kind: z.literal('refusals'), hour: z.int(), count: z.int() }),
  z.strictObject({ kind: z.literal('takeover'), id: z.string(), body: z.string(), ...position }),
])

/** The typed key space. A later kind of row is one more line here, and one more check in `verifySnapshot` if it carries authority. */
export const spaces = { members, tickets, kv, sessions, results, audit, meta } as const

export type Space = keyof typeof spaces
export type Row<Name extends Space> = Readonly<z.infer<(typeof spaces)[Name]>>
export type MetaRow<Kind extends Row<'meta'>['kind']> = Extract<Row<'meta'>, { kind: Kind }>
export const spaceNames = Object.keys(spaces) as Space[] // The keys of a literal object: exactly these.
