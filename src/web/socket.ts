import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { Fault, type Log, silentLog } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import type { Setup } from '../setup/index.ts'
import { createApi } from './api.ts'
import { listen, systemCode } from './listen.ts'
import { createWriteChannel } from './write-channel.ts'

const answerMs = 2_000

/** Serves the local API on a Unix socket that only its owner may open. A socket left by a dead node is replaced, a living one refused. */
export const serveSocket = async (service: Service, path: string, log: Log = silentLog, setup?: Setup): Promise<AsyncDisposable> => {
  await clear(path)
  const listening = bind(service, path, log, setup)
  const inode = lstatSync(path).ino
  return {
    [Symbol.asyncDispose]: async () => {
      await listening[Symbol.asyncDispose]()
      // Only our own: a successor may have put its socket there already.
      if (inodeOf(path) === inode) unlinkSync(path)
    },
  }
}

const bind = (service: Service, path: string, log: Log, setup: Setup | undefined): AsyncDisposable => {
  // Nobody else may open it at any moment, not even between bind and chmod.
  const mask = process.umask(0o177)
  try {
    const listening = listen(createApi(service, log, setup), { unix: path }, undefined, createWriteChannel(service, log))
    chmodSync(path, 0o600)
    return listening
  } catch (cause) {
    throw new Fault('bad-config', `Nothing can listen on the socket ${path}: ${systemCode(cause) || String(cause)}.`, {
      hint: 'Check that its folder exists and belongs to this user, or choose another with `socket:`.',
      cause,
    })
  } finally {
    process.umask(mask)
  }
}

/** Makes room: removes a dead socket; a Fault when a node answers on it or when it is something else. */
const clear = async (path: string): Promise<void> => {
  let found: ReturnType<typeof lstatSync>
  try {
    found = lstatSync(path)
  } catch {
    return
  }
  if (!found?.isSocket()) {
    throw new Fault('bad-config', `${path} exists and is not a socket.`, { hint: 'Move it away, or choose another path with `socket:`.' })
  }
  if (await answers(path)) {
    throw new Fault('already-running', `A node runs here already: it answers on ${path}.`, {
      hint: 'See it with `bzzz status`; give a second one its own folder with --data.',
    })
  }
  unlinkSync(path)
}

/** Whether somebody accepts connections there. A process that is too busy to answer counts as living. */
const answers = (path: string): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.setTimeout(answerMs, () => resolve(true))
  socket.once('connect', () => resolve(true))
  socket.once('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error))))
  return promise.finally(() => socket.destroy())
}

const inodeOf = (path: string): number | null => {
  try {
    return lstatSync(path).ino
  } catch {
    return null
  }
}
