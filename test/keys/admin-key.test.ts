import { expect, test } from 'bun:test'
import { asClusterId } from '../../src/base/index.ts'
import { freshAdmin } from '../../src/keys/admin-key.ts'
import { type AdminFile, freshSealingKey, readAdminFile, unwrapAdmin, wrapAdmin } from '../../src/keys/index.ts'

const cluster = asClusterId('0123456789abcdef0123456789abcdef')
const operator = freshSealingKey()
const { signer, seed } = freshAdmin()
const file = wrapAdmin(seed, cluster, { name: 'mara', sealingKey: operator.publicKey })
const [copy] = file.copies
if (copy === undefined) throw new Error('one copy')
const altered = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
const withCopy = (more: Partial<typeof copy>): AdminFile => ({ ...file, copies: [{ ...copy, ...more }] })

test('an operator opens the copy that was made for them, and it is the key that its name says', () => {
  expect(unwrapAdmin(file, 'mara', operator.privateKey).publicKey).toBe(signer.publicKey)
  expect(readAdminFile(JSON.stringify(file))).toEqual(file)
})

test('each wrapping has its own secret, ephemeral key and nonce', () => {
  const other = wrapAdmin(seed, cluster, { name: 'mara', sealingKey: operator.publicKey })
  expect(other.secret).not.toBe(file.secret)
  expect([other.copies[0]?.ephemeral, other.copies[0]?.nonce, other.copies[0]?.sealed]).not.toContainAnyValues([copy.ephemeral, copy.nonce])
})

test.each([
  ['another passphrase', file, freshSealingKey().privateKey],
  ['another secret', { ...file, secret: altered(file.secret) }, operator.privateKey],
  ['another cluster', { ...file, cluster: 'f'.repeat(32) }, operator.privateKey],
  ['another admin key', { ...file, adminPublic: freshAdmin().signer.publicKey }, operator.privateKey],
  ['an altered seal', withCopy({ sealed: altered(copy.sealed) }), operator.privateKey],
  ['an altered nonce', withCopy({ nonce: altered(copy.nonce) }), operator.privateKey],
  ['another ephemeral key', withCopy({ ephemeral: freshSealingKey().publicKey }), operator.privateKey],
  ['an ephemeral key of order one', withCopy({ ephemeral: Buffer.alloc(32).toString('base64url') }), operator.privateKey],
  ['another sealing key', withCopy({ sealingKey: freshSealingKey().publicKey }), operator.privateKey],
] as const)('%s opens nothing, and the refusal does not tell which it was', (_, bad, key) => {
  expect(() => unwrapAdmin(bad, 'mara', key)).toThrow(expect.objectContaining({ code: 'cannot-open' }))
})

test('a copy of one operator is worth nothing under the name of another', () => {
  expect(() => unwrapAdmin(withCopy({ operator: 'noa' }), 'noa', operator.privateKey)).toThrow(
    expect.objectContaining({ code: 'cannot-open' }),
  )
  expect(() => unwrapAdmin(file, 'noa', operator.privateKey)).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test.each([
  '',
  '{}',
  'null',
  '[]',
  JSON.stringify({ ...file, epoch: 2 }),
  JSON.stringify({ ...file, more: 1 }),
  JSON.stringify({ ...file, secret: '' }),
])('a file that is none is not read (%#)', (text) => expect(readAdminFile(text)).toBeNull())
