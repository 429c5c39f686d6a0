import type { AssignmentMessage, IngestAnswer, IngestBatch } from "../http/edge_messages.ts";
import type { StoredKey } from "../store/mod.ts";

/** The centre as an edge sees it. Every method throws {@linkcode EddyError} when the centre does not answer as it should. */
export interface Centre {
  /** Hands over what was acknowledged; resolves once the centre has it on disk, or refuses it for what it says. */
  ingest(batch: IngestBatch): Promise<IngestResult>;
  /** What serves an agent, and the way there from the versions `have`. */
  agent(name: string, have: readonly number[]): Promise<AssignmentMessage>;
  /** The bytes of a snapshot, which have that SHA-256. */
  snapshot(hash: string): Promise<Uint8Array>;
  /** The hashes of the centre's keys. */
  keys(): Promise<readonly StoredKey[]>;
  /**
   * Every change of what serves `agents`, starting with what serves now; `undefined` is a sign of life. Ends when the
   * centre ends it, throws when the centre falls silent.
   */
  follow(agents: readonly string[], signal: AbortSignal): AsyncIterable<AssignmentMessage | undefined>;
}

/** What became of a batch. */
export type IngestResult =
  | ({ readonly kind: "kept" } & IngestAnswer)
  /** It will never be taken as it is; something in it is wrong. */
  | { readonly kind: "refused"; readonly reason: string };
