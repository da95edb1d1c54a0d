import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The set-up of a fresh node: one row. Codes and sessions are kept as hashes; nothing in it opens anything. */
export const setup = sqliteTable('setup', {
  id: integer('id').primaryKey(),
  codeHash: text('code_hash'),
  codeExpiresMs: integer('code_expires_ms').notNull(),
  sessionHash: text('session_hash'),
  draft: text('draft').notNull(),
})
