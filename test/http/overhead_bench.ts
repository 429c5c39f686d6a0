/**
 * What a request costs beyond the policy's own time and the store: `deno run -A test/http/overhead_bench.ts`. Prints
 * microseconds for each decision and judgement through `app.fetch`, in one process, one at a time.
 */
import { createApp } from "../../src/http/mod.ts";
import { fakeApp, json, keyFor } from "./fakes.ts";

const { deps } = fakeApp({ anonymous: [] });
const recorder = {
  ...deps.recorder,
  addSteps: () => Promise.resolve(),
  addFeedback: () => Promise.resolve([{ kind: "accepted", id: "f", status: "joined" } as const]),
};
const limits = { ...deps.limits, perSecond: 1e9 };
const app = createApp({
  ...deps,
  recorder,
  limits,
  monotonic: () => performance.now(),
  newId: () => crypto.randomUUID(),
});
const asked = {
  turns: [{ role: "user", text: "my card was charged twice for the same order, what can you do about it?" }],
  candidates: Array.from({ length: 10 }, (_, i) => `action number ${i}`),
};
const address = "http://127.0.0.1";
const headers = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const decide = (): Response | Promise<Response> =>
  app.fetch(new Request(`${address}/v1/decisions`, json(asked, headers(keyFor(["decide"])))));
const { receipt } = await (await decide()).json();
const judge = (): Response | Promise<Response> =>
  app.fetch(new Request(`${address}/v1/feedback`, json({ receipt, value: true })));
const nothing = (): Response | Promise<Response> => app.fetch(new Request(`${address}/health`));
const bare = async (): Promise<Response> => {
  const request = new Request(`${address}/v1/decisions`, json(asked, headers(keyFor(["decide"]))));
  return Response.json(await request.json());
};

for (const [name, send] of Object.entries({ decide, judge, health: nothing, "bare Request, JSON, Response": bare })) {
  const rounds: number[] = [];
  for (let round = 0; round < 12; round++) {
    const started = performance.now();
    for (let i = 0; i < 2000; i++) {
      const response = await send();
      if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
    rounds.push((performance.now() - started) * 1000 / 2000);
  }
  rounds.sort((a, b) => a - b);
  console.log(`${name}: ${rounds[0].toFixed(1)} µs best, ${rounds[6].toFixed(1)} µs median of ${rounds.length} rounds`);
}
