import type { Database, SQLQueryBindings, Statement } from 'bun:sqlite'

/** SQL as drizzle builds it from the schema. */
interface Built {
  toSQL(): { sql: string; params: unknown[] }
}

const prepared = new WeakMap<Database, Statement[]>()

/**
 * The prepared statement of a query that drizzle built with `sql.placeholder`s only, bound by position in the order they stand in its text.
 * It lives until `closeDatabase`.
 */
export const statement = <Row, Parameters extends SQLQueryBindings[]>(database: Database, query: Built) =>
  keep(database, database.prepare<Row, Parameters>(query.toSQL().sql))

/** Notes a statement, so that it ends with its database. */
export const keep = <Kept extends Statement<unknown, SQLQueryBindings[]>>(database: Database, made: Kept): Kept => {
  const known = prepared.get(database) ?? []
  // Only `finalize` is ever called on what is noted here; its types do not matter.
  known.push(made as unknown as Statement)
  prepared.set(database, known)
  return made
}

/**
 * Closes for real: with a statement left open SQLite would keep the connection, its journal and its locks until the statement is collected.
 * The journal is written back first, so that the file alone is the whole database.
 */
export const closeDatabase = (database: Database): void => {
  for (const made of prepared.get(database) ?? []) made.finalize()
  prepared.delete(database)
  database.close(true)
}
