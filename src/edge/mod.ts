/** Serving far from the centre: what was acknowledged is kept and handed over, what is published is followed. @module */
export { type Backoff, backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";
export type { Centre, IngestResult } from "./centre.ts";
export { type CentreAddress, connectCentre } from "./connect_centre.ts";
export { durableObjectOutboxStorage, type DurableObjectStorage } from "./durable_object_outbox_storage.ts";
export { followCentre, type Following, type FollowOptions, type FollowStatus } from "./follow_centre.ts";
export { type FollowedKeys, followKeys, type FollowKeysOptions } from "./follow_keys.ts";
export { type Edge, type EdgeOptions, type EdgeStatus, openEdge } from "./open_edge.ts";
export { openOutbox, type Outbox, type OutboxOptions, type OutboxStatus } from "./open_outbox.ts";
export type { KeptItem, OutboxCounts, OutboxItem, OutboxStorage } from "./outbox_storage.ts";
export { type SqliteOutboxOptions, sqliteOutboxStorage } from "./sqlite_outbox_storage.ts";
