/** The little of protocol buffers that etcd's KV and Maintenance services need: varints and length-delimited fields. */
export const bytesField = (number: number, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([varint((number << 3) | 2), varint(bytes.byteLength), bytes])

/** Number fields of a message by field number (the last one wins); nested messages stay bytes. */
export const fieldsOf = (message: Uint8Array): { readonly numbers: Map<number, bigint>; readonly bytes: Map<number, Uint8Array> } => {
  const numbers = new Map<number, bigint>()
  const bytes = new Map<number, Uint8Array>()
  let at = 0
  const next = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new Error('a protobuf message ends within a number')
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < message.byteLength) {
    const tag = Number(next())
    const [field, wire] = [tag >> 3, tag & 7]
    if (wire === 0) numbers.set(field, next())
    else if (wire === 2) {
      const length = Number(next())
      bytes.set(field, message.subarray(at, at + length))
      at += length
    } else throw new Error(`a protobuf message has a field of wire type ${wire}`)
  }
  return { numbers, bytes }
}

const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128)
  bytes.push(value)
  return Uint8Array.from(bytes)
}
