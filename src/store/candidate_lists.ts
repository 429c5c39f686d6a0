import { createHash } from "node:crypto";
import type { Database } from "./database.ts";
import { leastRecent } from "./least_recent.ts";
import type { Connection, Unit } from "./schema.ts";

/** Lists of candidates, each kept once by its hash. */
export interface CandidateLists {
  /** The hash of a list, with its JSON text. */
  name(candidates: readonly string[]): NamedList;
  /** Lists by hash; those that are read again and again are one and the same array. */
  read(db: Connection | Unit, hashes: Iterable<string | null>): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** A list of candidates as it is kept. */
export interface NamedList {
  /** First 128 bits of the SHA-256 of `text`, hex. */
  readonly hash: string;
  /** JSON. */
  readonly text: string;
}

/** Lists whose hash or content is remembered. */
const REMEMBERED = 1_000;

/** Reads and names lists over a database. */
export function createCandidateLists(database: Database): CandidateLists {
  // An agent's own list is the same array with every request; the hash of another is looked up by its text.
  const byArray = new WeakMap<readonly string[], NamedList>();
  const byText = leastRecent<NamedList>(REMEMBERED);
  const byHash = leastRecent<readonly string[]>(REMEMBERED);

  return {
    name(candidates: readonly string[]): NamedList {
      const known = Object.isFrozen(candidates) ? byArray.get(candidates) : undefined;
      if (known !== undefined) return known;
      const text = JSON.stringify(candidates);
      let named = byText.get(text);
      if (named === undefined) {
        named = { text, hash: createHash("sha256").update(text).digest("hex").slice(0, 32) };
        byText.set(text, named);
      }
      if (Object.isFrozen(candidates)) byArray.set(candidates, named);
      return named;
    },

    async read(
      db: Connection | Unit,
      hashes: Iterable<string | null>,
    ): Promise<ReadonlyMap<string, readonly string[]>> {
      const lists = new Map<string, readonly string[]>();
      const missing: string[] = [];
      for (const hash of new Set(hashes)) {
        if (hash === null) continue;
        const known = byHash.get(hash);
        if (known === undefined) missing.push(hash);
        else lists.set(hash, known);
      }
      if (missing.length === 0) return lists;
      const rows = await db.selectFrom("candidate_lists").selectAll().where(database.among("hash", missing)).execute();
      for (const { hash, candidates } of rows) {
        const list = Object.freeze(JSON.parse(candidates) as string[]);
        byHash.set(hash, list);
        lists.set(hash, list);
      }
      return lists;
    },
  };
}
