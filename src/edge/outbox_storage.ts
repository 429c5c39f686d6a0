import type { Feedback, StepRecord } from "../episode/mod.ts";
import type { EndedEpisode } from "../store/mod.ts";

/**
 * What an edge keeps on its own: what it acknowledged and the centre has not yet, and the last versions it served.
 *
 * Every promise of a writing method resolves once it is on disk.
 */
export interface OutboxStorage extends AsyncDisposable {
  /** Keeps items behind those that are there; calls that come close together may share a commit. @returns Their bytes. */
  append(items: readonly OutboxItem[]): Promise<number>;
  /** What waits for the centre, oldest first. */
  pending(limit: number): Promise<readonly KeptItem[]>;
  /** Forgets what the centre has. */
  remove(items: readonly KeptItem[]): Promise<void>;
  /** Takes an item out of the way of the others, and keeps it with the reason. */
  setAside(item: KeptItem, reason: string): Promise<void>;
  /** What was set aside, oldest first. */
  asides(limit: number): Promise<readonly (KeptItem & { readonly reason: string })[]>;
  /** Lets everything that was set aside wait for the centre again. */
  readmit(): Promise<void>;
  /** How much there is. */
  counts(): Promise<OutboxCounts>;
  /** Keeps one document by name, in place of the one before. */
  keep(name: string, document: Uint8Array): Promise<void>;
  /** A document by name. */
  kept(name: string): Promise<Uint8Array | undefined>;
}

/** Something that an edge acknowledged. */
export type OutboxItem =
  | { readonly kind: "step"; readonly step: StepRecord }
  | { readonly kind: "feedback"; readonly feedback: Feedback }
  | { readonly kind: "end"; readonly end: EndedEpisode };

/** An item and its place. */
export interface KeptItem {
  /** Rises with every item; the order of sending. */
  readonly position: number;
  /** Length of its JSON in UTF-8. */
  readonly bytes: number;
  /** What it is. */
  readonly item: OutboxItem;
}

/** How much is kept. */
export interface OutboxCounts {
  /** Items that wait for the centre. */
  readonly pending: number;
  /** Their bytes. */
  readonly pendingBytes: number;
  /** Items that the centre refused. */
  readonly setAside: number;
}
