export type { SqliteDatastore } from './datastore.ts'
export { lockFolder } from './lock.ts'
export { databaseName, hasHistory } from './open-database.ts'
export { openStore, type Store, type StoreOptions } from './store.ts'
