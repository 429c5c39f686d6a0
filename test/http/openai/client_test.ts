import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import OpenAI from "openai";
import { createReceiptBook } from "../../../src/episode/mod.ts";
import { type AppDependencies, createApp } from "../../../src/http/mod.ts";
import { NOW } from "../fakes.ts";
import { type FakeApplication, fakeApplication } from "./fake_application.ts";

const messages = [{ role: "user" as const, content: "where is my parcel?" }];

/** What Eddy adds, as a client sees it. */
interface Added {
  readonly eddy: { readonly step: string; readonly episode: string; readonly receipt: string };
}
const added = (answer: unknown): Added["eddy"] => (answer as Added).eddy;

/** Runs `use` with an official client against a real port. */
async function withClient(
  use: (client: OpenAI, fake: FakeApplication) => Promise<void>,
  changes: Partial<AppDependencies> = {},
): Promise<void> {
  const fake = fakeApplication(changes);
  const app = createApp(fake.deps);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => app.fetch(request),
  );
  const baseURL = `http://127.0.0.1:${server.addr.port}/v1`;
  await use(new OpenAI({ apiKey: "anything", baseURL, maxRetries: 0 }), fake);
}

const ship = {
  type: "function" as const,
  function: {
    name: "ship",
    description: "Ships an order.",
    parameters: {
      type: "object",
      properties: {
        order: { type: "string", pattern: "^O[0-9]{4}$" },
        boxes: { type: "integer", minimum: 1, maximum: 9 },
      },
      required: ["order", "boxes"],
    },
  },
};
const named = (name: string): OpenAI.Chat.Completions.ChatCompletionTool => ({ type: "function", function: { name } });

