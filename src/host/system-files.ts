import { open, readdir, readlink, realpath, stat, statfs } from 'node:fs/promises'
import { answerMsMax, type FileFacts, type Files } from './ports.ts'

const textBytesMax = 1024 * 1024

/**
 * The real file system. Every call gives up after 2 s, because a hanging network mount or graphics driver must not stop the node; while a
 * call hangs, the same path is not touched again, because each one that hangs costs a thread for good.
 */
export const systemFiles: Files = {
  text: (path) => bounded(path, () => read(path, textBytesMax).then((bytes) => bytes.toString('utf8'))),
  bytes: (path, lengthMax) => bounded(path, () => read(path, lengthMax)),
  list: async (folder) => (await bounded(folder, () => readdir(folder)))?.sort() ?? [],
  link: (path) => bounded(path, () => readlink(path)),
  real: (path) => bounded(path, () => realpath(path)),
  facts: (path) =>
    bounded(path, () => stat(path).then((found): FileFacts => ({ kind: kindOf(found), mode: found.mode & 0o7777, uid: found.uid }))),
  space: (path) =>
    bounded(path, () => statfs(path).then((found) => ({ totalBytes: found.blocks * found.bsize, freeBytes: found.bavail * found.bsize }))),
}

const hanging = new Set<string>()

const bounded = async <Value>(path: string, start: () => Promise<Value>): Promise<Value | null> => {
  if (hanging.has(path)) return null
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      hanging.add(path)
      resolve(null)
    }, answerMsMax)
  })
  const work = start()
    .catch(() => null)
    .finally(() => hanging.delete(path))
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Files in /proc and /sys say they are empty, so they are read until nothing more comes. */
const read = async (path: string, lengthMax: number): Promise<Buffer> => {
  await using file = await open(path, 'r')
  const chunks: Buffer[] = []
  let length = 0
  while (length < lengthMax) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(65_536, lengthMax - length)), 0, undefined, null)
    if (bytesRead === 0) break
    chunks.push(buffer.subarray(0, bytesRead))
    length += bytesRead
  }
  return Buffer.concat(chunks)
}

const kindOf = (found: { isFile(): boolean; isDirectory(): boolean }): FileFacts['kind'] => {
  if (found.isFile()) return 'file'
  return found.isDirectory() ? 'folder' : 'other'
}
