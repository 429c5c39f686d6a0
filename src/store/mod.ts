/** What is kept: one schema, two dialects; the only room that speaks SQL. @module */
export type * from "./store.ts";
export type { PostgresDeadlines } from "./postgresql/connection.ts";
export { openPostgresStore, type PostgresStoreOptions } from "./postgresql/open_postgres_store.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/open_sqlite_store.ts";
export { openThreadedStore } from "./threaded/open_threaded_store.ts";
