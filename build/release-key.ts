import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** The environment variable that carries the private half: PKCS8, as PEM or as base64 of its DER. */
export const releaseKeyVariable = 'BZZZ_RELEASE_KEY'

/** The Ed25519 release key, or null when none is given. A key that cannot be read, or of another kind, is an error that does not show it. */
export const releaseKey = (text: string | undefined): KeyObject | null => {
  if (text === undefined || text.trim() === '') return null
  const key = parsed(text.trim())
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new Error(
      `${releaseKeyVariable} is not an Ed25519 private key. Make one with: openssl genpkey -algorithm ed25519 (PEM, or base64 of its DER form).`,
    )
  return key
}

/** The 64 bytes of a plain Ed25519 signature: what `openssl pkeyutl -verify -rawin` takes. */
export const signature = (key: KeyObject, bytes: Uint8Array): Uint8Array => sign(null, bytes, key)

/** The public half as PEM. */
export const publicHalf = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

const parsed = (text: string): KeyObject | null => {
  try {
    return text.startsWith('-----')
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
  } catch {
    return null // the error of the library may quote the key
  }
}
