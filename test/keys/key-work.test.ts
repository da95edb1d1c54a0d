import { expect, test } from 'bun:test'
import { Secret } from '../../src/base/index.ts'
import {
  doKeyWork,
  ed25519,
  foundAnswerSchema,
  freshIdentity,
  freshMaster,
  masterKeys,
  masterWords,
  operatorAnswerSchema,
  operatorKeys,
  readGenesis,
  unwrapAdmin,
} from '../../src/keys/index.ts'

test('from a passphrase and the words comes a genesis that every replica accepts, and an admin key that the passphrase opens', () => {
  const operator = operatorAnswerSchema.parse(doKeyWork({ work: 'operator', passphrase: 'a b c' }))
  const node = freshIdentity()
  const master = freshMaster()
  const words = masterWords(master).join(' ')
  const founder = { peer: node.peer, name: 'atlas', sealingKey: node.sealing.publicKey, tlsFingerprint: null, addresses: [] }
  const made = doKeyWork({ work: 'found', words, cluster: 'linden', createdMs: 7, operator: { name: 'mara', ...operator }, founder })
  const { genesis, adminKey } = foundAnswerSchema.parse(made)
  const read = readGenesis(genesis, ed25519)
  expect(read).toMatchObject({ name: 'linden', createdMs: 7, operators: [{ name: 'mara', ...operator }], founder })
  expect([read.masterPublic, read.masterSealing]).toEqual([masterKeys(master).signer.publicKey, masterKeys(master).sealing.publicKey])
  expect(adminKey.cluster).toBe(read.clusterId)
  const keys = operatorKeys(new Secret('a b c'), operator.salt)
  expect(unwrapAdmin(adminKey, 'mara', keys.sealing.privateKey).publicKey).toBe(read.adminPublic)
  for (const word of words.split(' ')) expect(JSON.stringify(made)).not.toContain(` ${word} `)
})

test.each([
  null,
  {},
  { work: 'steal' },
  { work: 'operator' },
  { work: 'operator', passphrase: 'my secret', more: 1 },
  { work: 'found', words: 'my secret' },
])('no other work is done, and the refusal quotes nothing (%#)', (request) => {
  const refusal = (() => {
    try {
      doKeyWork(request)
    } catch (error) {
      return Bun.inspect(error)
    }
    return 'done'
  })()
  expect(refusal).toContain('This is no work for the key process.')
  expect(refusal).not.toContain('my secret')
})
