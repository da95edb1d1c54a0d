import { epochOf, type Term } from '../base/index.ts'
import { charsOf, positionOf } from './entry.ts'
import { invariant, present } from './invariant.ts'
import type { Loaded } from './ports.ts'
import type { Configuration, Entry, LogIndex, Position } from './types.ts'

/** The log from its base (last compacted entry) to its end, wholly in memory, with the configurations that stand in it. */
export class Log {
  base: Position
  baseStampMs: number
  /** Weight of all entries together. */
  chars = 0
  #entries: Entry[] = []
  /** Ascending by index; the first is the one at the base. */
  #configurations: { index: LogIndex; configuration: Configuration }[]

  constructor(loaded: Pick<Loaded, 'base' | 'baseStampMs' | 'baseConfiguration' | 'entries'>) {
    this.base = loaded.base
    this.baseStampMs = loaded.baseStampMs
    this.#configurations = [{ index: loaded.base.index, configuration: loaded.baseConfiguration }]
    for (const entry of loaded.entries) this.append(entry)
  }

  get firstIndex(): LogIndex {
    return this.base.index + 1
  }

  get lastIndex(): LogIndex {
    return this.base.index + this.#entries.length
  }

  get last(): Position {
    return this.#entries.at(-1) ?? this.base
  }

  get lastStampMs(): number {
    return this.#entries.at(-1)?.stampMs ?? this.baseStampMs
  }

  /** The newest configuration in the log, committed or not. */
  get configuration(): Configuration {
    return present(this.#configurations.at(-1), 'a configuration').configuration
  }

  /** Index of the entry that brought the newest configuration. */
  get configurationIndex(): LogIndex {
    return present(this.#configurations.at(-1), 'a configuration').index
  }

  /** Cluster epoch of the newest take-over in this log; 0 before any. */
  get epoch(): number {
    return epochOf(this.last.term)
  }

  configurationAt(index: LogIndex): Configuration {
    return present(this.#configurations.findLast((at) => at.index <= index) ?? this.#configurations[0], 'a configuration').configuration
  }

  /** Undefined outside of base.index + 1 … lastIndex. */
  at(index: LogIndex): Entry | undefined {
    return this.#entries[index - this.base.index - 1]
  }

  /** Undefined outside of base.index … lastIndex. */
  positionAt(index: LogIndex): Position | undefined {
    return index === this.base.index ? this.base : this.at(index)
  }

  termAt(index: LogIndex): Term | undefined {
    return this.positionAt(index)?.term
  }

  /** Entries from `from` to `to` (inclusive), at most `entriesMax` and `charsMax`, but at least one where there is one. */
  slice(from: LogIndex, to: LogIndex, entriesMax: number, charsMax: number): Entry[] {
    const first = from - this.base.index - 1
    invariant(first >= 0, 'entries are read behind the base only')
    const end = Math.min(to - this.base.index, this.#entries.length, first + entriesMax)
    let last = first
    for (let chars = 0; last < end; last++) {
      chars += charsOf(present(this.#entries[last], 'an entry in range'))
      if (chars > charsMax && last > first) break
    }
    return this.#entries.slice(first, last)
  }

  /** Adds the next entry; whether its hash continues the chain was checked where it came in. */
  append(entry: Entry): void {
    invariant(entry.index === this.lastIndex + 1, 'the log has no gaps')
    this.#entries.push(entry)
    this.chars += charsOf(entry)
    const { payload, index } = entry
    if (payload.kind === 'configuration') this.#configurations.push({ index, configuration: payload.configuration })
    if (payload.kind === 'takeover') {
      const { id, base, configuration, body } = payload
      this.#configurations.push({ index, configuration: { ...configuration, takeover: { id, base, configuration, body } } })
    }
  }

  /** Drops `index` and everything behind it. `revert` is false only in a negative control. */
  truncateFrom(index: LogIndex): void {
    invariant(index > this.base.index, 'nothing compacted is truncated')
    for (const entry of this.#entries.splice(index - this.base.index - 1)) this.chars -= charsOf(entry)
    while (this.#configurations.length > 1 && this.configurationIndex >= index) this.#configurations.pop()
  }

  /** Forgets everything up to and including `index`, which becomes the base. */
  compactTo(index: LogIndex): void {
    const entry = present(this.at(index), 'the new base')
    const configuration = this.configurationAt(index)
    for (const gone of this.#entries.splice(0, index - this.base.index)) this.chars -= charsOf(gone)
    this.base = positionOf(entry)
    this.baseStampMs = entry.stampMs
    this.#configurations = [{ index, configuration }, ...this.#configurations.filter((at) => at.index > index)]
  }

  /** Starts over behind a snapshot (or before everything, after a wipe). */
  reset(base: Position, stampMs: number, configuration: Configuration): void {
    this.base = base
    this.baseStampMs = stampMs
    this.chars = 0
    this.#entries = []
    this.#configurations = [{ index: base.index, configuration }]
  }
}
