export { type AdminFile, readAdminFile, unwrapAdmin, wrapAdmin } from './admin-key.ts'
export { remembered } from './bounded-cache.ts'
export { ed25519, freshSeed, freshSigner, signerOf } from './ed25519.ts'
export { clusterIdOf, type Genesis, type GenesisFields, makeGenesis, readGenesis, type Weights, weightsSchema } from './genesis.ts'
export * as grammar from './grammar.ts'
export { freshIdentity, loadOrCreateIdentity, type NodeKeys } from './identity.ts'
export {
  doKeyWork,
  type FoundAnswer,
  type FoundRequest,
  foundAnswerSchema,
  type KeyRequest,
  operatorAnswerSchema,
} from './key-work.ts'
export { freshMaster, masterFromWords, masterKeys, masterWords, sheetMark } from './master.ts'
export { type OperatorPublic, operatorKeys, operatorPublicSchema } from './operator.ts'
export { bitsAtMost, bitsGenerated, checkPassphrase, generatePassphrase, normalisedPassphrase } from './passphrase.ts'
export { peerOf, publicKeyOf } from './peer.ts'
export { ensurePrivateFolder, folderFault, readPrivateFile, syncFolder, writePrivateFile } from './private-file.ts'
export { freshSealingKey, type Sealing, seal, unseal } from './seal.ts'
export type { PublicKey, Signatures, Signer } from './signatures.ts'
export { type Expected, isShallow, open, prove, sign } from './signed.ts'
export {
  type Admission,
  admissionBytesMax,
  admissionSchema,
  type Joiner,
  makeAdmission,
  makeTicket,
  readAdmission,
  readTicket,
  type Ticket,
  ticketBytesMax,
  ticketSchema,
} from './ticket.ts'
