/**
 * The y of every point of small order, also in the spellings that stand for the same number (little endian, sign bit cleared). Under such a key
 * anybody can sign anything: R and S that fit are known without a private half.
 */
const weak: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])

/** Whether an Ed25519 public key (base64url) is spelled in the one way we write it and proves something. */
export const isSoundKey = (key: string): boolean => {
  const bytes = Buffer.from(key, 'base64url')
  if (bytes.length !== 32 || bytes.toString('base64url') !== key) return false
  const y = Buffer.from(bytes)
  y.writeUInt8(y.readUInt8(31) & 0x7f, 31)
  return !weak.has(y.toString('hex'))
}
