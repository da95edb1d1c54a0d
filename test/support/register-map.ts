import type { Reply, Request } from './history.ts'

/** One record of the model: the version counts writes, 0 and null before the first. */
interface Cell {
  readonly version: number
  readonly value: string | null
}

/** The sequential object that histories are compared with: versioned records by key. Immutable. */
export type Cells = ReadonlyMap<string, Cell>

const untouched: Cell = { version: 0, value: null }

const write = (cells: Cells, key: string, cell: Cell, value: string): Cells => new Map(cells).set(key, { version: cell.version + 1, value })

/** The state after `request` if it may answer `reply` here, else undefined. A missing reply fits every outcome. */
export const stepCells = (cells: Cells, request: Request, reply: Reply | null): Cells | undefined => {
  if (request.kind === 'list') return reply === null || listMatches(cells, request.prefix, reply) ? cells : undefined
  return stepCell(cells, cells.get(request.key) ?? untouched, request, reply)
}

const stepCell = (cells: Cells, cell: Cell, request: Exclude<Request, { kind: 'list' }>, reply: Reply | null): Cells | undefined => {
  switch (request.kind) {
    case 'get': {
      if (reply === null) return cells
      if (reply.kind !== 'found') return undefined
      const { row } = reply
      if (row === null) return cell.version === 0 ? cells : undefined
      return row.version === cell.version && row.value === cell.value ? cells : undefined
    }
    case 'put':
      if (reply !== null && (reply.kind !== 'written' || reply.version !== cell.version + 1)) return undefined
      return write(cells, request.key, cell, request.value)
    case 'cas': {
      const fits = cell.version === request.expect
      if (reply === null) return fits ? write(cells, request.key, cell, request.value) : cells
      if (reply.kind === 'conflict') return fits ? undefined : cells
      if (reply.kind !== 'written' || !fits || reply.version !== cell.version + 1) return undefined
      return write(cells, request.key, cell, request.value)
    }
  }
}

const listMatches = (cells: Cells, prefix: string, reply: Reply): boolean => {
  if (reply.kind !== 'listed') return false
  let expected = 0
  for (const key of cells.keys()) if (key.startsWith(prefix)) expected++
  if (expected !== reply.rows.length) return false
  return reply.rows.every((row) => {
    const cell = cells.get(row.key)
    return row.key.startsWith(prefix) && cell !== undefined && cell.version === row.version && cell.value === row.value
  })
}

/** A text that two states share exactly when they are equal (both built from the same operations, so key order may differ). */
export const showCells = (cells: Cells): string => {
  if (cells.size === 0) return ''
  if (cells.size === 1) for (const [key, cell] of cells) return `${key}\u0000${cell.version}\u0000${cell.value}`
  return [...cells.entries()]
    .map(([key, cell]) => `${key}\u0000${cell.version}\u0000${cell.value}`)
    .sort()
    .join('\u0001')
}
