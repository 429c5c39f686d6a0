import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match } from "node:assert/strict";
import { EddyError, ShapeError } from "../../../src/errors.ts";
import { createApp } from "../../../src/http/mod.ts";
import { fakeApplication } from "./fake_application.ts";

const JSON_TYPE = { "content-type": "application/json" };
const messages = [{ role: "user", content: "hello" }];
const tool = (name: string, parameters?: unknown): unknown => ({ type: "function", function: { name, parameters } });
const needs = (property: unknown): unknown => ({ type: "object", properties: { a: property }, required: ["a"] });
const schema = (schema: unknown): unknown => ({ type: "json_schema", json_schema: { name: "x", schema } });

interface Refusal {
  readonly status: number;
  readonly error: { readonly message: string; readonly param: string | null; readonly code: string };
}

async function post(body: unknown, path = "/v1/chat/completions"): Promise<Refusal> {
  const { deps, kept } = fakeApplication();
  const app = createApp(deps);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await app.request(path, { method: "POST", body: text, headers: JSON_TYPE });
  const answer = await response.json();
  if (response.status !== 200) equal(kept.length, 0, "what is refused is not kept");
  return { status: response.status, ...answer };
}

describe("a refusal of openAiRoutes()", () => {
  const chat: [what: string, body: Record<string, unknown>, param: string | null, code: string, message: RegExp][] = [
    ["an unknown parameter", { temprature: 1 }, "temprature", "unknown_parameter", /did you mean 'temperature'/],
    ["a function of old", { functions: [] }, "functions", "unsupported_parameter", /use `tools`/],
    ["words to stop at", { stop: "\n" }, "stop", "unsupported_parameter", /chosen whole/],
    ["no messages", { messages: [] }, "messages", "invalid_value", /messages/],
    ["an unknown role", { messages: [{ role: "robot", content: "" }] }, "messages[0].role", "invalid_value", /role/],
    [
      "a picture",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "" } }] }] },
      "messages[0].content[0].type",
      "invalid_value",
      /type/,
    ],
    ["too many choices", { n: 17 }, "n", "invalid_value", /16/],
    ["a temperature out of range", { temperature: 2.5 }, "temperature", "invalid_value", /2/],
    ["alternatives without log-probabilities", { top_logprobs: 2 }, "top_logprobs", "invalid_value", /needs `logprobs/],
    [
      "alternatives of written tokens",
      { model: "desk", logprobs: true, top_logprobs: 2 },
      "top_logprobs",
      "unsupported_parameter",
      /keeps only those it wrote/,
    ],
    ["options of no stream", { stream_options: {} }, "stream_options", "invalid_value", /stream: true/],
    ["any JSON", { response_format: { type: "json_object" } }, "response_format", "unsupported_value", /closed choice/],
    [
      "an open schema",
      { response_format: schema({ type: "string" }) },
      "response_format",
      "unsupported_value",
      /closed/,
    ],
    [
      "tools and a schema",
      { tools: [tool("a")], response_format: schema({ enum: ["a"] }) },
      "response_format",
      "invalid_value",
      /either/,
    ],
    ["two tools of one name", { tools: [tool("a"), tool("a")] }, "tools", "invalid_value", /two tools named 'a'/],
    [
      "a choice of no tool",
      { tools: [tool("track")], tool_choice: { type: "function", function: { name: "trakc" } } },
      "tool_choice",
      "invalid_value",
      /did you mean 'track'/,
    ],
    ["a call without tools", { tool_choice: "required" }, "tool_choice", "invalid_value", /needs `tools`/],
    [
      "an argument that an agent which chooses would have to write",
      { tools: [tool("a", needs({ type: "string" }))] },
      "tools.a.parameters",
      "invalid_function_parameters",
      /cannot write its arguments \(a\)/,
    ],
    [
      "an open argument",
      { model: "desk", tools: [tool("a", needs({ type: "string" }))] },
      "tools.a.parameters.properties.a",
      "invalid_function_parameters",
      /`enum`/,
    ],
    ["an unknown field for Eddy", { eddy: { epsiode: "a" } }, "eddy", "invalid_value", /epsiode/],
    ["equal candidates", { eddy: { candidates: ["a", "a"] } }, "eddy.candidates", "invalid_value", /are equal/],
    ["an episode with white space", { eddy: { episode: "a b" } }, "eddy.episode", "invalid_value", /white space/],
    [
      "an episode with white space in metadata",
      { metadata: { eddy_episode: "a b" } },
      "metadata.eddy_episode",
      "invalid_value",
      /white space/,
    ],
  ];
  for (const [what, body, param, code, message] of chat) {
    it(`names parameter and code when a chat asks for ${what}`, async () => {
      const { status, error } = await post({ model: "router", messages, ...body });
      equal(status, 400, error?.message);
      deepEqual([error.param, error.code], [param, code]);
      match(error.message, message);
      match(error.message, /^Cannot /);
    });
  }

  it("spares parameters that ask for nothing", async () => {
    const neutral = {
      top_p: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      stop: null,
      logit_bias: {},
      modalities: ["text"],
      audio: null,
      user: "u",
      store: true,
      reasoning_effort: "low",
      service_tier: "auto",
      parallel_tool_calls: false,
    };
    equal((await post({ model: "router", messages, ...neutral })).status, 200);
  });

  it("covers prompts as well", async () => {
    const path = "/v1/completions";
    equal((await post({ model: "router", prompt: "a", best_of: 1, echo: false }, path)).status, 200);
    deepEqual((await post({ model: "router", prompt: "a", best_of: 3 }, path)).error.param, "best_of");
    deepEqual((await post({ model: "router", prompt: [1, 2] }, path)).error.param, "prompt[0]");
    deepEqual((await post({ model: "nobody", prompt: "a" }, path)).status, 404);
  });

  it("is told for a body that is no object", async () => {
    for (const body of ["{", "[]", "1", ""]) {
      const { status, error } = await post(body);
      deepEqual([status, error.code], [400, "request_invalid"]);
    }
  });

  it("is told for what the agent cannot read, and not for a mistake of its own", async () => {
    const failing = (error: Error): typeof deps.agents => {
      const { configuration, served } = deps.agents.get("router")!;
      const decide = (): never => {
        throw error;
      };
      return new Map([["router", { configuration, served: { ...served, decide } }]]);
    };
    const { deps } = fakeApplication();
    const body = JSON.stringify({ model: "router", messages });
    for (
      const [error, status] of [
        [new RangeError("Cannot read: too long"), 400],
        [new EddyError("request_invalid", "Cannot choose: 'x' is no action"), 400],
        [new ShapeError("scores", 3, 2), 500],
      ] as const
    ) {
      const app = createApp({ ...deps, agents: failing(error) });
      const response = await app.request("/v1/chat/completions", { method: "POST", body, headers: JSON_TYPE });
      equal(response.status, status);
      equal((await response.json()).error.message, status === 400 ? error.message : "Cannot answer: an internal error");
    }
  });

  it("says nothing of an internal error", async () => {
    const { deps } = fakeApplication();
    const recorder = { ...deps.recorder, addSteps: () => Promise.reject(new Error("secret of the disk")) };
    const app = createApp({ ...deps, recorder });
    const body = JSON.stringify({ model: "router", messages });
    const response = await app.request("/v1/chat/completions", { method: "POST", body, headers: JSON_TYPE });
    equal(response.status, 500);
    deepEqual(await response.json(), {
      error: { message: "Cannot answer: an internal error", type: "server_error", param: null, code: "internal_error" },
    });
  });
});
