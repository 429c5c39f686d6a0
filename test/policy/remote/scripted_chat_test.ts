import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notEqual, ok, throws } from "node:assert/strict";
import OpenAI from "openai";
import { createScriptedChat, type RemoteRequest, type ScriptedChatOptions } from "../../../src/policy/mod.ts";

const ask = (content: string, more: Partial<RemoteRequest> = {}): RemoteRequest => ({
  model: "clerk",
  messages: [{ role: "user", content }],
  ...more,
});
const clerk = (more: Partial<ScriptedChatOptions["roles"][string]> = {}): ScriptedChatOptions["roles"] => ({
  clerk: {
    rules: [
      { when: "parcel", say: "Your parcel is on its way.", mistakes: ["Your parcel is lost.", "Which parcel?"] },
      { when: /price of (\w+)/, say: ({ match }) => ({ calls: [{ name: "price", arguments: { of: match![1] } }] }) },
    ],
    ...more,
  },
});
const priceTool = { type: "function", function: { name: "price" } } as const;
const say = (options: ScriptedChatOptions, request: RemoteRequest): string =>
  createScriptedChat(options).chat(request).choices[0].message.content ?? "";

describe("createScriptedChat()", () => {
  it("answers with the first rule that holds, and with the fallback where none does", () => {
    equal(say({ seed: 1, roles: clerk() }, ask("Where is my PARCEL?")), "Your parcel is on its way.");
    equal(say({ seed: 1, roles: clerk() }, ask("Hello")), "I do not know.");
    equal(say({ seed: 1, roles: clerk({ fallback: ({ last }) => `${last}?` }) }, ask("Hello")), "Hello?");
  });

  it("calls tools only where they are offered, as tool_choice demands", () => {
    const scripted = createScriptedChat({ seed: 1, roles: clerk() });
    const offered = scripted.chat(ask("the price of tea", { tools: [priceTool] })).choices[0];
    deepEqual(offered.message.tool_calls?.map((call) => call.function), [{
      name: "price",
      arguments: '{"of":"tea"}',
    }]);
    equal(offered.finish_reason, "tool_calls");
    equal(scripted.chat(ask("the price of tea")).choices[0].message.content, "I do not know.");
    const none = scripted.chat(ask("the price of tea", { tools: [priceTool], tool_choice: "none" }));
    equal(none.choices[0].message.content, "I do not know.");
    throws(() => scripted.chat(ask("my parcel", { tools: [priceTool], tool_choice: "required" })), /demand/);
  });

  it("knows the share of questions that its competence says, always the same ones", () => {
    const questions = Array.from({ length: 2000 }, (_, number) => ask(`parcel ${number}`));
    const scripted = createScriptedChat({ seed: 5, roles: clerk({ competence: 0.7 }) });
    const right = (): boolean[] =>
      questions.map((one) => scripted.chat(one).choices[0].message.content === "Your parcel is on its way.");
    const first = right();
    const known = first.filter((one) => one).length / 2000;
    ok(Math.abs(known - 0.7) < 4 * Math.sqrt(0.7 * 0.3 / 2000), `${known}`);
    deepEqual(right(), first);
    // Another seed knows others.
    const other = createScriptedChat({ seed: 6, roles: clerk({ competence: 0.7 }) });
    notEqual(questions.map((one) => other.chat(one).choices[0].message.content).join(), first.join());
  });

  it("raises its competence where a rule lets help in the prompt do so", () => {
    const roles = {
      clerk: {
        rules: [{
          when: "parcel",
          say: "right",
          mistakes: ["wrong"],
          competence: ({ system }: { system: string }) => system.includes("manual") ? 1 : 0,
        }],
      },
    };
    equal(say({ seed: 1, roles }, ask("parcel")), "wrong");
    const helped = { model: "clerk", messages: [{ role: "system", content: "the manual" }, ...ask("parcel").messages] };
    equal(say({ seed: 1, roles }, helped as RemoteRequest), "right");
  });

  it("says something else with the probability that is its noise, never at temperature 0", () => {
    const scripted = createScriptedChat({ seed: 2, roles: clerk({ noise: 0.3 }) });
    const said = (temperature: number): number =>
      scripted.chat(ask("parcel", { n: 3000, temperature })).choices
        .filter(({ message }) => message.content !== "Your parcel is on its way.").length / 3000;
    ok(Math.abs(said(1) - 0.3) < 4 * Math.sqrt(0.3 * 0.7 / 3000));
    equal(said(0), 0);
    // p^(1/2): 0.7, 0.15, 0.15 → 0.8367, 0.3873, 0.3873; others 0.7746 / 1.6113 = 0.4807
    ok(Math.abs(said(2) - 0.4807) < 4 * Math.sqrt(0.4807 * 0.5193 / 3000));
  });

  it("tells log-probabilities that add up to those of whole answers", () => {
    const scripted = createScriptedChat({ seed: 2, roles: clerk({ noise: 0.3 }) });
    const { choices } = scripted.chat(ask("parcel", { n: 50, logprobs: true, top_logprobs: 5 }));
    const sums = new Map(choices.map(({ message, logprobs }) => [
      message.content,
      logprobs!.content!.reduce((sum, { logprob }) => sum + logprob, 0),
    ]));
    const near = (text: string, probability: number) => ok(Math.abs(sums.get(text)! - Math.log(probability)) < 1e-12);
    near("Your parcel is on its way.", 0.7);
    near("Your parcel is lost.", 0.15);
    near("Which parcel?", 0.15);
    // "Your" 0.85, "Which" 0.15; then " parcel" is sure
    const [first, second] = choices[0].logprobs!.content!;
    deepEqual(first.top_logprobs.map(({ token, logprob }) => [token, Math.exp(logprob).toFixed(6)]), [
      ["Your", "0.850000"],
      ["Which", "0.150000"],
    ]);
    equal(second.logprob, 0);
  });

  it("gives a request with a seed the same answer, and another draw without one", () => {
    const scripted = createScriptedChat({ seed: 2, roles: clerk({ noise: 0.6 }) });
    const answers = (more: Partial<RemoteRequest>): string[] =>
      Array.from({ length: 20 }, () => scripted.chat(ask("parcel", more)).choices[0].message.content!);
    equal(new Set(answers({ seed: 4 })).size, 1);
    ok(new Set(answers({})).size > 1);
  });

  it("ends at stop texts and at max_tokens, saying so", () => {
    const scripted = createScriptedChat({ seed: 1, roles: clerk() });
    const stopped = scripted.chat(ask("parcel", { stop: [" way", " on"] })).choices[0];
    deepEqual([stopped.message.content, stopped.finish_reason], ["Your parcel is", "stop"]);
    const cut = scripted.chat(ask("parcel", { max_tokens: 2 }));
    deepEqual([cut.choices[0].message.content, cut.choices[0].finish_reason], ["Your parcel", "length"]);
    equal(cut.usage?.completion_tokens, 2);
  });

  it("counts calls and tokens for each role", () => {
    const scripted = createScriptedChat({ seed: 1, roles: { ...clerk(), idle: { rules: [] } } });
    scripted.chat(ask("my parcel"));
    // 4 + 2 tokens are read; Your parcel is on its way . are 7
    deepEqual(scripted.usage(), { calls: 1, failed: 0, promptTokens: 6, completionTokens: 7 });
    deepEqual(scripted.usage("idle"), { calls: 0, failed: 0, promptTokens: 0, completionTokens: 0 });
  });

  it("fails as often as it is told, by its seed alone", () => {
    const faults = { http: [{ status: 429, share: 0.2 }, { status: 500, share: 0.1 }], stalled: 0.1 };
    const codes = (seed: number): string[] => {
      const scripted = createScriptedChat({ seed, roles: clerk(), faults });
      return Array.from({ length: 1000 }, (_, number) => {
        try {
          scripted.chat(ask(`parcel ${number}`));
          return "answered";
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
    };
    const drawn = codes(3);
    const share = (code: string): number => drawn.filter((one) => one === code).length / 1000;
    for (const [code, expected] of [["overloaded", 0.2], ["remote_unavailable", 0.1], ["timed_out", 0.1]] as const) {
      ok(Math.abs(share(code) - expected) < 4 * Math.sqrt(expected * (1 - expected) / 1000), `${code} ${share(code)}`);
    }
    deepEqual(codes(3), drawn);
    notEqual(codes(4).join(), drawn.join());
  });

  it("cuts JSON and answers where it is told", () => {
    const request = ask("the price of tea", { tools: [priceTool] });
    const malformed = createScriptedChat({ seed: 1, roles: clerk(), faults: { malformedJson: 1 } }).chat(request);
    throws(() => JSON.parse(malformed.choices[0].message.tool_calls![0].function.arguments), SyntaxError);
    const truncated = createScriptedChat({ seed: 1, roles: clerk(), faults: { truncated: 1 } }).chat(ask("parcel"));
    deepEqual([truncated.choices[0].message.content, truncated.choices[0].finish_reason], ["Your parcel is", "length"]);
  });

  it("refuses dials outside 0 to 1 and unknown roles", () => {
    throws(() => createScriptedChat({ seed: 1, roles: clerk({ competence: 1.5 }) }), /competence of 'clerk' is 1.5/);
    throws(() => createScriptedChat({ seed: 1, roles: {}, faults: { stalled: 0.6, truncated: 0.6 } }), /sum/);
    throws(() => say({ seed: 1, roles: clerk() }, { ...ask("x"), model: "clark" }), /did you mean 'clerk'/);
  });
});

describe("the scripted endpoint", () => {
  const scripted = createScriptedChat({ seed: 1, roles: clerk(), key: "secret" });
  const client = (apiKey = "secret"): OpenAI =>
    new OpenAI({
      apiKey,
      baseURL: "http://scripted.test/v1",
      maxRetries: 0,
      fetch: (url, init) => scripted.fetch(new Request(url as string, init)),
    });

  it("answers OpenAI's client, whole and as a stream", async () => {
    const whole = await client().chat.completions.create({
      model: "clerk",
      messages: [{ role: "user", content: "parcel" }],
    });
    equal(whole.choices[0].message.content, "Your parcel is on its way.");
    const stream = client().chat.completions.stream({
      model: "clerk",
      messages: [{ role: "user", content: "the price of tea" }],
      tools: [{ ...priceTool, function: { name: "price", parameters: {} } }],
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    equal(
      JSON.stringify(
        final.choices[0].message.tool_calls?.map((call) => call.type === "function" && call.function.arguments),
      ),
      '["{\\"of\\":\\"tea\\"}"]',
    );
    ok(final.usage!.total_tokens > 0);
    deepEqual((await client().models.list()).data.map(({ id }) => id), ["clerk"]);
  });

  it("refuses a wrong key, an unknown model and a wrong path in OpenAI's form", async () => {
    const statusOf = (work: Promise<unknown>): Promise<number> => work.then(() => 200, (error) => error.status);
    const messages = [{ role: "user", content: "parcel" }] as const;
    equal(await statusOf(client("wrong").chat.completions.create({ model: "clerk", messages: [...messages] })), 401);
    equal(await statusOf(client().chat.completions.create({ model: "nobody", messages: [...messages] })), 404);
    equal(await statusOf(client().embeddings.create({ model: "clerk", input: "x" })), 404);
  });

  it("shows faults as an endpoint does: statuses, half bodies, silence until the caller gives up", async () => {
    const post = (faults: ScriptedChatOptions["faults"], signal?: AbortSignal): Promise<Response> =>
      createScriptedChat({ seed: 1, roles: clerk(), faults }).fetch(
        new Request("http://scripted.test/v1/chat/completions", {
          method: "POST",
          body: JSON.stringify(ask("parcel")),
          signal,
        }),
      );
    const limited = await post({ http: [{ status: 429, share: 1, retryAfterSeconds: 7 }] });
    deepEqual([limited.status, limited.headers.get("retry-after")], [429, "7"]);
    match(await limited.text(), /rate_limit_error/);
    const broken = await post({ brokenBody: 1 });
    equal(await broken.json().then(() => "whole", () => "broken"), "broken");
    equal(await post({ stalled: 1 }, AbortSignal.abort(new Error("enough"))).catch((error) => error.message), "enough");
  });
});
