import { existsSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { socketIn, systemPaths } from '../install/index.ts'
import { type Client, connect } from './client.ts'

/** Which node to ask. */
export interface NodeOptions {
  readonly socket?: string
  readonly data?: string
  readonly config?: string
}

/** Adds the options that every verb has which asks a node. */
export const asksNode = (command: Command): Command =>
  command
    .option('--socket <path>', 'socket of the node (BZZZ_SOCKET)')
    .option('--data <folder>', 'data folder of the node (BZZZ_DATA)')
    .option('--config <file>', 'configuration of the node (BZZZ_CONFIG)')
    .option('--json', 'print JSON')

/** The client of the node that is meant. */
export const nodeMeant = async (options: NodeOptions): Promise<Client> => connect(await socketOf(options))

/** The socket that is named; else that of the configuration; else this user's or, if only that exists, the system's. */
export const socketOf = async ({ socket, data, config }: NodeOptions): Promise<string> => {
  const { env } = process
  if (socket !== undefined) return socket
  if (data === undefined && config === undefined && env.BZZZ_SOCKET) return env.BZZZ_SOCKET
  const { readConfig } = await import('../app/index.ts')
  const own = readConfig({ ...(data === undefined ? {} : { data }), ...(config === undefined ? {} : { config }) }).socket
  const named = data ?? config ?? (env.BZZZ_DATA || env.BZZZ_CONFIG || undefined)
  const system = socketIn(systemPaths.data)
  return named === undefined && !existsSync(own) && mayExist(system) ? system : own
}

/** True where it exists, or where this user may not look. */
const mayExist = (path: string): boolean => {
  try {
    statSync(path)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES'
  }
}
