import type { z } from 'zod'
import type { Json, PeerId } from '../base/index.ts'
import type { StateView } from '../consensus/ports.ts'
import type { Genesis, PublicKey, Signatures } from '../keys/index.ts'
import type { Usage } from './usage.ts'

/** What one command answers; kept in replicated state until its author has it. */
export type CommandResult =
  | { readonly ok: true; readonly [fact: string]: Json }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string; readonly [fact: string]: Json }

/** Why a command changed nothing. `forbidden` and everything about signatures is audited, the rest is everyday life. */
export type RefusalCode =
  | 'forbidden'
  | 'bad-signature'
  | 'bad-command'
  | 'unknown-command'
  | 'other-cluster'
  | 'conflict'
  | 'not-found'
  | 'bad-key'
  | 'bad-value'
  | 'too-large'
  | 'expired'
  | 'used'
  | 'revoked'
  | 'full'
  | 'already-a-member'
  | 'not-a-member'
  | 'last-member'
  | 'not-ready'

/** Where a command acts. All that apply may look at: the state, the entry's place and stamp, and who is behind it. */
export interface Scene {
  readonly state: StateView
  readonly genesis: Genesis
  readonly signatures: Signatures
  readonly index: number
  readonly stampMs: number
  /** The member that signed the batch: acts itself, or carries what somebody else signed. */
  readonly author: PeerId
  readonly usage: Usage
  /** Adds to the audit chain, in the author's name unless told otherwise. */
  audit(act: string, detail: Json, actor?: string): void
}

interface Kind<Name extends string, Body> {
  readonly kind: Name
  readonly schema: z.ZodType<Body>
  /** Below this cluster version the command is unknown to everybody, also to those who know it: all replicas must answer alike. */
  readonly minClusterVersion: number
}

/** A command in the author's own name; for `leader` the author must lead the term of the entry. Fields stand in the batch itself. */
export interface OwnCommand<Name extends string, Body> extends Kind<Name, Body> {
  readonly signer: 'member' | 'leader'
  apply(scene: Scene, body: Body): CommandResult
}

/** A command that somebody else signed: `{ kind, signed }`, where `signed` is a signed text of kind `document`. Any member may carry it. */
export interface CarriedCommand<Name extends string, Body> extends Kind<Name, Body> {
  readonly signer: 'operator' | 'admin' | 'master' | 'ticket'
  readonly document: string
  readonly bytesMax: number
  apply(scene: Scene, body: Body, proof: Proof): CommandResult
}

/** Who signed a carried command: the key, how the audit names it, and the signed original for rows that carry authority. */
export interface Proof {
  readonly by: PublicKey
  readonly actor: string
  readonly signed: string
}

export type SignerKind = OwnCommand<string, unknown>['signer'] | CarriedCommand<string, unknown>['signer']

export const refuse = (code: RefusalCode, message: string, facts: Readonly<Record<string, Json>> = {}): CommandResult => ({
  ok: false,
  code,
  message,
  ...facts,
})
