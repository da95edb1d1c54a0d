import type { Dice } from '../support/dice.ts'
import type { Reply, Request } from '../support/history.ts'
import type { Schedule } from '../support/schedule.ts'
import type { Member } from './member.ts'
import { commandOf, look, replyOf } from './operations.ts'
import type { Recorder } from './recorder.ts'

/** Asks `member` for one operation; `done` gets the answer, or null when the outcome is unknown. At most one call of `done`. */
export const ask = (member: Member, request: Request, done: (reply: Reply | null) => void): void => {
  const { running, disk } = member
  if (running === null) {
    done(null)
    return
  }
  running.process.deliver(() => {
    if (request.kind === 'put' || request.kind === 'cas') {
      running.author.submit([commandOf(request)], (answer) => done(answer instanceof Error ? null : replyOf(answer[0])))
      return
    }
    running.consensus.readIndex((answer) => {
      // The member has applied that index when it answers: what its rows show now is a strong read.
      done(answer instanceof Error ? null : look(disk.image.rows, request))
    })
  })
}

export interface Clients {
  stop(): void
}

/** Clients that work one operation after the other, each mostly at its own member, until stopped. */
export const startClients = (given: {
  readonly schedule: Schedule
  readonly dice: Dice
  readonly recorder: Recorder
  readonly count: number
  readonly keys: readonly [string, ...string[]]
  readonly thinkMs: readonly [number, number]
  readonly members: () => readonly Member[]
  readonly lineageAt: (member: Member) => string
}): Clients => {
  const { schedule, dice, recorder, keys, thinkMs, members, lineageAt } = given
  let going = true
  let values = 0

  const choose = (seen: ReadonlyMap<string, number>): Request => {
    const key = dice.pick(keys)
    const thrown = dice.random()
    if (thrown < 0.35) return { kind: 'put', key, value: `v${++values}` }
    if (thrown < 0.6)
      return { kind: 'cas', key, expect: dice.chance(0.85) ? (seen.get(key) ?? 0) : dice.between(0, 5), value: `v${++values}` }
    if (thrown < 0.92) return { kind: 'get', key }
    return { kind: 'list', prefix: key.slice(0, key.indexOf('/') + 1) }
  }

  const work = (name: string, home: number) => {
    /** The versions this client last saw: what it compares with. */
    const seen = new Map<string, number>()
    const next = () => {
      if (!going) return
      const all = members()
      const member = dice.chance(0.8) ? all[home % all.length] : dice.some(all)
      const think = dice.within(thinkMs[0], thinkMs[1])
      if (member === undefined || member.running === null) return schedule.after(think, next)
      const request = choose(seen)
      const asked = recorder.invoke(name, request)
      let waiting = true
      const go = () => {
        if (!waiting) return
        waiting = false
        schedule.after(think, next)
      }
      // An author may go on trying after this client has lost patience: the operation stays open.
      schedule.after(2_500, go)
      ask(member, request, (reply) => {
        if (waiting && reply !== null) {
          asked.answer(reply, lineageAt(member))
          note(seen, request, reply)
        }
        go()
      })
    }
    schedule.after(dice.within(0, thinkMs[1]), next)
  }

  for (let at = 0; at < given.count; at++) work(`c${at + 1}`, at)
  return {
    stop: () => {
      going = false
    },
  }
}

const note = (seen: Map<string, number>, request: Request, reply: Reply): void => {
  if (request.kind !== 'list' && reply.kind === 'written') seen.set(request.key, reply.version)
  if (request.kind === 'get' && reply.kind === 'found') seen.set(request.key, reply.row?.version ?? 0)
  if (reply.kind === 'listed') for (const row of reply.rows) seen.set(row.key, row.version)
}
