import type { Database, SQLQueryBindings } from 'bun:sqlite'

/** SQL as drizzle builds it from the schema. */
interface Built {
  toSQL(): { sql: string; params: unknown[] }
}

/**
 * The prepared statement of a query that drizzle built with `sql.placeholder`s only, bound by position in the order they stand in its text.
 */
export const statement = <Row, Parameters extends SQLQueryBindings[]>(database: Database, query: Built) =>
  database.prepare<Row, Parameters>(query.toSQL().sql)
