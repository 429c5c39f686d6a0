import { createCandidateLists } from "./candidate_lists.ts";
import type { Database } from "./database.ts";
import { createEpisodeStore } from "./episodes.ts";
import { createFeedbackStore } from "./feedback.ts";
import { forget } from "./forget.ts";
import { createKeyStore } from "./keys.ts";
import { createPolicyStore } from "./policies.ts";
import { createRewardStore } from "./rewards.ts";
import { createStepStore } from "./steps.ts";
import type { Store, StoreOptions } from "./store.ts";
import { createWriter } from "./writer.ts";

/** A store over a database of either dialect, which it closes. */
export function createStore(database: Database, options: StoreOptions): Store {
  const lists = createCandidateLists(database);
  const writer = createWriter(database, lists, options);
  let closed: Promise<void> | undefined;
  return {
    dialect: database.dialect,
    steps: createStepStore(database, writer, lists),
    feedback: createFeedbackStore(database, writer),
    rewards: createRewardStore(database, writer, lists),
    episodes: createEpisodeStore(database, writer, lists),
    policies: createPolicyStore(database, writer),
    keys: createKeyStore(database, writer),
    ping: (deadlineMs) => closed === undefined ? ping(database, deadlineMs) : Promise.resolve(false),
    forget: (before, learnedUpTo) => forget(database, writer, before, learnedUpTo),
    [Symbol.asyncDispose]: () => closed ??= writer.close().finally(() => database.close()),
  };
}

async function ping({ db }: Database, deadlineMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), deadlineMs));
  const answer = db.selectFrom("journals").select("agent").limit(1).execute().then(() => true, () => false);
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
