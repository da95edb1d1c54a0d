import { connect } from 'node:net'
import type { Address } from '../node/ports.ts'
import { parseAddress } from './address.ts'

/** What a bare TCP connection meets: nobody listens, somebody does, no answer at all, or no way there. */
export type Probe = 'refused' | 'answers' | 'timed out' | 'unreachable' | 'bad address'

/** Opens a TCP connection and closes it again. Refused comes back within a millisecond where the machine is alive. */
export const probe = (address: Address, timeoutMs: number): Promise<Probe> => {
  const parsed = parseAddress(address)
  if (!parsed) return Promise.resolve('bad address')
  return new Promise((resolve) => {
    const socket = connect({ host: parsed.host, port: parsed.port, noDelay: true })
    const timer = setTimeout(() => settle('timed out'), timeoutMs)
    const settle = (result: Probe): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle('answers'))
    socket.on('error', (error: NodeJS.ErrnoException) => settle(nameError(error.code)))
  })
}

/** A reset means that a listener took the connection and went away: it does not refuse yet. */
const nameError = (code: string | undefined): Probe => {
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ETIMEDOUT') return 'timed out'
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'answers' : 'unreachable'
}
