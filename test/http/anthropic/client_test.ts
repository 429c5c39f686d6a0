import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import type { StepRecord } from "../../../src/episode/mod.ts";
import { type AppDependencies, createApp } from "../../../src/http/mod.ts";
import { fakeApplication } from "../openai/fake_application.ts";
import { SPEAKING, speakingAgent } from "../openai/speaking_agent.ts";

const ask = {
  model: "tiny",
  max_tokens: 99,
  messages: [{ role: "user" as const, content: "hello" }],
} satisfies Anthropic.MessageCreateParamsNonStreaming;
const tools: Anthropic.Tool[] = [{ name: "ship", input_schema: { type: "object", properties: {} } }];
/** Taken by the endpoint, and no longer among the client's types. */
const GREEDY: object = { temperature: 0 };
const CALL = '<tool_call>{"name": "ship", "arguments": {"order": "O1"}}</tool_call>';

async function withModel(
  text: string | undefined,
  use: (client: Anthropic, kept: readonly StepRecord[]) => Promise<void>,
  changes: Partial<AppDependencies> = {},
): Promise<void> {
  using served = await speakingAgent(text);
  const { deps, kept } = fakeApplication(changes);
  using app = createApp({ ...deps, agents: new Map([...deps.agents, ["tiny", { configuration: SPEAKING, served }]]) });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => app.fetch(request),
  );
  await use(
    new Anthropic({ apiKey: "anything", baseURL: `http://127.0.0.1:${server.addr.port}`, maxRetries: 0 }),
    kept,
  );
}

describe("the official Anthropic client against anthropicRoutes()", () => {
  it("gets an answer, its usage and a receipt", async () => {
    await withModel("hello there", async (client, kept) => {
      const answer = await client.messages.create({ ...ask, system: "Be kind." });
      deepEqual(answer.content, [{ type: "text", text: "hello there" }]);
      deepEqual([answer.role, answer.stop_reason, answer.stop_sequence], ["assistant", "end_turn", null]);
      ok(answer.usage.output_tokens > 0 && answer.usage.input_tokens > 0);
      deepEqual(kept[0].turns, [{ role: "system", text: "Be kind." }, { role: "user", text: "hello" }]);
      const { eddy } = answer as unknown as { eddy: { step: string; receipt: string } };
      deepEqual([eddy.step, answer.id, eddy.receipt.length > 20], [kept[0].id, `msg_${kept[0].id}`, true]);
    });
  });

  it("gets the same as a stream", async () => {
    await withModel(`Right away. ${CALL}`, async (client, kept) => {
      const pieces: string[] = [];
      const stream = client.messages.stream({ ...ask, tools }).on("text", (piece) => pieces.push(piece));
      const final = await stream.finalMessage();
      const [text, call] = final.content;
      equal(text.type === "text" && text.text, "Right away. ");
      deepEqual(call.type === "tool_use" && [call.name, call.input], ["ship", { order: "O1" }]);
      equal(final.stop_reason, "tool_use");
      ok(pieces.length > 1 && final.usage.output_tokens > 5);
      equal(kept.length, 1);
    });
  });

  it("calls tools, and reads what they gave", async () => {
    await withModel(CALL, async (client, kept) => {
      const answer = await client.messages.create({ ...ask, tools, tool_choice: { type: "auto" } });
      equal(answer.stop_reason, "tool_use");
      const [call] = answer.content;
      ok(call.type === "tool_use" && call.name === "ship");
      await client.messages.create({
        ...ask,
        tools,
        messages: [
          ...ask.messages,
          { role: "assistant", content: answer.content as Anthropic.ContentBlockParam[] },
          {
            role: "user",
            content: [
              { type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "shipped" }] },
              { type: "text", text: "thanks" },
            ],
          },
        ],
      });
      deepEqual(kept[1].turns.map(({ role, text }) => [role, text]), [
        ["user", "hello"],
        ["assistant", CALL],
        ["tool", "shipped"],
        ["user", "thanks"],
      ]);
    });
  });

  it("is told which stop sequence ended an answer, and that it was cut", async () => {
    await withModel("hello there, how are you", async (client) => {
      const stopped = await client.messages.create({ ...ask, stop_sequences: ["zzz", ", how"] });
      deepEqual([stopped.content, stopped.stop_reason, stopped.stop_sequence], [
        [{ type: "text", text: "hello there" }],
        "stop_sequence",
        ", how",
      ]);
      const streamed = await client.messages.stream({ ...ask, stop_sequences: [", how"] }).finalMessage();
      deepEqual([streamed.stop_reason, streamed.stop_sequence], ["stop_sequence", ", how"]);
      equal((await client.messages.create({ ...ask, max_tokens: 2 })).stop_reason, "max_tokens");
    });
  });

  it("asks agents that choose as well", async () => {
    await withModel("hello", async (client) => {
      const answer = await client.messages.create({ ...ask, ...GREEDY, model: "router" });
      deepEqual(answer.content, [{ type: "text", text: "billing" }]);
      const called = await client.messages.create({
        ...ask,
        model: "router",
        ...GREEDY,
        tools: [{ name: "refund", input_schema: { type: "object" } }, ...tools],
        tool_choice: { type: "any" },
      });
      const [call] = called.content;
      deepEqual([call.type === "tool_use" && call.name, called.stop_reason], ["refund", "tool_use"]);
    });
  });

  it("counts what a language model would read", async () => {
    await withModel("hello", async (client) => {
      const { max_tokens: _, ...asked } = ask;
      const { input_tokens: counted } = await client.messages.countTokens(asked);
      const { usage } = await client.messages.create(ask);
      equal(counted, usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
      const error = await client.messages.countTokens({ ...asked, model: "router" }).catch((error) => error);
      deepEqual([error.status, error.error.error.type], [400, "invalid_request_error"]);
    });
  });

  it("throws the client's own exceptions", async () => {
    await withModel("hello", async (client) => {
      const error = async (more: object): Promise<[number, string]> =>
        await client.messages.create({ ...ask, ...more } as typeof ask).then(
          () => [200, ""],
          ({ status, error }) => [status, error.error.type],
        );
      deepEqual(await error({ model: "nobody" }), [404, "not_found_error"]);
      deepEqual(await error({ messages: [] }), [400, "invalid_request_error"]);
      deepEqual(await error({ thinking: { type: "enabled", budget_tokens: 2000 } }), [400, "invalid_request_error"]);
      deepEqual(await error({ messages: [{ role: "user", content: "z".repeat(400) }] }), [
        400,
        "invalid_request_error",
      ]);
      const image = { type: "image", source: { type: "url", url: "http://a.test/b.png" } };
      deepEqual(await error({ messages: [{ role: "user", content: [image] }] }), [400, "invalid_request_error"]);
    });
    const access = {
      anonymous: [],
      verify: (key: string) => key === "anything" ? { name: "app", scopes: ["decide" as const] } : undefined,
    };
    await withModel("hello", async (client) => {
      equal((await client.messages.create(ask)).stop_reason, "end_turn");
      const stranger = client.withOptions({ apiKey: "other" });
      const { status, error } = await stranger.messages.create(ask).catch((error) => error);
      deepEqual([status, error.error.type], [401, "authentication_error"]);
      match(error.error.message, /key/);
    }, { access });
  });
});