describe("the official client against openAiRoutes()", () => {
  it("gets content, what Eddy adds in body and headers, and a step that is kept", async () => {
    await withClient(async (client, { kept, deps }) => {
      const { data, response } = await client.chat.completions.create({ model: "router", messages, seed: 3 })
        .withResponse();
      equal(data.choices[0].message.content, "shipping");
      equal(data.choices[0].finish_reason, "stop");
      const eddy = added(data);
      deepEqual(eddy, added(data.choices[0]));
      deepEqual(kept.map(({ id, action, turns }) => ({ id, action, turns })), [
        { id: eddy.step, action: "shipping", turns: [{ role: "user", text: "where is my parcel?" }] },
      ]);
      equal(createReceiptBook(deps.receiptSecrets).verify(eddy.receipt, NOW).stepId, eddy.step);
      const names = ["step", "episode", "receipt", "probability", "policy-version", "arm"];
      deepEqual(names.map((name) => response.headers.get(`x-eddy-${name}`)), [
        ...[eddy.step, eddy.episode, eddy.receipt, "0.5", "3", "incumbent"],
      ]);
    });
  });

  it("names the episode in the body, a header or metadata, and gets a new one otherwise", async () => {
    await withClient(async (client, { kept }) => {
      const ask = { model: "router", messages };
      await client.chat.completions.create({ ...ask, eddy: { episode: "a" } } as typeof ask, {
        headers: { "x-eddy-episode": "b" },
      });
      await client.chat.completions.create(ask, { headers: { "x-eddy-episode": "b" } });
      await client.chat.completions.create({ ...ask, metadata: { eddy_episode: "c" } });
      await client.chat.completions.create(ask);
      await client.chat.completions.create(ask);
      deepEqual(kept.slice(0, 3).map(({ episodeId }) => episodeId), ["a", "b", "c"]);
      equal(new Set(kept.map(({ episodeId }) => episodeId)).size, 5);
    });
  });

  it("gets n choices, each a step with a receipt of its own, drawn with seeds that follow", async () => {
    await withClient(async (client, { kept }) => {
      const { choices } = await client.chat.completions.create({ model: "router", messages, n: 4, seed: 0xffffffff });
      deepEqual(choices.map(({ message }) => message.content), ["shipping", "billing", "shipping", "billing"]);
      deepEqual(kept.map(({ seed }) => seed), [0xffffffff, 0, 1, 2]);
      equal(new Set(choices.map((choice) => added(choice).receipt)).size, 4);
      equal(new Set(kept.map(({ episodeId }) => episodeId)).size, 1);
    });
  });

  it("gets a tool call from an agent that writes, and the next turn has the action's very text", async () => {
    await withClient(async (client, { kept }) => {
      const { choices: [{ message, finish_reason }] } = await client.chat.completions.create({
        model: "desk",
        messages,
        tools: [ship],
      });
      equal(finish_reason, "tool_calls");
      const [call] = message.tool_calls!;
      ok(call.type === "function");
      deepEqual({ ...call.function, arguments: JSON.parse(call.function.arguments) }, {
        name: "ship",
        arguments: { order: "O0000", boxes: 1 },
      });
      const told = { role: "tool" as const, tool_call_id: call.id, content: "shipped" };
      await client.chat.completions.create({ model: "desk", messages: [...messages, message, told], tools: [ship] });
      deepEqual(kept[1].turns.slice(1), [
        { role: "assistant", text: kept[0].action },
        { role: "tool", text: "shipped" },
      ]);
    });
  });

  it("gets a tool call by name from an agent that chooses, also with a closed argument", async () => {
    await withClient(async (client, { kept }) => {
      const tools = [named("refund"), named("track")];
      const { choices: [{ message }] } = await client.chat.completions.create({
        model: "router",
        messages,
        tools,
        seed: 3,
      });
      deepEqual(message.tool_calls!.map((call) => call.type === "function" && call.function), [
        { name: "track", arguments: "{}" },
      ]);
      deepEqual(kept[0].candidates, ["refund", "track"]);
      const forced = { type: "function" as const, function: { name: "refund" } };
      await client.chat.completions.create({ model: "router", messages, tools, tool_choice: forced, seed: 3 });
      deepEqual(kept[1].candidates, ["refund"]);
      const parameters = {
        type: "object",
        properties: { urgent: { type: "string", enum: ["yes", "no"] } },
        required: ["urgent"],
      };
      const closed = { type: "function" as const, function: { name: "escalate", parameters } };
      const answer = await client.chat.completions.create({ model: "router", messages, tools: [closed], seed: 3 });
      const [call] = answer.choices[0].message.tool_calls!;
      deepEqual(call.type === "function" && call.function, { name: "escalate", arguments: '{"urgent":"no"}' });
    });
  });

  it("gets JSON that satisfies a schema which is a closed choice, by the client's own parser", async () => {
    await withClient(async (client, { kept }) => {
      const schema = {
        type: "object",
        properties: { intent: { type: "string", enum: ["refund", "track"] } },
        required: ["intent"],
        additionalProperties: false,
      };
      const response_format = { type: "json_schema" as const, json_schema: { name: "intent", strict: true, schema } };
      const answer = await client.chat.completions.parse({ model: "router", messages, response_format, seed: 3 });
      deepEqual(JSON.parse(answer.choices[0].message.content!), { intent: "track" });
      deepEqual(kept[0].candidates, ["refund", "track"]);
    });
  });

  it("gets an object { name, arguments } from an agent that writes", async () => {
    await withClient(async (client) => {
      const schema = {
        type: "object",
        properties: { name: { const: "ship" }, arguments: ship.function.parameters },
        required: ["name", "arguments"],
      };
      const response_format = { type: "json_schema" as const, json_schema: { name: "call", schema } };
      const { choices: [{ message }] } = await client.chat.completions.create({
        model: "desk",
        messages,
        response_format,
      });
      deepEqual(JSON.parse(message.content!), { name: "ship", arguments: { order: "O0000", boxes: 1 } });
    });
  });

  it("gets log-probabilities: of candidates with alternatives, of written tokens without", async () => {
    await withClient(async (client) => {
      const ask = { messages, logprobs: true, seed: 4 };
      const chosen = await client.chat.completions.create({ ...ask, model: "router", top_logprobs: 5 });
      const [token] = chosen.choices[0].logprobs!.content!;
      equal(token.token, "billing");
      equal(token.logprob, Math.log(0.5));
      deepEqual(token.top_logprobs.map(({ token }) => token), ["billing", "shipping"]);
      const written = await client.chat.completions.create({ ...ask, model: "desk" });
      const tokens = written.choices[0].logprobs!.content!;
      equal(
        tokens.map(({ token }) => token).join(""),
        '<tool_call>{"name": "close_ticket", "arguments": {"ticket": "T69"}}</tool_call>',
      );
      deepEqual(new Set(tokens.map(({ logprob }) => logprob)), new Set([-0.125]));
      deepEqual(written.usage, { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 });
    });
  });

  it("streams, with the client's helper putting the pieces together", async () => {
    await withClient(async (client) => {
      const stream = client.chat.completions.stream({
        model: "desk",
        messages,
        tools: [ship],
        stream_options: { include_usage: true },
      });
      const { choices: [{ message }], usage } = await stream.finalChatCompletion();
      const [call] = message.tool_calls!;
      deepEqual(JSON.parse(call.type === "function" ? call.function.arguments : ""), { order: "O0000", boxes: 1 });
      ok(usage!.total_tokens > 10);
    });
  });

  it("completes a prompt, whole and as a stream", async () => {
    await withClient(async (client, { kept }) => {
      const whole = await client.completions.create({ model: "router", prompt: ["a", "b"], seed: 4, logprobs: 2 });
      deepEqual(whole.choices.map(({ text }) => text), ["billing", "billing"]);
      deepEqual(whole.choices[0].logprobs!.top_logprobs, [{ billing: Math.log(0.5), shipping: Math.log(0.5) }]);
      deepEqual(kept.map(({ turns }) => turns), [[{ role: "user", text: "a" }], [{ role: "user", text: "b" }]]);
      let text = "";
      for await (
        const chunk of await client.completions.create({ model: "router", prompt: "a", seed: 3, stream: true })
      ) {
        text += chunk.choices[0].text;
      }
      equal(text, "shipping");
    });
  });

  it("lists models, and tells one", async () => {
    await withClient(async (client) => {
      const { data } = await client.models.list();
      deepEqual(data.map(({ id, object, owned_by }) => ({ id, object, owned_by })), [
        { id: "router", object: "model", owned_by: "eddy" },
        { id: "desk", object: "model", owned_by: "eddy" },
      ]);
      deepEqual(await client.models.retrieve("router"), data[0]);
    });
  });

  it("throws the client's typed errors, with code and parameter", async () => {
    await withClient(async (client, fake) => {
      const chat = client.chat.completions;
      await rejects(chat.create({ model: "ruoter", messages }), (error) => {
        ok(error instanceof OpenAI.NotFoundError);
        match(error.message, /did you mean 'router'/);
        deepEqual([error.code, error.param, error.type], ["model_not_found", "model", "invalid_request_error"]);
        return true;
      });
      await rejects(client.models.retrieve("dsk"), OpenAI.NotFoundError);
      await rejects(client.embeddings.create({ model: "router", input: "a" }), (error) => {
        ok(error instanceof OpenAI.NotFoundError);
        match(error.message, /no agent has embeddings/);
        return true;
      });
      await rejects(chat.create({ model: "router", messages, top_p: 0.5 }), (error) => {
        ok(error instanceof OpenAI.BadRequestError);
        deepEqual([error.code, error.param], ["unsupported_parameter", "top_p"]);
        return true;
      });
      const long = [{ role: "user" as const, content: "x".repeat(5000) }];
      await rejects(chat.create({ model: "router", messages: long }), { status: 413, code: "body_too_large" });
      fake.failing = true;
      await rejects(chat.create({ model: "router", messages }), (error) => {
        ok(error instanceof OpenAI.InternalServerError);
        deepEqual([error.status, error.code, error.headers.get("retry-after")], [503, "store_unavailable", "1"]);
        return true;
      });
    });
  });

  it("throws AuthenticationError and PermissionDeniedError when a key is needed", async () => {
    await withClient(async (client) => {
      await rejects(client.chat.completions.create({ model: "router", messages }), OpenAI.AuthenticationError);
      const reader = client.withOptions({ apiKey: "reader" });
      await rejects(reader.chat.completions.create({ model: "router", messages }), OpenAI.PermissionDeniedError);
      const decider = client.withOptions({ apiKey: "decider" });
      ok((await decider.chat.completions.create({ model: "router", messages })).choices.length === 1);
    }, {
      access: {
        anonymous: [],
        verify: (key) =>
          key === "reader"
            ? { name: key, scopes: ["read"] }
            : key === "decider"
            ? { name: key, scopes: ["decide"] }
            : undefined,
      },
    });
  });

  it("asks, and judges with the receipt, as the page's first program does", async () => {
    const judged: unknown[] = [];
    const { recorder } = fakeApplication().deps;
    const addFeedback: typeof recorder.addFeedback = (feedback) => {
      judged.push(
        ...feedback.map(({ agent, stepId, metric, value, author }) => ({ agent, stepId, metric, value, author })),
      );
      return Promise.resolve(feedback.map(({ id }) => ({ kind: "accepted", id, status: "joined" })));
    };
    await withClient(async (client) => {
      const { data, response } = await client.chat.completions.create({ model: "router", messages }).withResponse();
      const receipt = response.headers.get("x-eddy-receipt");
      await client.post("/feedback", { body: { receipt, value: true } });
      deepEqual(judged, [
        { agent: "router", stepId: added(data).step, metric: "correct", value: true, author: "person" },
      ]);
    }, { recorder: { ...recorder, addSteps: () => Promise.resolve(), addFeedback } });
  });
});
