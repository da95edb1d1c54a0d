import type { Files } from './ports.ts'
import { listeners, ownerOf, userName } from './sockets.ts'

/** Who listens on a TCP port of this machine, for a complaint: "nginx (process 812)"; null where that cannot be learnt. */
export const portHolder = async (files: Files, port: number): Promise<string | null> => {
  const listener = (await listeners(files))?.find((one) => one.port === port)
  if (listener === undefined) return null
  const owner = await ownerOf(files, listener.inode)
  if (owner !== null) return `${owner.name} (process ${owner.pid})`
  const user = await userName(files, listener.uid)
  return user === null ? null : `a program of user ${user}`
}
