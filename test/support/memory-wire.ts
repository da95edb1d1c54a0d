import type { PeerId } from '../../src/base/index.ts'
import type { Message } from '../../src/consensus/messages.ts'
import type { Wire } from '../../src/consensus/ports.ts'
import type { Dice } from './dice.ts'
import type { Schedule } from './schedule.ts'

/** How the network misbehaves now. All chances are per message. */
export interface Weather {
  lossChance: number
  duplicateChance: number
  /** A message that takes much longer than those sent after it. */
  straggleChance: number
  delayMs: readonly [low: number, high: number]
  straggleMs: readonly [low: number, high: number]
}

export const fairWeather = (): Weather => ({
  lossChance: 0,
  duplicateChance: 0,
  straggleChance: 0,
  delayMs: [0.3, 2],
  straggleMs: [20, 400],
})

export interface Network {
  readonly weather: Weather
  /** The end of one process; `deliver` runs what this process does on its own time (a paused one waits). */
  attach(peer: PeerId, deliver: (act: () => void) => void): { readonly wire: Wire; detach(): void }
  /** Messages from `from` to `to` vanish, also those under way. */
  cut(from: PeerId, to: PeerId): void
  mend(from: PeerId, to: PeerId): void
  mendAll(): void
  connected(from: PeerId, to: PeerId): boolean
  /** Loses every message for which `test` holds, until told otherwise: for directed runs. */
  block(test: ((from: PeerId, to: PeerId, message: Message) => boolean) | null): void
  /** The process behind `peer` died and the network knows it: everybody who can reach its machine hears of it. */
  announceLoss(peer: PeerId): void
  readonly sent: number
  readonly dropped: number
}

interface End {
  readonly peer: PeerId
  readonly deliver: (act: () => void) => void
  readonly heard: Set<(from: PeerId, message: Message) => void>
  readonly lost: Set<(peer: PeerId) => void>
}

/** Told of every message that is sent and of every one that arrives. */
export interface NetworkWatcher {
  sent?(from: PeerId, to: PeerId, message: Message): void
  arrives?(from: PeerId, to: PeerId, message: Message): void
}

/** A network in memory. `carry` is what bytes would do to a message (encode and decode), or nothing at all. */
export const createNetwork = (given: {
  readonly schedule: Schedule
  readonly dice: Dice
  readonly carry?: (message: Message) => Message
  readonly watcher?: NetworkWatcher
}): Network => {
  const { schedule, dice, carry = (message) => message, watcher = {} } = given
  const weather = fairWeather()
  const ends = new Map<PeerId, End>()
  const cuts = new Set<string>()
  let blocks: ((from: PeerId, to: PeerId, message: Message) => boolean) | null = null
  let sent = 0
  let dropped = 0
  const link = (from: PeerId, to: PeerId) => `${from}>${to}`
  const connected = (from: PeerId, to: PeerId) => !cuts.has(link(from, to))

  const send = (from: PeerId, to: PeerId, message: Message) => {
    sent++
    watcher.sent?.(from, to, message)
    if (!connected(from, to) || blocks?.(from, to, message) || dice.chance(weather.lossChance)) {
      dropped++
      return
    }
    const copies = dice.chance(weather.duplicateChance) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const [low, high] = dice.chance(weather.straggleChance) ? weather.straggleMs : weather.delayMs
      const carried = carry(message)
      schedule.after(dice.within(low, high), () => {
        // Whoever sits at the address by then gets it: a message may outlive the process it was meant for.
        const end = ends.get(to)
        if (end === undefined || !connected(from, to)) {
          dropped++
          return
        }
        end.deliver(() => {
          if (ends.get(to) !== end) return
          watcher.arrives?.(from, to, carried)
          for (const listen of end.heard) listen(from, carried)
        })
      })
    }
  }

  return {
    weather,
    attach: (peer, deliver) => {
      const end: End = { peer, deliver, heard: new Set(), lost: new Set() }
      ends.set(peer, end)
      return {
        wire: {
          send: (to, message) => {
            if (ends.get(peer) === end) send(peer, to, message)
          },
          onHeard: (listen) => {
            end.heard.add(listen)
            return () => void end.heard.delete(listen)
          },
          onLost: (listen) => {
            end.lost.add(listen)
            return () => void end.lost.delete(listen)
          },
        },
        detach: () => {
          if (ends.get(peer) === end) ends.delete(peer)
        },
      }
    },
    cut: (from, to) => void cuts.add(link(from, to)),
    mend: (from, to) => void cuts.delete(link(from, to)),
    mendAll: () => cuts.clear(),
    connected,
    block: (test) => {
      blocks = test
    },
    announceLoss: (peer) => {
      for (const end of ends.values()) {
        if (end.peer === peer) continue
        schedule.after(dice.within(1, 20), () => {
          // A refused redial needs both directions; on a cut network the death is only silence.
          if (ends.get(end.peer) !== end || !connected(peer, end.peer) || !connected(end.peer, peer)) return
          end.deliver(() => {
            for (const listen of end.lost) listen(peer)
          })
        })
      }
    },
    get sent() {
      return sent
    },
    get dropped() {
      return dropped
    },
  }
}
