import { type GossipSub, type Message, TopicValidatorResult } from '@libp2p/gossipsub'
import { asPeerId, type Clock, type ClusterId, Fault, type Json, type PeerId } from '../base/index.ts'
import { Bucket } from './bucket.ts'
import type { Counters } from './counters.ts'
import type { Limits } from './limits.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const topicForm = /^[a-z][a-z0-9-]{0,63}$/

export interface GossipOptions {
  readonly clusterId: ClusterId
  readonly clock: Clock
  readonly limits: Limits
  readonly counters: Counters
  readonly admits: (peer: PeerId) => boolean
  readonly onError: (error: unknown) => void
}

/** Hints to everybody ("version 17 exists"): small, signed by their author, may be lost, never facts. */
export class Gossip {
  readonly #pubsub: GossipSub
  readonly #options: GossipOptions
  readonly #topics = new Map<string, Set<(from: PeerId, hint: Json) => void>>()
  readonly #buckets = new Map<PeerId, Bucket>()

  constructor(pubsub: GossipSub, options: GossipOptions) {
    this.#pubsub = pubsub
    this.#options = options
    pubsub.addEventListener('message', (event) => this.#deliver(event.detail))
  }

  /** Faults: `bad-topic`, `too-large`. Whether anybody heard it is not known. */
  async say(topic: string, hint: Json): Promise<void> {
    const data = new TextEncoder().encode(JSON.stringify(hint))
    if (data.byteLength > this.#options.limits.gossipBytesMax)
      throw new Fault('too-large', `A hint of ${data.byteLength} bytes is over the limit of ${this.#options.limits.gossipBytesMax}.`)
    await this.#pubsub.publish(this.#name(topic), data)
  }

  listen(topic: string, listener: (from: PeerId, hint: Json) => void): () => void {
    const name = this.#name(topic)
    const listeners = this.#topics.get(name) ?? new Set()
    if (listeners.size === 0) {
      this.#topics.set(name, listeners)
      this.#pubsub.topicValidators.set(name, (source, message) => this.#judge(asPeerId(source.toString()), message))
      this.#pubsub.subscribe(name)
    }
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      this.#topics.delete(name)
      this.#pubsub.topicValidators.delete(name)
      this.#pubsub.unsubscribe(name)
    }
  }

  forget(peer: PeerId): void {
    this.#buckets.delete(peer)
  }

  #name(topic: string): string {
    if (!topicForm.test(topic)) throw new Fault('bad-topic', `"${topic}" is not a topic name.`)
    return `/bzzz/${this.#options.clusterId}/hint/${topic}`
  }

  /** Before a hint is passed on: is its author a member, is it small and JSON, and is the neighbour that sent it within its rate? */
  #judge(source: PeerId, message: Message): TopicValidatorResult {
    const { clock, limits, counters, admits } = this.#options
    const refuse = (result: TopicValidatorResult): TopicValidatorResult => {
      counters.gossipRefused += 1
      return result
    }
    const known = this.#buckets.get(source) ?? new Bucket(limits.gossipPerSecondMax * 8, clock.nowMs())
    this.#buckets.set(source, known)
    if (!known.tryTake(1, clock.nowMs())) return refuse(TopicValidatorResult.Ignore)
    if (message.type !== 'signed' || !admits(asPeerId(message.from.toString()))) return refuse(TopicValidatorResult.Reject)
    if (message.data.byteLength > limits.gossipBytesMax || parse(message.data) === undefined) return refuse(TopicValidatorResult.Reject)
    return TopicValidatorResult.Accept
  }

  #deliver(message: Message): void {
    const listeners = this.#topics.get(message.topic)
    if (!listeners || message.type !== 'signed') return
    const hint = parse(message.data)
    if (hint === undefined) return
    for (const listener of listeners) {
      try {
        listener(asPeerId(message.from.toString()), hint)
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }
}

const parse = (data: Uint8Array): Json | undefined => {
  try {
    return JSON.parse(decoder.decode(data)) as Json // JSON.parse makes nothing else
  } catch {
    return undefined
  }
}
