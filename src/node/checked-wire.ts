import type { Fault, PeerId } from '../base/index.ts'
import type { Wire } from '../consensus/index.ts'

/**
 * The wire with forwarded proposals looked at first: bodies that can never be applied (garbage, a wrong signature, another cluster) are dropped
 * before they reach the log. `check` is the ledger's; what it found is remembered, so that apply does not verify again.
 */
export const checkedWire = (wire: Wire, check: (body: string) => Fault | null, refused: (from: PeerId, fault: Fault) => void): Wire => ({
  send: (to, message) => wire.send(to, message),
  onLost: (listen) => wire.onLost(listen),
  onHeard: (listen) =>
    wire.onHeard((from, message) => {
      if (message.kind !== 'propose') return listen(from, message)
      const bodies = message.bodies.filter((body) => {
        const fault = check(body)
        if (fault !== null) refused(from, fault)
        return fault === null
      })
      if (bodies.length > 0) listen(from, { ...message, bodies })
    }),
})
