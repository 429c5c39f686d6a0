import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import OpenAI from "openai";
import type { ServedAgent } from "../../../src/agent/mod.ts";
import type { StepRecord } from "../../../src/episode/mod.ts";
import { type AppDependencies, createApp } from "../../../src/http/mod.ts";
import type { Finish, LanguageModel, SpokenToken } from "../../../src/policy/mod.ts";
import { fakeApplication } from "./fake_application.ts";
import { SPEAKING, speakingAgent } from "./speaking_agent.ts";

type Params = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

const LIMITS = { bodyBytes: 4096, concurrent: 64, perSecond: 0, deadlineMs: 20_000, receiptSeconds: 3600 };

/** An agent that tells when its answers begin and end, and takes `pauseMs` for each token. */
async function listenedAgent(
  pauseMs: number,
): Promise<{ readonly served: ServedAgent; readonly counts: { begun: number; ended: number; tokens: number } }> {
  const served = await speakingAgent();
  const { model, ...rest } = served.language!();
  const counts = { begun: 0, ended: 0, tokens: 0 };
  const speakTogether: LanguageModel["speakTogether"] = async function* (
    ...asked
  ): AsyncGenerator<SpokenToken, Finish, undefined> {
    counts.begun++;
    const speech = model.speakTogether(...asked);
    try {
      for (let next = await speech.next();; next = await speech.next()) {
        if (next.done) return next.value;
        counts.tokens++;
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        yield next.value;
      }
    } finally {
      await speech.return({ reason: "end", text: "" });
      counts.ended++;
    }
  };
  return { served: { ...served, language: () => ({ ...rest, model: { ...model, speakTogether } }) }, counts };
}

/** Runs `use` with an official client that reaches an agent `tiny` through a port. */
async function withPort(
  served: ServedAgent,
  use: (client: OpenAI, kept: readonly StepRecord[]) => Promise<void>,
  limits: Partial<AppDependencies["limits"]> = {},
): Promise<void> {
  using agent = served;
  const { deps, kept } = fakeApplication({
    agents: new Map([["tiny", { configuration: SPEAKING, served: agent }]]),
    limits: { ...LIMITS, ...limits },
  });
  using app = createApp(deps);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => app.fetch(request),
  );
  await use(new OpenAI({ apiKey: "a", baseURL: `http://127.0.0.1:${server.addr.port}/v1`, maxRetries: 0 }), kept);
}

const asking = (index: number): Params => ({
  model: "tiny",
  messages: [{ role: "user", content: `hello ${"how are you, ".repeat(index % 4)}${index}` }],
  ...{ seed: index, max_tokens: 30, logprobs: true, temperature: index % 2 ? 1 : 0.7 },
  ...(index % 3 === 0 && { logit_bias: { 1: -100 } }),
});

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    ok(performance.now() < deadline, "it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe("concurrent answers of a language model over HTTP", () => {
  it("are the answers that each request gets alone, tokens and log-probabilities", async () => {
    await withPort(await speakingAgent(), async (client) => {
      const answers = async (together: boolean): Promise<unknown[]> => {
        const told: unknown[] = [];
        const asked = Array.from({ length: 12 }, (_, index) => async () => {
          const { choices: [{ message, logprobs, finish_reason }] } = await client.chat.completions.create(
            asking(index),
          );
          told[index] = [message.content, logprobs, finish_reason];
        });
        if (together) await Promise.all(asked.map((ask) => ask()));
        else for (const ask of asked) await ask();
        return told;
      };
      deepEqual(await answers(true), await answers(false));
    });
  });

  it("tells the choices of one request side by side, each the same as by itself", async () => {
    await withPort(await speakingAgent(), async (client, kept) => {
      const request = { ...asking(3), n: 4 };
      const whole = await client.chat.completions.create(request);
      const texts = whole.choices.map(() => "");
      const order: number[] = [], receipts: string[] = [];
      let usage: OpenAI.CompletionUsage | null | undefined;
      const stream = await client.chat.completions.create({
        ...request,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) {
        usage = chunk.usage ?? usage;
        const [choice] = chunk.choices;
        if (!choice) continue;
        texts[choice.index] += choice.delta.content ?? "";
        if (choice.delta.content) order.push(choice.index);
        const { eddy } = choice as { readonly eddy?: { readonly receipt: string } };
        if (eddy) receipts[choice.index] = eddy.receipt;
      }
      deepEqual(texts, whole.choices.map(({ message }) => message.content));
      ok(order.indexOf(3) < order.lastIndexOf(0), order.join());
      deepEqual([receipts.filter((receipt) => receipt).length, kept.length], [4, 8]);
      equal(usage!.completion_tokens, whole.usage!.completion_tokens);
      const { choices } = await client.completions.create({ model: "tiny", prompt: ["hello", "how"], seed: 1, n: 2 });
      const alone = await client.completions.create({ model: "tiny", prompt: "how", seed: 2 });
      equal(choices[3].text, alone.choices[0].text);
    });
  });

  it("end when their client goes away, and nothing is kept of them", async () => {
    const { served, counts } = await listenedAgent(5);
    await withPort(served, async (client, kept) => {
      const gone = new AbortController();
      const long = { ...asking(3), max_tokens: 200 };
      const whole = fetch(`${client.baseURL}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(long),
        signal: gone.signal,
      });
      const stream = await client.chat.completions.create({ ...long, stream: true }, { signal: gone.signal });
      for await (const _ of stream) {
        if (counts.begun === 2 && counts.tokens > 6) break;
      }
      gone.abort();
      await rejects(whole);
      await until(() => counts.ended === 2);
      ok(counts.tokens < 200, `${counts.tokens} tokens`);
      equal(kept.length, 0);
      equal((await client.chat.completions.create({ ...asking(2), max_tokens: 3 })).choices.length, 1);
    });
  });

  it("are given up at the deadline, all choices of a request together", async () => {
    const { served, counts } = await listenedAgent(20);
    await withPort(served, async (client, kept) => {
      const late = { ...asking(3), max_tokens: 200, n: 3 };
      await rejects(client.chat.completions.create(late), { status: 504, code: "timed_out" });
      await until(() => counts.ended === 3);
      await rejects(client.completions.create({ model: "tiny", prompt: "a", logit_bias: { 1: -100 } }), {
        ...{ status: 504, code: "timed_out" },
      });
      await until(() => counts.ended === 4);
      equal(kept.length, 0);
    }, { deadlineMs: 250 });
  });
});
