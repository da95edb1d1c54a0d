import type { ComponentLogger, Logger } from '@libp2p/interface'

const silent: Logger = Object.assign(() => {}, {
  error: () => {},
  trace: () => {},
  enabled: false,
  newScope: (): Logger => silent,
})

/** libp2p logs every frame; we count what matters and log what changes ourselves. */
export const quietLogger: ComponentLogger = { forComponent: () => silent }
