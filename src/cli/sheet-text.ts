/** The 24 words in four columns, numbered, as they are copied to paper. */
export const sheetText = (words: readonly string[]): string => {
  const rows = Math.ceil(words.length / 4)
  const cell = (at: number) => (words[at] === undefined ? '' : `${String(at + 1).padStart(2)} ${words[at].padEnd(9)}`)
  return Array.from({ length: rows }, (_, row) =>
    [0, 1, 2, 3]
      .map((column) => cell(column * rows + row))
      .join('  ')
      .trimEnd(),
  ).join('\n')
}
