import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import OpenAI from "openai";
import { createRewardModelAgent } from "../../../src/agent/mod.ts";
import { createApp } from "../../../src/http/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { openSqliteStore } from "../../../src/store/mod.ts";
import { configuration as greedier } from "../../learning/loop/fixtures.ts";
import type { EddyAnswer } from "../../../src/http/openai/eddy_answer.ts";
import { createReceiptBook } from "../../../src/episode/mod.ts";
import { NOW } from "../fakes.ts";
import { fakeApplication } from "./fake_application.ts";

const configuration = { ...greedier, exploration: { kind: "softmax", temperature: 1 } } as const;
const kernels = await loadKernels();

describe("openAiRoutes() over a reward model and SQLite", () => {
  it("has kept every choice when the client reads it, and gives it again for its seed", async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/eddy.db`;
    try {
      const steps: string[] = [];
      {
        await using store = await openSqliteStore(path, { metrics: { router: configuration.metrics } });
        using served = createRewardModelAgent(kernels, "router", configuration);
        const { deps } = fakeApplication({
          agents: new Map([["router", { configuration, served }]]),
          recorder: {
            addSteps: (steps) => store.steps.add(steps),
            addFeedback: (feedback) => store.feedback.add(feedback),
            endEpisode: (episode) => store.episodes.end(episode),
          },
        });
        const app = createApp(deps);
        await using server = Deno.serve(
          { hostname: "127.0.0.1", port: 0, onListen: () => {} },
          (request) => app.fetch(request),
        );
        const baseURL = `http://127.0.0.1:${server.addr.port}/v1`;
        const client = new OpenAI({ apiKey: "anything", baseURL, maxRetries: 0 });
        const ask = { model: "router", messages: [{ role: "user" as const, content: "where is 3" }], logprobs: true };
        const { choices } = await client.chat.completions.create({ ...ask, n: 16, seed: 11, top_logprobs: 20 });
        ok(new Set(choices.map(({ message }) => message.content)).size > 1, "an agent that explores differs");
        for (const { message, logprobs, ...choice } of choices) {
          const { step, episode, receipt, probability, policyVersion, seed } =
            (choice as unknown as { eddy: EddyAnswer }).eddy;
          deepEqual(createReceiptBook(deps.receiptSecrets).verify(receipt, NOW), {
            ...{ episodeId: episode, stepId: step, agent: "router", policyVersion, metrics: ["right"] },
            expiresAt: NOW + deps.limits.receiptSeconds * 1000,
          });
          const kept = await store.steps.get(step);
          deepEqual([kept?.action, kept?.propensity, kept?.seed], [message.content, probability, seed]);
          const [token] = logprobs!.content!;
          equal(token.logprob, Math.log(probability));
          const total = token.top_logprobs.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
          ok(Math.abs(total - 1) < 1e-5, `all candidates together: ${total}`);
          const again = await client.chat.completions.create({ ...ask, seed });
          equal(again.choices[0].message.content, message.content);
          steps.push(step);
        }
        const best = await client.chat.completions.create({ ...ask, temperature: 0 });
        equal((best as unknown as { eddy: EddyAnswer }).eddy.probability, 1);
      }
      await using reopened = await openSqliteStore(path, { metrics: { router: configuration.metrics } });
      for (const step of steps) equal((await reopened.steps.get(step))?.id, step);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
