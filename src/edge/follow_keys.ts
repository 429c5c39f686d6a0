import type { Access } from "../http/app_dependencies.ts";
import type { StoredKey } from "../store/mod.ts";
import type { Centre } from "./centre.ts";
import type { OutboxStorage } from "./outbox_storage.ts";
import { wait } from "./_wait.ts";

/** What following keys takes. */
export interface FollowKeysOptions {
  /** Who has the keys. */
  readonly centre: Centre;
  /** Where their hashes are kept, for a start without the centre. */
  readonly storage: OutboxStorage;
  /** Makes who may do what from the hashes: `createAccess` of `http`. */
  readonly createAccess: (keys: readonly StoredKey[]) => Access;
  /** Milliseconds between two questions: how long a withdrawn key is still good here. Default 5000. */
  readonly everyMs?: number;
}

/** Who may do what, as the centre says. */
export interface FollowedKeys extends AsyncDisposable {
  /** Changes by itself. */
  readonly access: Access;
}

const DOCUMENT = "keys";

/**
 * Lets in whom the centre lets in: every edge has the hashes of the centre's keys, and goes on with the last ones while the
 * centre is away.
 *
 * @returns After the first answer, or the first failure to get one.
 */
export async function followKeys(options: FollowKeysOptions): Promise<FollowedKeys> {
  const { centre, storage, createAccess, everyMs = 5000 } = options;
  const kept = await storage.kept(DOCUMENT);
  let text = kept ? new TextDecoder().decode(kept) : "[]";
  let access = createAccess(JSON.parse(text) as readonly StoredKey[]);

  /** Asks; a centre that is away changes nothing, and says so elsewhere. */
  async function ask(): Promise<void> {
    const keys = await centre.keys().catch(() => undefined);
    const told = JSON.stringify(keys ?? JSON.parse(text));
    if (told === text) return;
    text = told;
    access = createAccess(JSON.parse(text) as readonly StoredKey[]);
    await storage.keep(DOCUMENT, new TextEncoder().encode(text));
  }

  const stopped = new AbortController();
  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      await wait(everyMs, stopped.signal);
      if (!stopped.signal.aborted) await ask();
    }
  }

  await ask();
  const following = follow();
  return {
    access: {
      get anonymous() {
        return access.anonymous;
      },
      verify: (key) => access.verify(key),
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stopped.abort();
      await following;
    },
  };
}
