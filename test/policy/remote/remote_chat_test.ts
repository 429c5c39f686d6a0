import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cassette,
  createRemoteChat,
  createScriptedChat,
  type RemoteChat,
  type RemoteChatOptions,
  type RemoteChunk,
  type ScriptedFaults,
} from "../../../src/policy/mod.ts";

const KEY = "sk-very-secret";
const roles = { clerk: { rules: [{ when: "parcel", say: "Your parcel is on its way." }], noise: 0 } };
const scriptedFetch = (faults: ScriptedFaults = {}, seed = 1) =>
  createScriptedChat({ seed, roles, faults, key: KEY }).fetch;
const hello = { messages: [{ role: "user", content: "my parcel" }] } as const;

/** A client that waits for nothing and tells how long it would have. */
function client(more: Partial<RemoteChatOptions> = {}): { readonly chat: RemoteChat; readonly waits: number[] } {
  const waits: number[] = [];
  const chat = createRemoteChat({
    endpoint: "http://model.test/v1/",
    model: "clerk",
    key: KEY,
    fetch: scriptedFetch(),
    wait: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    ...more,
  });
  return { chat, waits };
}
/** Answers from a list, then as the stand-in does. */
function first(...answers: (() => Response | Promise<Response>)[]): RemoteChatOptions["fetch"] {
  const rest = scriptedFetch();
  return (request) => Promise.resolve(answers.shift()?.() ?? rest(request));
}
const refused = (status: number, headers: Record<string, string> = {}, message = "no") => () =>
  Response.json({ error: { message } }, { status, headers });
const code = (work: Promise<unknown>): Promise<string> => work.then(() => "answered", (error) => error.code);
const all = async (chunks: AsyncIterable<RemoteChunk>): Promise<string> => {
  let text = "";
  for await (const { choices } of chunks) text += choices[0]?.delta.content ?? "";
  return text;
};

