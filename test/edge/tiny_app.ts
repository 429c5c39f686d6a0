import { Hono } from "hono";
import { contentHashOf } from "../../src/policy/checkpoint/snapshot_bytes.ts";
import type { Scope, StoredKey } from "../../src/store/mod.ts";
import type { Access, App, AppDependencies } from "../../src/http/mod.ts";

/** Just enough of an application to decide and to judge. */
export function createApp({ agents, recorder, newId, now, randomSeed }: AppDependencies): App {
  const app = new Hono();
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.post("/v1/decisions", async (c) => {
    const { text } = await c.req.json();
    const [{ served }] = agents.values();
    const turns = [{ role: "user", text }] as const;
    const { record } = served.decide({ stepId: newId(), episodeId: newId(), now: now(), turns, seed: randomSeed() });
    await recorder.addSteps([record]);
    const { id, action, policyVersion, episodeId } = record;
    return c.json({ id, action, policyVersion, receipt: `${id} ${episodeId}` });
  });
  app.post("/v1/feedback", async (c) => {
    const { receipt, value } = await c.req.json();
    const [stepId, episodeId] = receipt.split(" ");
    const [outcome] = await recorder.addFeedback([{
      ...{ id: newId(), key: `${stepId} right`, agent: "desk", metric: "right" },
      ...{ episodeId, stepId, value, author: "program", receivedAt: now() },
    }]);
    return c.json(outcome);
  });
  return app;
}

/** Who has a key. */
export function createAccess(keys: readonly StoredKey[], anonymous: readonly Scope[]): Access {
  return {
    anonymous,
    verify: (key) =>
      keys.find(({ hash, revokedAt }) => !revokedAt && hash === contentHashOf(new TextEncoder().encode(key))),
  };
}
