/** An executable travels over SSH to each machine and lies on each disk: these are promises to whoever waits for it. */
export const limits = { executableBytes: 115_000_000, compressedBytes: 55_000_000 } as const

export interface Sizes {
  readonly executableBytes: number
  readonly compressedBytes: number
}

/** Sizes of a file as it lies and after gzip -6, which is what a download weighs. Takes 3 s for a whole executable. */
export const measure = async (file: string): Promise<Sizes> => {
  const bytes = await Bun.file(file).bytes()
  return { executableBytes: bytes.length, compressedBytes: Bun.gzipSync(bytes, { level: 6 }).length }
}

/** Sentences about what is too large; empty when all is well. */
export const tooLarge = (sizes: Sizes): readonly string[] => {
  const found: string[] = []
  if (sizes.executableBytes > limits.executableBytes)
    found.push(`The executable has ${megabytes(sizes.executableBytes)}, more than ${megabytes(limits.executableBytes)}.`)
  if (sizes.compressedBytes > limits.compressedBytes)
    found.push(`Compressed it has ${megabytes(sizes.compressedBytes)}, more than ${megabytes(limits.compressedBytes)}.`)
  return found
}

/** "109.2 MB", decimal megabytes. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
