import { Fault } from '../base/index.ts'

/** Below the range from which systems take the ports of outgoing connections (32768 on Linux, 49152 on macOS), so that none of these takes it meanwhile. */
const firstPort = 15_000
const blocks = 1_000
const blockSize = 16

/**
 * A TCP port of loopback that is free now, the `n`th (0 to 15) of a block that belongs to this process: two demos at the same time do not
 * choose alike, and it is still free when the node gets to listen on it.
 */
export const freePort = (n: number, pid: number = process.pid): number => {
  for (let block = pid; block < pid + blocks; block += 1) {
    const port = firstPort + (block % blocks) * blockSize + n
    if (isFree(port)) return port
  }
  throw new Fault('port-in-use', 'No port of this machine is free.', { hint: 'Stop what uses them; ss -ltn lists them.' })
}

/** True where this process may listen on the port of loopback now. Port 0 (any) always is. */
export const isFree = (port: number): boolean => {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, socket: { data: () => {} } }).stop(true)
    return true
  } catch {
    return false
  }
}
