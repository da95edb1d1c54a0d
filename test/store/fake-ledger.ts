import { asPeerId, type ClusterId } from '../../src/base/index.ts'
import { makeGenesis, readGenesis } from '../../src/keys/index.ts'
import { createMachine, type Ledger } from '../../src/ledger/index.ts'
import { fakeKeyOf, fakeSignatures, fakeSigner } from '../support/fake-keys.ts'

/** The real state machine with signatures that cost nothing; the same in every process, so that a subprocess shares the cluster. */
export const openFakeLedger = (): { machine: Ledger; cluster: ClusterId; founder: string } => {
  const founder = 'n1'
  const key = fakeKeyOf(founder)
  const text = makeGenesis(
    {
      ...{ name: 'test', createdMs: 1, nonce: '0'.repeat(32), masterPublic: fakeKeyOf('master'), adminPublic: fakeKeyOf('admin') },
      operators: [{ name: 'ada', publicKey: fakeKeyOf('ada') }],
      founder: { peer: asPeerId(founder), name: 'one', sealingKey: key, tlsFingerprint: null, addresses: [] },
    },
    fakeSigner('master'),
  )
  const genesis = readGenesis(text, fakeSignatures)
  return { machine: createMachine({ genesis, signatures: fakeSignatures }), cluster: genesis.clusterId, founder }
}
