import type { Clock } from '../../src/base/index.ts'
import { freshIdentity, freshSealingKey, freshSigner } from '../../src/keys/index.ts'
import type { SetupParts, SetupStore } from '../../src/setup/index.ts'
import { Setup } from '../../src/setup/index.ts'
import { peers } from './service.ts'

/** The set-up database in memory. */
export const memorySetupStore = (): SetupStore => {
  let row: ReturnType<SetupStore['read']> = { codeHash: null, codeExpiresMs: 0, sessionHash: null, draft: '{}' }
  return {
    read: () => row,
    newCode: (codeHash, codeExpiresMs) => {
      row = { ...row, codeHash, codeExpiresMs, sessionHash: null }
    },
    claim: (fits, sessionHash) => {
      if (row.codeHash === null || row.sessionHash !== null || !fits(row.codeHash, row.codeExpiresMs)) return false
      row = { ...row, codeHash: null, sessionHash }
      return true
    },
    saveDraft: (draft) => {
      row = { ...row, draft }
    },
    [Symbol.dispose]: () => {},
  }
}

/** A clock that stands until it is told to go on. */
export const standingClock = (): Clock & { pass(ms: number): void } => {
  let atMs = Date.UTC(2026, 10, 23)
  return {
    nowMs: () => atMs,
    wallMs: () => atMs,
    after: () => () => {},
    soon: (act) => act(),
    pass: (ms) => {
      atMs += ms
    },
  }
}

export interface SetupTwin {
  readonly setup: Setup
  readonly store: SetupStore
  readonly clock: ReturnType<typeof standingClock>
  /** What the key process was asked, secrets and all. */
  readonly asked: unknown[]
  /** What set-up kept of the machine, and how often it tidied up. */
  readonly kept: unknown[]
  readonly file: { text: string | undefined }
  inCluster: boolean
}

/** Set-up over twins: no disk, no process, no network. Key work is pretended. */
export const setupTwin = (over: Partial<SetupParts> = {}, store = memorySetupStore()): SetupTwin => {
  const clock = standingClock()
  const node = freshIdentity()
  const current = { name: 'atlas', zone: null as string | null, meshPort: 8081 }
  const salt = Buffer.alloc(16).toString('base64url')
  const twin = {
    store,
    clock,
    asked: [] as unknown[],
    kept: [] as unknown[],
    file: { text: undefined as string | undefined },
    inCluster: false,
  }
  const setup = new Setup({
    clock,
    store: () => store,
    codeFile: {
      read: () => twin.file.text,
      write: (text) => {
        twin.file.text = text
      },
      remove: () => {
        twin.file.text = undefined
      },
    },
    keys: {
      operator: async (passphrase) => {
        twin.asked.push(passphrase)
        return { publicKey: freshSigner().publicKey, sealingKey: freshSealingKey().publicKey, salt }
      },
      found: async (request) => {
        twin.asked.push(request)
        return { genesis: 'genesis', adminKey: { kind: 'admin-key', cluster: 'c', epoch: 1, adminPublic: 'a', secret: 's', copies: [] } }
      },
    },
    machine: {
      webPort: 8080,
      current: () => current,
      fixed: { name: null, zone: null, meshPort: null },
      examine: async () => [
        { check: 'clock', level: 'warn', message: 'Nothing keeps the clock right.', remedy: 'sudo timedatectl set-ntp true' },
        { check: 'system', level: 'ok', message: 'Debian 12.' },
      ],
      portHolder: async (port) => (port === 22 ? 'sshd (process 7)' : null),
      keep: (choice) => void twin.kept.push(choice),
      identity: () => ({
        peer: peers.nova,
        name: 'atlas',
        sealingKey: node.sealing.publicKey,
        tlsFingerprint: null,
        addresses: [],
        clusterId: null,
        page: null,
        version: '0.1.0',
      }),
    },
    found: async () => {
      twin.inCluster = true
    },
    inCluster: () => twin.inCluster,
    tidy: () => void twin.kept.push('tidy'),
    ...over,
  })
  return Object.assign(twin, { setup })
}
