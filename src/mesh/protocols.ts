import type { Connection, Stream } from '@libp2p/interface'
import type { z } from 'zod'
import { type Clock, type ClusterId, Fault, type Json, type PeerId } from '../base/index.ts'
import { type Answerer, serveStream } from './answering.ts'
import type { Counters } from './counters.ts'
import { readFrames } from './inlet.ts'
import { Allowances } from './intake.ts'
import { Lane } from './lane.ts'
import { defaultIntake, type Intake, type Limits } from './limits.ts'
import type { Peer } from './peer.ts'
import { Questions } from './question.ts'
import type { Roster } from './roster.ts'
import type { Stack } from './stack.ts'

const nameForm = /^[a-z][a-z0-9-]{0,63}$/
/** Streams of one protocol that one connection may have open towards us; one is used, the others cover a reset that is under way. */
const inboundStreamsMax = 4

export interface ProtocolsOptions {
  readonly stack: Stack
  readonly clusterId: ClusterId
  readonly roster: Roster
  readonly clock: Clock
  readonly limits: Limits
  readonly counters: Counters
  readonly onError: (error: unknown) => void
  readonly onRefused: (peer: PeerId, protocol: string, because: Fault) => void
}

/** The cluster's own protocols, /bzzz/<cluster>/<name>/1: frames one way, and questions with answers. */
export class Protocols {
  readonly #options: ProtocolsOptions
  readonly #allowances = new Map<string, Allowances>()
  readonly #questions = new WeakMap<Lane, Questions>()

  constructor(options: ProtocolsOptions) {
    this.#options = options
  }

  path(name: string): string {
    if (!nameForm.test(name)) throw new Fault('bad-protocol', `"${name}" is not a protocol name.`)
    return `/bzzz/${this.#options.clusterId}/${name}/1`
  }

  send(to: PeerId, protocol: string, frame: Uint8Array): boolean {
    const { roster, limits, counters } = this.#options
    if (frame.byteLength > limits.frameBytesMax)
      throw new Fault('too-large', `A frame of ${frame.byteLength} bytes is over the limit of ${limits.frameBytesMax}.`)
    const peer = roster.peers.get(to)
    if (!peer?.active) {
      counters.framesDropped += 1
      return false
    }
    return (peer.lanes.get(protocol) ?? this.#newLane(peer, protocol)).send(frame)
  }

  onFrame(protocol: string, listen: (from: PeerId, frame: Uint8Array) => void | Promise<void>, intake: Partial<Intake> = {}): () => void {
    const { clock, counters, onRefused } = this.#options
    const full = { ...defaultIntake, ...intake }
    return this.#register(protocol, full, (stream, from, allowances) => {
      readFrames(stream, {
        frameBytesMax: full.frameBytesMax,
        allowance: allowances.of(from),
        clock,
        counters,
        listen: (frame) => listen(from, frame),
        onRefused: (because) => onRefused(from, protocol, because),
      })
    })
  }

  handle<Body>(protocol: string, schema: z.ZodType<Body>, answer: Answerer<Body>, intake: Partial<Intake> = {}): () => void {
    const { clock, counters, limits, onError } = this.#options
    const full = { ...defaultIntake, ...intake }
    return this.#register(protocol, full, (stream, from, allowances) => {
      const { frameBytesMax } = full
      serveStream(stream, {
        from,
        schema,
        answer,
        frameBytesMax,
        queueBytesMax: limits.queueBytesMax,
        allowance: allowances.of(from),
        clock,
        counters,
        onError,
      })
    })
  }

  request(to: PeerId, protocol: string, body: Json, options: { deadlineMs: number; signal?: AbortSignal | undefined }): Promise<Json> {
    const { roster, limits } = this.#options
    const peer = roster.peers.get(to)
    if (!peer?.active) return Promise.reject(notConnected())
    const key = `? ${protocol}`
    const lane = peer.lanes.get(key) ?? this.#newQuestionLane(peer, protocol, key)
    const questions = this.#questions.get(lane)
    if (!questions) return Promise.reject(notConnected())
    const send = (frame: Uint8Array): Fault | null => {
      if (lane.send(frame)) return null
      return peer.active ? new Fault('busy', 'Too much waits to be sent to this node.', { hint: 'Try again in a moment.' }) : notConnected()
    }
    return questions.ask(body, { ...options, send, frameBytesMax: limits.frameBytesMax })
  }

  forget(peer: PeerId): void {
    for (const allowances of this.#allowances.values()) allowances.forget(peer)
  }

  #newLane(peer: Peer, protocol: string): Lane {
    const { limits, counters, clock } = this.#options
    const open = this.#opener(peer, protocol)
    const lane = new Lane({ open, queueBytesMax: limits.queueBytesMax, whenFull: 'drop-oldest', counters, clock })
    peer.lanes.set(protocol, lane)
    return lane
  }

  #newQuestionLane(peer: Peer, protocol: string, key: string): Lane {
    const { limits, counters, clock, onRefused } = this.#options
    const questions = new Questions({ clock, pendingMax: limits.pendingMax, counters })
    // Answers are what we asked for: at most as many as questions, each within the cap.
    const allowances = new Allowances({ ...defaultIntake, frameBytesMax: limits.frameBytesMax }, clock)
    const lane = new Lane({
      open: this.#opener(peer, protocol),
      queueBytesMax: limits.queueBytesMax,
      whenFull: 'refuse',
      counters,
      clock,
      attach: (stream) =>
        readFrames(stream, {
          frameBytesMax: limits.frameBytesMax,
          allowance: allowances.of(peer.id),
          clock,
          counters,
          listen: (frame) => questions.answered(frame),
          onRefused: (because) => onRefused(peer.id, protocol, because),
        }),
      onBroken: () => questions.broken(),
    })
    this.#questions.set(lane, questions)
    peer.lanes.set(key, lane)
    return lane
  }

  #opener(peer: Peer, protocol: string): () => Promise<Stream> | null {
    const path = this.path(protocol)
    return () => {
      const connection = peer.active?.connection
      if (!connection) return null
      return connection.newStream(path, { signal: AbortSignal.timeout(this.#options.limits.handshakeMs) })
    }
  }

  #register(protocol: string, intake: Intake, serve: (stream: Stream, from: PeerId, allowances: Allowances) => void): () => void {
    const { stack, roster, clock, onError } = this.#options
    const path = this.path(protocol)
    if (this.#allowances.has(protocol)) throw new Fault('bad-protocol', `The protocol "${protocol}" is already served.`)
    const allowances = new Allowances(intake, clock)
    this.#allowances.set(protocol, allowances)
    const onStream = async (stream: Stream, connection: Connection): Promise<void> => {
      const link = roster.linkOf(connection)
      try {
        await link?.ready
      } catch {}
      if (link?.state !== 'ready' || !roster.peers.has(link.peer)) {
        stream.abort(new Error('This connection is not in use.'))
        return
      }
      serve(stream, link.peer, allowances)
    }
    stack
      .handle(path, onStream, { maxInboundStreams: inboundStreamsMax, maxOutboundStreams: inboundStreamsMax, force: true })
      .catch(onError)
    return () => {
      this.#allowances.delete(protocol)
      stack.unhandle(path).catch(onError)
    }
  }
}

const notConnected = (): Fault =>
  new Fault('not-connected', 'There is no connection to this node.', { hint: '"bzzz doctor --peer NAME" says why.' })
