export type { SqliteDatastore } from './datastore.ts'
export { databaseName } from './open-database.ts'
export { openStore, type Store, type StoreOptions } from './store.ts'