describe("createRemoteChat()", () => {
  it("asks the model with its key, and counts tokens and money", async () => {
    const { chat } = client({ prices: { prompt: 2, completion: 10 } });
    const { choices } = await chat.ask(hello);
    equal(choices[0].message.content, "Your parcel is on its way.");
    // 6 tokens at 2 and 7 at 10 a million
    deepEqual(chat.spent, { calls: 1, promptTokens: 6, completionTokens: 7, money: 82e-6, estimated: 0 });
  });

  it("streams, and counts what a stream used", async () => {
    const { chat } = client();
    equal(await all(chat.stream(hello)), "Your parcel is on its way.");
    deepEqual(chat.spent, { calls: 1, promptTokens: 6, completionTokens: 7, money: 0, estimated: 0 });
  });

  it("tries again what may pass, waiting longer each time", async () => {
    const network = () => Promise.reject(new TypeError("connection refused"));
    const { chat, waits } = client({ fetch: first(refused(500), network, () => new Response("{")), backoffMs: 100 });
    equal((await chat.ask(hello)).choices.length, 1);
    equal(chat.spent.calls, 4);
    for (const [index, most] of [100, 200, 400].entries()) ok(waits[index] <= most && waits[index] >= most / 2);
  });

  it("waits as long as the endpoint asks: seconds, milliseconds, or until a date", async () => {
    const date = { date: "Sat, 21 Nov 2026 10:00:00 GMT", "retry-after": "Sat, 21 Nov 2026 10:00:03 GMT" };
    const answers = [refused(429, { "retry-after": "2" }), refused(503, { "retry-after-ms": "7" }), refused(429, date)];
    const { chat, waits } = client({ fetch: first(...answers) });
    await chat.ask(hello);
    deepEqual(waits, [2000, 7, 3000]);
  });

  it("gives up at once where trying again cannot help", async () => {
    for (
      const [answer, expected] of [
        [refused(400), "remote_refused"],
        [refused(401), "remote_refused"],
        [refused(429, { "retry-after": "3600" }), "overloaded"],
        [() => Response.json({ error: { message: "x", code: "insufficient_quota" } }, { status: 429 }), "overloaded"],
      ] as const
    ) {
      const { chat } = client({ fetch: first(answer) });
      equal(await code(chat.ask(hello)), expected);
      equal(chat.spent.calls, 1);
    }
  });

  it("says after its last try what kept failing", async () => {
    equal(
      await code(client({ fetch: scriptedFetch({ http: [{ status: 429, share: 1 }] }) }).chat.ask(hello)),
      "overloaded",
    );
    for (const faults of [{ http: [{ status: 500, share: 1 }] }, { brokenBody: 1 }]) {
      const { chat } = client({ fetch: scriptedFetch(faults) });
      equal(await code(chat.ask(hello)), "remote_unavailable");
      equal(chat.spent.calls, 4);
    }
  });

  it("gets through an endpoint that fails often", async () => {
    const faults = { http: [{ status: 500, share: 0.2 }], brokenBody: 0.1, stalled: 0.05 };
    const { chat } = client({ fetch: scriptedFetch(faults, 3), attempts: 12, attemptMs: 20 });
    const codes = await Promise.all(
      Array.from({ length: 40 }, (_, n) => code(chat.ask({ messages: [{ role: "user", content: `parcel ${n}` }] }))),
    );
    deepEqual(codes.filter((one) => one !== "answered"), []);
    ok(chat.spent.calls > 40);
  });

  it("gives up at the deadline, and when the caller does", async () => {
    const { chat } = client({ fetch: scriptedFetch({ stalled: 1 }), deadlineMs: 20 });
    equal(await code(chat.ask(hello)), "timed_out");
    equal(await code(all(chat.stream(hello))), "timed_out");
    equal(await code(chat.ask(hello, { signal: AbortSignal.abort() })), "interrupted");
    const silent = client({ fetch: scriptedFetch({ stalled: 1 }), attemptMs: 5, attempts: 2 });
    equal(await code(silent.chat.ask(hello)), "timed_out");
    equal(silent.chat.spent.calls, 2);
  });

  it("sends nothing that the budget does not cover", async () => {
    for (const budget of [{ calls: 2 }, { tokens: 20 }, { money: 0.00002 }]) {
      const { chat } = client({ budget, prices: { prompt: 1, completion: 1 } });
      deepEqual([await code(chat.ask(hello)), await code(chat.ask(hello)), await code(chat.ask(hello))], [
        "answered",
        "answered",
        "budget_spent",
      ]);
      equal(chat.spent.calls, 2);
    }
    // Tries count as well.
    const { chat } = client({ budget: { calls: 3 }, fetch: scriptedFetch({ http: [{ status: 500, share: 1 }] }) });
    equal(await code(chat.ask(hello)), "budget_spent");
  });

  it("asks no more at once than it is told", async () => {
    let inside = 0, most = 0;
    const slow = scriptedFetch();
    const { chat } = client({
      concurrent: 3,
      fetch: async (request) => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside -= 1;
        return slow(request);
      },
    });
    await Promise.all(Array.from({ length: 10 }, () => chat.ask(hello)));
    equal(most, 3);
  });

  it("tells the key to nobody", async () => {
    const { chat } = client({ fetch: first(refused(401, {}, `Incorrect API key provided: ${KEY}`)) });
    await rejects(chat.ask(hello), (error: Error) => {
      match(error.message, /\[key\]/);
      ok(!Deno.inspect(error, { depth: 9 }).includes(KEY));
      return true;
    });
    const lost = client({ attempts: 1, fetch: () => Promise.reject(new Error(`bad header Bearer ${KEY}`)) });
    await rejects(lost.chat.ask(hello), (error: Error) => !Deno.inspect(error, { depth: 9 }).includes(KEY));
    ok(!Deno.inspect(chat, { depth: 9 }).includes(KEY) && !JSON.stringify(chat).includes(KEY));
  });

  it("refuses addresses that are none or hold credentials", () => {
    for (const endpoint of ["model.test/v1", "http://me:word@model.test/v1"]) {
      try {
        client({ endpoint });
        ok(false);
      } catch (error) {
        equal((error as { code: string }).code, "configuration_invalid");
        ok(!`${error}`.includes("word"));
      }
    }
  });

  it("tells a stream that breaks, and does not begin it again", async () => {
    const broken = () =>
      new Response('data: {"choices":[{"index":0,"delta":{"content":"Half"},"finish_reason":null}]}\n\n');
    const { chat } = client({ fetch: first(broken) });
    let heard = "";
    const listening = (async () => {
      for await (const { choices } of chat.stream(hello)) heard += choices[0].delta.content;
    })();
    equal(await code(listening), "remote_unavailable");
    deepEqual([heard, chat.spent.calls, chat.spent.estimated], ["Half", 1, 1]);
  });
});

describe("cassette()", () => {
  const folder = (work: (path: string) => Promise<void>) => async () => {
    const made = mkdtempSync(join(tmpdir(), "eddy-cassette-"));
    try {
      await work(join(made, "talk.jsonl"));
    } finally {
      rmSync(made, { recursive: true });
    }
  };

  it(
    "replays what it recorded, whole answers, streams and errors, and holds no key",
    folder(async (path) => {
      const talk = async (fetch: RemoteChatOptions["fetch"]): Promise<string> => {
        const { chat } = client({ fetch, attempts: 20 });
        return JSON.stringify([await chat.ask(hello), await all(chat.stream(hello)), chat.spent]);
      };
      const faults = { http: [{ status: 500, share: 0.5 }] };
      const recorded = await talk(cassette({ path, mode: "record", fetch: scriptedFetch(faults, 6) }));
      ok(!readFileSync(path, "utf8").includes(KEY));
      equal(await talk(cassette({ path, mode: "replay" })), recorded);
      ok(readFileSync(path, "utf8").includes('"status":500'), "the recording holds an error");
    }),
  );

  it(
    "refuses a request that was not recorded, or not as often, without trying again",
    folder(async (path) => {
      await client({ fetch: cassette({ path, mode: "record", fetch: scriptedFetch() }) }).chat.ask(hello);
      const { chat } = client({ fetch: cassette({ path, mode: "replay" }) });
      await rejects(chat.ask({ messages: [{ role: "user", content: "other" }] }), /was not recorded; record/);
      await chat.ask(hello);
      await rejects(chat.ask(hello), /recorded 1 times and is asked once more/);
      equal(chat.spent.calls, 3);
      await rejects(
        (async () => await client({ fetch: cassette({ path: `${path}x`, mode: "replay" }) }).chat.ask(hello))(),
        /there is no such file/,
      );
    }),
  );
});
