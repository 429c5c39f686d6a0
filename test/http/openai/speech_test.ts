import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import OpenAI from "openai";
import { createReceiptBook, type StepRecord } from "../../../src/episode/mod.ts";
import { createApp } from "../../../src/http/mod.ts";
import type { ToolCallFamilyName } from "../../../src/language/mod.ts";
import type { EddyAnswer } from "../../../src/http/openai/eddy_answer.ts";
import { after } from "../../language/writing.ts";
import { NOW } from "../fakes.ts";
import { fakeApplication } from "./fake_application.ts";
import { SPEAKING, speakingAgent } from "./speaking_agent.ts";

type Params = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

const ask: Params = { model: "tiny", messages: [{ role: "user", content: "hello" }], max_tokens: 12 };
const ship = (parameters = {}): OpenAI.Chat.Completions.ChatCompletionTool => ({
  type: "function",
  function: { name: "ship", parameters },
});
const CALL = '<tool_call>{"name": "ship", "arguments": {"order": "O1"}}</tool_call>';
const added = (answer: unknown): EddyAnswer => (answer as { eddy: EddyAnswer }).eddy;

/** Runs `use` with an official client that reaches an agent `tiny`, which says `text` where it is given, calling as told. */
async function withModel(
  text: string | undefined,
  use: (client: OpenAI, kept: readonly StepRecord[], secrets: readonly Uint8Array[]) => Promise<void>,
  calls?: ToolCallFamilyName,
): Promise<void> {
  using own = await speakingAgent(text, calls ? 2048 : undefined);
  const language = own.language!();
  const model = { ...language.model, ...(calls && { calls, callForm: undefined }) };
  const served = { ...own, language: () => ({ ...language, model }) };
  const { deps, kept } = fakeApplication({ agents: new Map([["tiny", { configuration: SPEAKING, served }]]) });
  using app = createApp(deps);
  const fetch = (url: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    Promise.resolve(app.fetch(new Request(url as string, init)));
  const client = new OpenAI({ apiKey: "anything", baseURL: "http://eddy.test/v1", maxRetries: 0, fetch });
  await use(client, kept, deps.receiptSecrets);
}

describe("the official client against a language model", () => {
  it("gets an answer with usage, a step that is kept, and a receipt that judges it", async () => {
    await withModel("hello there", async (client, kept, secrets) => {
      const answer = await client.chat.completions.create(ask);
      const [choice] = answer.choices;
      deepEqual([choice.message.content, choice.finish_reason], ["hello there", "stop"]);
      const { completion_tokens: written, prompt_tokens: read } = answer.usage!;
      deepEqual(answer.usage, {
        ...{ prompt_tokens: read, completion_tokens: written, total_tokens: read + written },
        prompt_tokens_details: { cached_tokens: 3 },
      });
      const { step, receipt, probability } = added(choice);
      deepEqual(kept.map(({ id, action, turns }) => ({ id, action, turns })), [
        { id: step, action: "hello there", turns: [{ role: "user", text: "hello" }] },
      ]);
      // Each token and the end have half the probability.
      ok(Math.abs(Math.log(probability) - (written + 1) * Math.log(0.5)) < 1e-9);
      equal(createReceiptBook(secrets).verify(receipt, NOW).stepId, step);
    });
  });

  it("gets the same text as a stream, its receipt at the end, after the step was kept", async () => {
    await withModel("hello there, how are you today?", async (client, kept) => {
      const stream = await client.chat.completions.create({
        ...ask,
        max_tokens: 99,
        stream: true,
        stream_options: { include_usage: true },
      });
      const pieces: string[] = [];
      let receipt: string | undefined, usage: OpenAI.CompletionUsage | null | undefined;
      for await (const chunk of stream) {
        const piece = chunk.choices[0]?.delta.content ?? "";
        if (piece) pieces.push(piece);
        if (chunk.choices[0]?.finish_reason) {
          equal(chunk.choices[0].finish_reason, "stop");
          receipt = added(chunk.choices[0]).receipt;
          equal(kept.length, 1);
        } else equal(receipt === undefined ? kept.length : 0, 0);
        usage = chunk.usage ?? usage;
      }
      ok(pieces.length > 3);
      equal(pieces.join(""), "hello there, how are you today?");
      ok(receipt);
      ok(usage!.completion_tokens > 3);
    });
  });

  it("ends at stop texts, also where one lies across tokens, and at max_tokens", async () => {
    await withModel("hello there, how are you today?", async (client) => {
      for (const stop of [[" how are"], ["there, h", "zzz"], "e, "]) {
        const { choices: [{ message, finish_reason }] } = await client.chat.completions.create({
          ...ask,
          max_tokens: 99,
          stop,
        });
        const expected = "hello there, how are you today?".split([stop].flat()[0])[0];
        deepEqual([message.content, finish_reason], [expected, "stop"]);
      }
      const cut = await client.chat.completions.create({ ...ask, max_tokens: 2 });
      deepEqual([cut.choices[0].finish_reason, cut.usage!.completion_tokens], ["length", 2]);
    });
  });

  it("gets calls of tools, whole and as a stream", async () => {
    await withModel(`Right away. ${CALL}`, async (client, kept) => {
      const request = { ...ask, max_tokens: 99, tools: [ship()] };
      const { choices: [{ message, finish_reason }] } = await client.chat.completions.create(request);
      const [call] = message.tool_calls!;
      equal(finish_reason, "tool_calls");
      equal(message.content, "Right away.");
      deepEqual(call.type === "function" && call.function, { name: "ship", arguments: '{"order": "O1"}' });
      equal(kept[0].action, `Right away. ${CALL}`);
      const streamed = await client.chat.completions.stream({ ...request, stream: true }).finalChatCompletion();
      const [again] = streamed.choices[0].message.tool_calls!;
      deepEqual(again.type === "function" && [again.function.name, again.function.arguments], [
        "ship",
        '{"order": "O1"}',
      ]);
      equal(streamed.choices[0].finish_reason, "tool_calls");
      // Without tools the same words are words.
      equal(
        (await client.chat.completions.create({ ...ask, max_tokens: 99 })).choices[0].message.content,
        `Right away. ${CALL}`,
      );
      const none = await client.chat.completions.create({ ...request, tool_choice: "none" });
      equal(none.choices[0].message.tool_calls, undefined);
    });
  });

  it("gets one call where it wants no more, and malformed ones as words", async () => {
    await withModel(`${CALL}${CALL}`, async (client) => {
      const request = { ...ask, max_tokens: 99, tools: [ship()] };
      equal((await client.chat.completions.create(request)).choices[0].message.tool_calls!.length, 2);
      const one = await client.chat.completions.create({ ...request, parallel_tool_calls: false });
      equal(one.choices[0].message.tool_calls!.length, 1);
    });
    const broken = '<tool_call>{"name": "ship", "arguments": {"order": }}</tool_call>';
    await withModel(broken, async (client) => {
      const { choices: [{ message, finish_reason }] } = await client.chat.completions.create({
        ...ask,
        max_tokens: 99,
        tools: [ship()],
      });
      deepEqual([message.tool_calls, finish_reason], [undefined, "stop"]);
      match(message.content!, /"order": /);
    });
  });

  it("shows tools, and calls made before, to the chat template", async () => {
    using served = await speakingAgent();
    const { model } = served.language!();
    const shown: string[] = [];
    const listening = {
      ...served,
      language: () => ({
        ...served.language!(),
        model: {
          ...model,
          prompt: (...asked: Parameters<typeof model.prompt>) => {
            const ids = model.prompt(...asked);
            shown.push(model.tokenizer.decode(ids));
            return ids;
          },
        },
      }),
    };
    const { deps } = fakeApplication({ agents: new Map([["tiny", { configuration: SPEAKING, served: listening }]]) });
    using app = createApp(deps);
    const response = await app.request("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "tiny",
        max_tokens: 1,
        tools: [ship()],
        messages: [
          { role: "developer", content: [{ type: "text", text: "Be" }, { type: "text", text: "kind." }] },
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "c1", type: "function", function: { name: "ship", arguments: '{"order":"O1"}' } }],
          },
          { role: "tool", tool_call_id: "c1", content: "shipped" },
        ],
      }),
    });
    equal(response.status, 200);
    equal(
      shown[0],
      '<|im_start|>system\n{"type": "function", "function": {"name": "ship", "parameters": {}}}\nCall with <tool_call>.<|im_end|>\n' +
        "<|im_start|>system\nBe\nkind.<|im_end|>\n" +
        '<|im_start|>assistant\n<tool_call>{"name": "ship", "arguments": {"order": "O1"}}</tool_call><|im_end|>\n' +
        "<|im_start|>tool\nshipped<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  it("gets the answer of its seed again, several of one request, and log-probabilities", async () => {
    await withModel(undefined, async (client, kept) => {
      const request: Params = { ...ask, seed: 4, n: 3, logprobs: true, top_logprobs: 3 };
      const { choices } = await client.chat.completions.create(request);
      deepEqual(kept.map(({ seed }) => seed), [4, 5, 6]);
      equal(new Set(kept.map(({ episodeId }) => episodeId)).size, 1);
      const second = await client.chat.completions.create({ ...request, seed: 5, n: 1 });
      equal(second.choices[0].message.content, choices[1].message.content);
      for (const { logprobs } of choices) {
        for (const { top_logprobs: top, logprob } of logprobs!.content!) {
          equal(top.length, 3);
          ok(top[0].logprob >= top[1].logprob && logprob <= top[0].logprob + 1e-9);
        }
      }
      const streamed = await client.chat.completions.create({ ...request, n: 1, stream: true });
      let told = 0;
      for await (const { choices } of streamed) told += choices[0]?.logprobs?.content?.length ?? 0;
      equal(told, choices[0].logprobs!.content!.length);
    });
  });

  it("follows logit_bias, top_p, penalties and eddy.candidates", async () => {
    await withModel(undefined, async (client) => {
      const content = async (more: object): Promise<string> =>
        (await client.chat.completions.create({ ...ask, seed: 1, ...more } as Params)).choices[0].message.content!;
      using served = await speakingAgent();
      const [id] = served.language!().model.tokenizer.encode("z");
      equal(await content({ logit_bias: { [id]: 100 }, max_tokens: 3 }), "zzz");
      const [greedy, narrow] = [await content({ temperature: 0 }), await content({ top_p: 1e-6 })];
      equal(narrow, greedy);
      const penalized = await content({
        logit_bias: { [id]: 5 },
        temperature: 0,
        frequency_penalty: 2,
        max_tokens: 12,
      });
      ok(penalized !== "zzzzzzzzzzzz");
      ok(["yes", "no"].includes(await content({ eddy: { candidates: ["yes", "no"] } })));
    });
  });

  it("keeps a response_format and a required call for certain", async () => {
    using served = await speakingAgent();
    const { model } = served.language!();
    await withModel(undefined, async (client) => {
      const schema = {
        type: "object",
        properties: { answer: { enum: ["yes", "no"] }, times: { type: "integer", minimum: 1, maximum: 9 } },
        required: ["answer", "times"],
        additionalProperties: false,
      };
      for (let seed = 0; seed < 4; seed++) {
        const { choices: [{ message }] } = await client.chat.completions.create({
          ...ask,
          max_tokens: 99,
          seed,
          response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
        });
        const { answer, times } = JSON.parse(message.content!);
        ok(["yes", "no"].includes(answer) && times >= 1 && times <= 9, message.content!);
        const called = await client.chat.completions.create({
          ...ask,
          max_tokens: 99,
          seed,
          tool_choice: "required",
          tools: [
            ship({
              type: "object",
              properties: { order: { enum: ["O1", "O2"] } },
              required: ["order"],
              additionalProperties: false,
            }),
          ],
        });
        const [call] = called.choices[0].message.tool_calls!;
        ok(call.type === "function" && /^O[12]$/.test(JSON.parse(call.function.arguments).order));
        const open = await client.chat.completions.create({
          ...ask,
          max_tokens: 200,
          seed,
          response_format: { type: "json_object" },
          logit_bias: Object.fromEntries([..."{}"].map((mark) => [model.tokenizer.encode(mark)[0], 90])),
        });
        equal(typeof JSON.parse(open.choices[0].message.content!), "object");
      }
    });
  });

  it("makes required calls in the form of any family, of any tool or the one that is named", async () => {
    const closed = (properties: object) => (
      { type: "object", properties, required: Object.keys(properties), additionalProperties: false }
    );
    const tools: OpenAI.Chat.Completions.ChatCompletionTool[] = [
      ship(closed({ order: { enum: ["O1", "O2"] } })),
      {
        type: "function",
        function: { name: "wait", parameters: closed({ days: { type: "integer", minimum: 1, maximum: 3 } }) },
      },
    ];
    for (const family of ["hermes", "llama3", "mistral", "json"] as const) {
      await withModel(undefined, async (client) => {
        const made = async (more: object): Promise<string[]> => {
          const { choices: [{ message, finish_reason }] } = await client.chat.completions.create(
            { ...ask, max_tokens: 120, seed: 3, tools, ...more } as Params,
          );
          equal(finish_reason, "tool_calls", `${family}: ${message.content}`);
          equal(message.content, null);
          return message.tool_calls!.map((call) => {
            ok(call.type === "function");
            const values = JSON.parse(call.function.arguments);
            ok(call.function.name === "ship" ? /^O[12]$/.test(values.order) : [1, 2, 3].includes(values.days));
            return call.function.name;
          });
        };
        equal((await made({ tool_choice: "required", parallel_tool_calls: false })).length, 1);
        ok((await made({ tool_choice: "required" })).length >= 1);
        deepEqual(await made({ tool_choice: { type: "function", function: { name: "wait" } } }), ["wait"]);
      }, family);
    }
  });

  it("holds calls that need not be made to their schemas, if they can be or a tool is strict", async () => {
    using served = await speakingAgent();
    const { model } = served.language!();
    const asked: boolean[] = [];
    const speakTogether: typeof model.speakTogether = (prompt, options, signal) => {
      const { constraint } = options;
      const holds = (text: string) => after(constraint!, model.tokenizer.encode(text)) !== undefined;
      const begun = '<tool_call>{"name": "ship", "arguments": {"order": ';
      asked.push(
        holds("Right away. <tool"),
        holds("<tool_call>{" + '"name": "sink'),
        holds(`${begun}"O`),
        holds(`${begun}7`),
      );
      return model.speakTogether(prompt, options, signal);
    };
    const language = () => ({ ...served.language!(), model: { ...model, speakTogether } });
    const agents = new Map([["tiny", { configuration: SPEAKING, served: { ...served, language } }]]);
    using app = createApp(fakeApplication({ agents }).deps);
    const post = async (parameters: object, more: object = {}, strict?: boolean): Promise<unknown> => {
      const tools = [{ type: "function", function: { name: "ship", parameters, strict } }];
      const body = JSON.stringify({ ...ask, max_tokens: 1, tools, ...more });
      const headers = { "content-type": "application/json" };
      const { status } = await app.request("/v1/chat/completions", { method: "POST", headers, body });
      return [status, ...asked.splice(0)];
    };
    const closed = { properties: { order: { enum: ["O1", "O2"] } }, required: ["order"], additionalProperties: false };
    deepEqual(await post(closed), [200, true, false, true, false]);
    deepEqual(await post(closed, { tool_choice: "auto" }, true), [200, true, false, true, false]);
    // what cannot be held to its schema is any object, unless it is strict
    const odd = { properties: { order: { type: "array", uniqueItems: true } } };
    deepEqual(await post(odd), [200, true, false, true, true]);
    deepEqual(await post(odd, {}, true), [400]);
    deepEqual(await post(odd, { tool_choice: "required" }), [400]);
    // without calls only the format counts
    deepEqual(await post(closed, { response_format: { type: "json_object" } }), [200, false, false, false, false]);
  });

  it("is told by name what cannot be done", async () => {
    await withModel("hello", async (client) => {
      const refusal = async (more: object): Promise<unknown> =>
        await client.chat.completions.create({ ...ask, ...more } as Params).then(
          () => "answered",
          ({ status, code, param }) => `${status} ${code} ${param}`,
        );
      const long = [{ role: "user", content: "z".repeat(400) }];
      equal(await refusal({ messages: long }), "400 context_length_exceeded messages");
      equal(await refusal({ messages: long, stream: true }), "400 context_length_exceeded messages");
      const impossible = {
        type: "json_schema",
        json_schema: { name: "x", schema: { type: "array", uniqueItems: true } },
      };
      equal(await refusal({ response_format: impossible }), "400 unsupported_value response_format");
      equal(
        await refusal({ response_format: { type: "json_object" }, eddy: { candidates: ["a"] } }),
        "400 invalid_value response_format",
      );
      equal(await refusal({ functions: [] }), "400 unsupported_parameter functions");
      equal(await refusal({ temprature: 1 }), "400 unknown_parameter temprature");
      equal(await refusal({ logit_bias: { 99999: 1 } }), "400 invalid_value logit_bias");
      equal(await refusal({ logit_bias: { a: 1 } }), "400 invalid_value logit_bias.a");
      equal(await refusal({ stop: ["a", "b", "c", "d", "e"] }), "400 invalid_value stop");
      equal(await refusal({ top_logprobs: 2 }), "400 invalid_value top_logprobs");
      equal(
        await refusal({ tool_choice: "required", tools: [ship({ properties: { order: { uniqueItems: true } } })] }),
        "400 unsupported_value tools",
      );
      equal(await refusal({ model: "tin" }), "404 model_not_found model");
    });
  });

  it("goes on from a text at /v1/completions", async () => {
    await withModel(" there, how", async (client, kept) => {
      const { choices, usage } = await client.completions.create({
        model: "tiny",
        prompt: ["hello", "hi"],
        stop: ",",
        logprobs: 1,
      });
      deepEqual(choices.map(({ text, finish_reason }) => [text, finish_reason]), [[" there", "stop"], [
        " there",
        "stop",
      ]]);
      equal(choices[0].logprobs!.tokens!.length * 2, usage!.completion_tokens);
      equal(kept.length, 2);
      let text = "";
      for await (
        const { choices } of await client.completions.create({ model: "tiny", prompt: "hello", stream: true })
      ) {
        text += choices[0]?.text ?? "";
      }
      equal(text, " there, how");
      await rejects(
        client.completions.create({ model: "tiny", prompt: "a", suffix: "b" }),
        /models write what comes after/,
      );
    });
  });

  it("chooses at /v1/decisions, and stops writing for a stream that nobody reads", async () => {
    using served = await speakingAgent();
    const { deps, kept } = fakeApplication({ agents: new Map([["tiny", { configuration: SPEAKING, served }]]) });
    using app = createApp(deps);
    const post = (path: string, body: unknown): Promise<Response> =>
      Promise.resolve(app.request(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }));
    const decided = await (await post("/v1/decisions", { agent: "tiny", text: "hello", candidates: ["yes", "no"] }))
      .json();
    ok(["yes", "no"].includes(decided.action ?? decided.choice), JSON.stringify(decided));
    const messages = [{ role: "user", content: "something else, and how are you" }];
    const stream = await post("/v1/chat/completions", { ...ask, messages, max_tokens: 100, stream: true });
    const reader = stream.body!.getReader();
    await reader.read();
    await reader.read();
    await reader.cancel();
    equal(kept.length, 1);
    // What it had read is given back, and found again.
    const again = await (await post("/v1/chat/completions", { ...ask, messages, max_tokens: 1 })).json();
    equal(again.usage.prompt_tokens_details.cached_tokens, again.usage.prompt_tokens - 1);
  });
});
