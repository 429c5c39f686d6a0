import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { createRewardModelAgent } from "../../src/agent/mod.ts";
import type { Edge } from "../../src/edge/mod.ts";
import { createAccess, createApp } from "../../src/http/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createCentralLoop, createRewardModelLearner } from "../../src/learning/mod.ts";
import { createIdSource } from "../../src/service/id_source.ts";
import { openSqliteStore } from "../../src/store/mod.ts";
import { chance } from "./chance.ts";
import { decide, judge, until } from "./conformance.ts";
import { EDGE_AGENT, openEdges } from "./open_edges.ts";

/** A centre as a service makes it: SQLite, the loop, the application, a port. */
async function openCentre(path: string) {
  const kernels = await loadKernels();
  const parts = new AsyncDisposableStack();
  const store = parts.use(await openSqliteStore(path, { metrics: { desk: EDGE_AGENT.metrics } }));
  const served = parts.use(createRewardModelAgent(kernels, "desk", EDGE_AGENT));
  const learner = createRewardModelLearner(kernels, EDGE_AGENT);
  const now = (): number => Date.now();
  const loop = parts.use(createCentralLoop({
    ...{ store, now, agents: { desk: { configuration: EDGE_AGENT, served, learner } } },
    every: (milliseconds, call) => {
      const timer = setInterval(call, milliseconds);
      return () => clearInterval(timer);
    },
  }));
  await loop.start();
  const random = chance(3);
  const app = createApp({
    ...{ store, loop, now, agents: new Map([["desk", { configuration: EDGE_AGENT, served }]]) },
    recorder: {
      addSteps: (steps) => store.steps.add(steps),
      addFeedback: (feedback) => store.feedback.add(feedback),
      endEpisode: (episode) => store.episodes.end(episode),
    },
    access: createAccess([], ["decide", "feedback", "read"]),
    receiptSecrets: [new Uint8Array(32)],
    monotonic: () => performance.now(),
    newId: createIdSource(now, (into) => into.map(() => random() * 256)),
    randomSeed: () => random() * 2 ** 32,
    limits: { bodyBytes: 1 << 20, concurrent: 512, perSecond: 0, deadlineMs: 10_000, receiptSeconds: 3600 },
    version: "test",
  });
  const ending = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: ending.signal };
  const server = Deno.serve(options, (request) => app.fetch(request));
  return {
    ...{ store, loop, app, address: `http://127.0.0.1:${server.addr.port}` },
    async [Symbol.asyncDispose](): Promise<void> {
      ending.abort();
      await server.finished;
      await parts.disposeAsync();
    },
  };
}

function reach(edge: Pick<Edge, "app">): { fetch(path: string, init?: RequestInit): Promise<Response> } {
  return { fetch: async (path, init) => await edge.app.fetch(new Request(`http://edge.test${path}`, init)) };
}

async function answer(edge: Pick<Edge, "app">, text: string): Promise<unknown> {
  const body = JSON.stringify({ text, seed: 7, explore: false });
  const headers = { "content-type": "application/json" };
  const response = await reach(edge).fetch("/v1/decisions", { method: "POST", body, headers });
  const { action, probability, policyVersion } = await response.json();
  return { action, probability, policyVersion };
}

describe("edges of a real centre", () => {
  it("serve what it learned from what was judged at the edges, bit for bit", async () => {
    const folder = await Deno.makeTempDir();
    const centre = await openCentre(`${folder}/centre.db`);
    const edges = await openEdges({ count: 3, address: centre.address, folder });
    const rewards: number[] = [];
    for (let n = 0; n < 100; n++) {
      await Promise.all(edges.map(async (edge) => {
        const decision = await decide(reach(edge), `question ${n % 8}`);
        const right = decision.action === "ab"[n % 2];
        await judge(reach(edge), decision, right);
        rewards.push(Number(right));
      }));
    }
    await Promise.all(edges.map((edge) => edge.drained()));
    await centre.loop.drain();
    const { assignment, learnedUpTo } = centre.loop.status("desk");
    equal(learnedUpTo, 300);
    ok(assignment.incumbent > 5, `${assignment.incumbent}`);
    await until(() => edges.every((edge) => edge.status().centre.versions.desk === assignment.incumbent));
    for (let n = 0; n < 8; n++) {
      const expected = await answer(centre, `question ${n}`);
      for (const edge of edges) deepEqual(await answer(edge, `question ${n}`), expected);
    }
    const learned = rewards.slice(100).reduce((sum, reward) => sum + reward, 0) / 200;
    ok(learned > 0.8, `${learned}, where guessing gives 0.5`);
    const { joined, early, orphaned, duplicate } = await centre.store.feedback.counts("desk");
    deepEqual({ judged: joined + early, orphaned, duplicate }, { judged: 300, orphaned: 0, duplicate: 0 });

    for (const edge of edges) await edge[Symbol.asyncDispose]();
    await centre[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });
});
