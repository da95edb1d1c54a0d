import { canonical } from '../base/index.ts'
import type { StateReader, StateView } from '../consensus/ports.ts'
import type { MetaRow, Row, Space } from './spaces.ts'

const pageSize = 500

/** One row; undefined where there is none. Rows are written only by `write` and checked by schema when a snapshot brings them. */
export const read = <Name extends Space>(state: StateReader, space: Name, key: string): Row<Name> | undefined => {
  const text = state.get(space, key)
  return text === undefined ? undefined : rowOf<Name>(text)
}

/** Rows in key order, one page. */
export const readAll = <Name extends Space>(
  state: StateReader,
  space: Name,
  options: { readonly prefix?: string; readonly after?: string; readonly limit?: number } = {},
): { readonly key: string; readonly row: Row<Name> }[] =>
  state.list(space, { limit: pageSize, ...options }).map(({ key, value }) => ({ key, row: rowOf<Name>(value) }))

/** Every row of a space as text, page by page. */
export function* everyRow(state: StateReader, space: Space): Generator<{ readonly key: string; readonly value: string }> {
  let after: string | undefined
  for (;;) {
    const page = state.list(space, after === undefined ? { limit: pageSize } : { after, limit: pageSize })
    yield* page
    after = page.at(-1)?.key
    if (after === undefined || page.length < pageSize) return
  }
}

export const write = <Name extends Space>(state: StateView, space: Name, key: string, row: Row<Name>): void =>
  state.put(space, key, canonical(row))

/** A single row of the meta space whose key is its kind. */
export const readMeta = <Kind extends Row<'meta'>['kind']>(
  state: StateReader,
  kind: Kind,
  key: string = kind,
): MetaRow<Kind> | undefined => {
  const row = read(state, 'meta', key)
  // The key decides the kind: `writeMeta` is the only writer.
  return row?.kind === kind ? (row as MetaRow<Kind>) : undefined
}

export const writeMeta = (state: StateView, row: Row<'meta'>, key: string = row.kind): void => write(state, 'meta', key, row)

// The one place where state text becomes a typed row: what stands there was written by `write` or passed `verifySnapshot`.
const rowOf = <Name extends Space>(text: string): Row<Name> => JSON.parse(text) as Row<Name>
