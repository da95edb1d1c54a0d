import { expect, test } from 'bun:test'
import { argon2Sync } from 'node:crypto'
import { Secret } from '../../src/base/index.ts'
import { operatorKeys } from '../../src/keys/index.ts'
import { stretching } from '../../src/keys/operator.ts'

test('the Argon2id underneath gives the answer of RFC 9106, 5.3', () => {
  const tag = argon2Sync('argon2id', {
    message: Buffer.alloc(32, 1),
    nonce: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    associatedData: Buffer.alloc(12, 4),
    memory: 32,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  })
  expect(tag.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
})

test('a passphrase and a salt give the same keys for ever, however it is spaced', () => {
  expect(stretching).toEqual({ memory: 262_144, passes: 3, parallelism: 1, tagLength: 32 })
  const keys = operatorKeys(new Secret('  seven little   words'), Buffer.alloc(16, 7).toString('base64url'))
  // Known answers: they must never change, or no passphrase opens anything any more.
  expect([keys.signer.publicKey, keys.sealing.publicKey]).toMatchInlineSnapshot(`
    [
      "8Ika7Qk6e2SpYtzdCnd0PEw6s8HA7nok6ujhS04_Y0k",
      "Vv9zN5kCVuPpIZmURjN6CtHuon3UKv2edxE-EPvRexI",
    ]
  `)
})
