import { expect, test } from 'bun:test'
import { sha256 } from '../../src/base/index.ts'
import {
  clusterIdOf,
  ed25519,
  freshIdentity,
  freshSigner,
  type GenesisFields,
  makeGenesis,
  readGenesis,
  sign,
} from '../../src/keys/index.ts'

const [master, admin, operator] = [freshSigner(), freshSigner(), freshSigner()]
const founder = freshIdentity()
const fields: GenesisFields = {
  name: 'lab',
  createdMs: 1,
  masterPublic: master.publicKey,
  adminPublic: admin.publicKey,
  operators: [{ name: 'ada', publicKey: operator.publicKey }],
  founder: {
    peer: founder.peer,
    name: 'one',
    sealingKey: founder.sealing.publicKey,
    tlsFingerprint: null,
    addresses: ['/ip4/10.0.0.1/tcp/8081'],
  },
}

test('a genesis names its cluster by its bytes', () => {
  const text = makeGenesis(fields, master)
  const genesis = readGenesis(text, ed25519)
  expect(genesis.clusterId).toBe(clusterIdOf(text))
  expect(String(genesis.clusterId)).toBe(sha256(text).slice(0, 32))
  expect(genesis.founder.peer).toBe(founder.peer)
  expect(genesis.text).toBe(text)
})

test('two clusters with the same keys and names are still two', () => {
  expect(clusterIdOf(makeGenesis(fields, master))).not.toBe(clusterIdOf(makeGenesis(fields, master)))
})

test('election weights come along when they add up to one', () => {
  const weights = { stability: 0.35, network: 0.15, headroom: 0.2, capacity: 0.15, preference: 0.15 }
  expect(readGenesis(makeGenesis({ ...fields, weights }, master), ed25519).weights).toEqual(weights)
  for (const bad of [
    { ...weights, stability: 0.36 },
    { ...weights, stability: 0.345, network: 0.155 },
    { ...weights, stability: -1 },
  ]) {
    expect(() => readGenesis(makeGenesis({ ...fields, weights: bad }, master), ed25519)).toThrow('cannot be trusted')
  }
})

test.each([
  ['signed by another key than its master', makeGenesis(fields, admin)],
  ['without operators', makeGenesis({ ...fields, operators: [] }, master)],
  ['with one operator twice', makeGenesis({ ...fields, operators: [...fields.operators, ...fields.operators] }, master)],
  ['with a founder that is no node', makeGenesis({ ...fields, founder: { ...fields.founder, peer: 'nobody' } }, master)],
  ['with a name that is no name', makeGenesis({ ...fields, name: '../etc' }, master)],
  [
    'with an address too many',
    makeGenesis({ ...fields, founder: { ...fields.founder, addresses: Array(17).fill('/ip4/1.1.1.1') } }, master),
  ],
  ['with a field too many', sign(master, 'genesis', null, { ...fields, nonce: '0'.repeat(32), more: 1 })],
  ['without its nonce', sign(master, 'genesis', null, { ...fields })],
  ['altered', makeGenesis(fields, master).replace('"lab"', '"lob"')],
  ['empty', ''],
  ['larger than 64 KiB', makeGenesis({ ...fields, name: 'x'.repeat(70_000) }, master)],
])('a genesis %s is not trusted', (_, text) => {
  expect(() => readGenesis(text, ed25519)).toThrow('This genesis cannot be trusted')
})
