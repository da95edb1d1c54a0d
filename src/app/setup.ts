import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ClusterId, systemClock } from '../base/index.ts'
import { readAdminFile, readPrivateFile, writePrivateFile } from '../keys/index.ts'
import type { Service } from '../node/index.ts'
import { Setup, type SetupStore, type ThisMachine } from '../setup/index.ts'
import { openSetupStore, removeSetupStore } from '../store/index.ts'
import { openKeyProcess } from './key-process.ts'

const codeBytesMax = 256
const leadsMsMax = 5_000
const adminFile = 'admin-key.json'
const adminBytesMax = 64 * 1024

/** The set-up of a fresh node. What it kept is removed as soon as the node is in a cluster, also at a start after a crash. */
export const openSetup = (folder: string, node: Service, machine: ThisMachine): Setup & Disposable => {
  const codePath = join(folder, 'setup-code')
  let store: SetupStore | null = null
  const close = () => {
    store?.[Symbol.dispose]()
    store = null
  }
  const inCluster = () => node.view().cluster !== null
  const tidy = () => {
    close()
    removeSetupStore(folder)
    rmSync(codePath, { force: true })
  }
  const setup = new Setup({
    clock: systemClock,
    store: () => {
      store ??= openSetupStore(folder)
      return store
    },
    codeFile: {
      read: () => readPrivateFile(codePath, codeBytesMax),
      write: (text) => writePrivateFile(codePath, text),
      remove: () => rmSync(codePath, { force: true }),
    },
    keys: openKeyProcess(),
    machine,
    found: async ({ genesis, adminKey }) => {
      // The key first: a cluster without it could never be administered. Left behind by a crash, it is replaced by the next try.
      writePrivateFile(join(folder, adminFile), `${JSON.stringify(adminKey)}\n`)
      await node.create(genesis)
      await leads(node)
    },
    inCluster,
    tidy,
  })
  if (inCluster()) tidy()
  return Object.assign(setup, { [Symbol.dispose]: close })
}

/** Resolves when the node leads itself, so that the next page shows it; a cluster of one needs a moment, and stands anyhow. */
const leads = (node: Service): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    const { leader, members } = node.view()
    if (leader !== null && members.some(({ isSelf, health }) => isSelf && health === 'healthy')) resolve()
  }
  const forget = node.watch(look, 50)
  const cancel = systemClock.after(leadsMsMax, resolve)
  look()
  return promise.finally(() => {
    forget()
    cancel()
  })
}

/** Whether this node keeps the admin key of its cluster whole, as the only machine of a cluster does. */
export const keepsAdminKey = (folder: string, cluster: ClusterId): boolean => {
  const text = readPrivateFile(join(folder, adminFile), adminBytesMax)
  return text !== undefined && readAdminFile(text)?.cluster === cluster
}
