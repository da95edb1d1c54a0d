import Table from 'cli-table3'
import type { Terminal } from './terminal.ts'

const nothing = ''
const borderless = {
  top: nothing,
  'top-mid': nothing,
  'top-left': nothing,
  'top-right': nothing,
  bottom: nothing,
  'bottom-mid': nothing,
  'bottom-left': nothing,
  'bottom-right': nothing,
  left: nothing,
  'left-mid': nothing,
  mid: nothing,
  'mid-mid': nothing,
  right: nothing,
  'right-mid': nothing,
  middle: '  ',
} as const

/** Rows as columns under their headings; where the terminal is too narrow for that, each row becomes a block of "heading value" lines. */
export const table = (headings: readonly string[], rows: readonly (readonly string[])[], terminal: Terminal): string => {
  const drawn = new Table({
    head: headings.map((heading) => terminal.colours.dim(heading)),
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  drawn.push(...rows.map((row) => [...row]))
  const lines = drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const widest = Math.max(...lines.map((line) => Bun.stringWidth(line)))
  return widest <= terminal.columns ? lines.join('\n') : blocks(headings, rows, terminal)
}

/** How many columns of the terminal these rows take as a table. */
export const tableWidth = (headings: readonly string[], rows: readonly (readonly string[])[]): number =>
  headings.reduce((sum, heading, at) => {
    const cells = [heading, ...rows.map((row) => row[at] ?? '')]
    return sum + Math.max(...cells.map((cell) => Bun.stringWidth(cell))) + (at === 0 ? 0 : 2)
  }, 0)

const blocks = (headings: readonly string[], rows: readonly (readonly string[])[], terminal: Terminal): string => {
  const indent = Math.max(...headings.map((heading) => heading.length)) + 2
  const block = (row: readonly string[]): string =>
    row
      .flatMap((cell, at) => {
        const heading = headings[at] ?? ''
        if (cell === '') return []
        const label = terminal.colours.dim(heading.padEnd(indent))
        return [label + wrap(cell, terminal.columns - indent).join(`\n${' '.repeat(indent)}`)]
      })
      .join('\n')
  return rows.map(block).join('\n\n')
}

/** Text broken at spaces into lines of at most `columns`; a word that is longer stays whole, so that it can be copied. */
export const wrap = (text: string, columns: number): string[] => {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && Bun.stringWidth(`${line} ${word}`) > columns) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}

/** A paragraph that fits the terminal. */
export const paragraph = (text: string, terminal: Terminal): string => wrap(text, terminal.columns).join('\n')
