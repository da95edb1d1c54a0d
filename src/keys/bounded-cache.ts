/** Remembers what `make` answered for the last `sizeMax` keys, oldest dropped first. For pure functions only. */
export const remembered = <Key, Value>(sizeMax: number, make: (key: Key) => Value): ((key: Key) => Value) => {
  const kept = new Map<Key, { readonly value: Value }>()
  return (key) => {
    const known = kept.get(key)
    if (known) return known.value
    const value = make(key)
    if (kept.size >= sizeMax) for (const oldest of kept.keys()) if (kept.delete(oldest)) break
    kept.set(key, { value })
    return value
  }
}
