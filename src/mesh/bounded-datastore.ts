import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { Fault } from '../base/index.ts'

const valueBytesMax = 64 * 1024

/** Keeps the newest `keysMax` values in memory. kad-dht stores provider records of anybody without asking a validator, so something must end it. */
export class BoundedDatastore extends MemoryDatastore {
  readonly #keysMax: number
  readonly #order = new Set<string>()

  constructor(keysMax: number) {
    super()
    this.#keysMax = keysMax
  }

  override async put(key: Key, value: Uint8Array): Promise<Key> {
    if (value.byteLength > valueBytesMax)
      throw new Fault('too-large', `A value of ${value.byteLength} bytes is over the limit of ${valueBytesMax}.`)
    const name = key.toString()
    this.#order.delete(name)
    this.#order.add(name)
    for (const oldest of this.#order) {
      if (this.#order.size <= this.#keysMax) break
      await this.delete(new Key(oldest))
    }
    return super.put(key, value)
  }

  override async delete(key: Key): Promise<void> {
    this.#order.delete(key.toString())
    await super.delete(key)
  }
}
