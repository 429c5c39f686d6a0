import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { createReceiptBook } from "../../../src/episode/mod.ts";
import { createApp } from "../../../src/http/mod.ts";
import { NOW } from "../fakes.ts";
import { fakeApplication } from "./fake_application.ts";

const messages = [{ role: "user", content: "hello" }];

const { agents, receiptSecrets, limits } = fakeApplication().deps;
const book = createReceiptBook(receiptSecrets);

function receiptOf(stepId: string, agent = "router"): string {
  const metrics = Object.keys(agents.get(agent)!.configuration.metrics);
  const expiresAt = NOW + limits.receiptSeconds * 1000;
  return book.sign({ episodeId: "id-2", stepId, agent, policyVersion: 3, metrics, expiresAt });
}

/** The events of a stream, as they came; the last is the text `[DONE]`. */
async function events(body: Record<string, unknown>): Promise<unknown[]> {
  const app = createApp(fakeApplication().deps);
  const response = await app.request("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": "r" },
    body: JSON.stringify({ messages, stream: true, ...body }),
  });
  equal(response.status, 200);
  equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const text = await response.text();
  const parts = text.split("\n\n");
  equal(parts.pop(), "", "every event ends with an empty line");
  return parts.map((part) => {
    equal(part.slice(0, 6), "data: ");
    return part === "data: [DONE]" ? "[DONE]" : JSON.parse(part.slice(6));
  });
}

const head = (model: string): Record<string, unknown> => ({
  id: "chatcmpl-id-3",
  created: NOW / 1000,
  model,
  system_fingerprint: `${model}@3`,
  object: "chat.completion.chunk",
});
const eddy = (probability: number, agent = "router"): Record<string, unknown> => ({
  step: "id-3",
  episode: "id-2",
  receipt: receiptOf("id-3", agent),
  probability,
  policyVersion: 3,
  arm: "incumbent",
  seed: 4,
});
const choice = (delta: unknown, changes: Record<string, unknown> = {}): unknown => (
  { index: 0, delta, logprobs: null, finish_reason: null, ...changes }
);

describe("a stream of openAiRoutes()", () => {
  it("has role, content, reason, usage and end, event by event", async () => {
    const common = { ...head("router"), usage: null };
    deepEqual(await events({ model: "router", seed: 4, stream_options: { include_usage: true } }), [
      { ...common, choices: [choice({ role: "assistant", content: "", refusal: null })] },
      { ...common, choices: [choice({ content: "billing" })] },
      { ...common, choices: [choice({}, { finish_reason: "stop", eddy: eddy(0.5) })] },
      {
        ...common,
        choices: [],
        usage: { prompt_tokens: 0, completion_tokens: 1, total_tokens: 1 },
        eddy: eddy(0.5),
      },
      "[DONE]",
    ]);
  });

  it("has a tool call as opening and arguments", async () => {
    const common = head("desk");
    const id = "call_id-3";
    const written = '{"ticket":"T69"}';
    const told = eddy(Math.exp(-0.125 * 10), "desk");
    deepEqual(await events({ model: "desk", seed: 4 }), [
      {
        ...common,
        choices: [choice({
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: [{ index: 0, id, type: "function", function: { name: "close_ticket", arguments: "" } }],
        })],
      },
      { ...common, choices: [choice({ tool_calls: [{ index: 0, function: { arguments: written } }] })] },
      { ...common, choices: [choice({}, { finish_reason: "tool_calls", eddy: told })], eddy: told },
      "[DONE]",
    ]);
  });

  it("has one piece for each token of a content, with its log-probability", async () => {
    const chunks = await events({ model: "desk", seed: 4, tool_choice: "none", logprobs: true, max_tokens: 2 });
    const pieces = chunks.slice(1, 3) as {
      choices: [{ delta: { content: string }; logprobs: { content: unknown[] } }];
    }[];
    deepEqual(pieces.map(({ choices: [{ delta }] }) => delta.content), ["<tool_ca", 'll>{"nam']);
    deepEqual(pieces[0].choices[0].logprobs.content, [{
      token: "<tool_ca",
      bytes: [...new TextEncoder().encode("<tool_ca")],
      logprob: -0.125,
      top_logprobs: [],
    }]);
    const last = chunks[3] as { choices: [{ finish_reason: string }] };
    equal(last.choices[0].finish_reason, "length");
  });

  it("numbers the choices, and tells each its own receipt", async () => {
    const chunks = await events({ model: "router", seed: 4, n: 3 });
    type Chunk = { choices: [{ index: number; delta: { content?: string }; eddy?: { receipt: string } }] };
    const choices = (chunks.slice(0, -1) as Chunk[]).map(({ choices: [choice] }) => choice);
    deepEqual(choices.map(({ index }) => index), [0, 0, 0, 1, 1, 1, 2, 2, 2]);
    deepEqual(choices.filter(({ delta }) => delta.content).map(({ delta }) => delta.content), [
      ...["billing", "shipping", "billing"],
    ]);
    deepEqual(choices.flatMap(({ eddy }) => eddy?.receipt ?? []), ["id-3", "id-4", "id-5"].map((id) => receiptOf(id)));
  });
});
