import { join } from 'node:path'
import { z } from 'zod'
import { Fault, type PeerId, Secret } from '../base/index.ts'
import { freshSeed, signerOf } from './ed25519.ts'
import { publicKey } from './grammar.ts'
import { peerOf } from './peer.ts'
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from './private-file.ts'
import { freshSealingKey, sealingPublicOf } from './seal.ts'
import type { PublicKey, Signer } from './signatures.ts'

/** The keys of one node; made on it at first start, never copied anywhere. */
export interface NodeKeys {
  readonly peer: PeerId
  readonly signer: Signer
  /** Seed and public half of the node key, 64 bytes: what `privateKeyFromRaw` of @libp2p/crypto takes. */
  readonly privateKeyRaw: Secret<Uint8Array>
  readonly sealing: { readonly publicKey: PublicKey; readonly privateKey: Secret<Uint8Array> }
}

const fileName = 'identity.json'
const fileBytesMax = 4 * 1024

const fileSchema = z.strictObject({
  kind: z.literal('identity'),
  node: z.strictObject({ public: publicKey, private: publicKey }),
  sealing: z.strictObject({ public: publicKey, private: publicKey }),
})

/**
 * The node's keys from `folder`/identity.json (0600 in a 0700 folder), made at first start unless `mayCreate` is false. Never overwrites:
 * Faults `loose-permissions`, `wrong-owner`, `damaged-identity`, `no-identity` name the remedy.
 */
export const loadOrCreateIdentity = (folder: string, { mayCreate = true } = {}): NodeKeys => {
  ensurePrivateFolder(folder)
  const path = join(folder, fileName)
  const text = readPrivateFile(path, fileBytesMax)
  if (text !== undefined) return keysFrom(text, path)
  if (!mayCreate) {
    throw new Fault('no-identity', `The node's keys are missing: there is no ${path}.`, {
      hint: 'Restore that file, or start with an empty data folder and join the cluster again.',
    })
  }
  const made = freshIdentityText()
  writePrivateFile(path, made)
  return keysFrom(made, path)
}

/** Keys that live only in memory: simulations and tests. */
export const freshIdentity = (): NodeKeys => keysFrom(freshIdentityText(), 'memory')

const freshIdentityText = (): string => {
  const seed = freshSeed()
  const sealing = freshSealingKey()
  const file: z.infer<typeof fileSchema> = {
    kind: 'identity',
    node: { public: signerOf(seed).publicKey, private: textOf(seed) },
    sealing: { public: sealing.publicKey, private: textOf(sealing.privateKey.reveal()) },
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

const keysFrom = (text: string, path: string): NodeKeys => {
  const file = fileSchema.safeParse(parsed(text))
  if (!file.success) throw damaged(path)
  const seed = Buffer.from(file.data.node.private, 'base64url')
  const sealing = Buffer.from(file.data.sealing.private, 'base64url')
  const signer = signerOf(seed)
  // The public halves stand beside the private ones so that one flipped bit does not quietly become another identity.
  if (signer.publicKey !== file.data.node.public || sealingPublicOf(sealing) !== file.data.sealing.public) throw damaged(path)
  const privateKeyRaw = new Uint8Array(Buffer.concat([seed, Buffer.from(signer.publicKey, 'base64url')]))
  return {
    peer: peerOf(signer.publicKey),
    signer,
    privateKeyRaw: new Secret(privateKeyRaw),
    sealing: { publicKey: file.data.sealing.public, privateKey: new Secret(new Uint8Array(sealing)) },
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const damaged = (path: string) =>
  new Fault('damaged-identity', `The node's keys in ${path} are damaged.`, {
    hint: 'Restore that file from a copy. Without one, move the data folder away, start fresh and join the cluster again.',
  })

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
