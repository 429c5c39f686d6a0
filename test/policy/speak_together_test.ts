import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  adapterTensors,
  candidateTrie,
  createLanguageModel,
  type Finish,
  initializeTransformer,
  type JsonObject,
  type LanguageModel,
  openAdapter,
  openPackedTransformer,
  type PackedFormats,
  type PolicySnapshot,
  readModelConfig,
  type SpeakOptions,
  type SpokenToken,
  writeLoraConfig,
} from "../../src/policy/mod.ts";
import { shareRows } from "../../src/policy/language_model/_share_rows.ts";
import { tinyChatModel } from "./tiny_chat_model.ts";

const kernels = await loadKernels();
const snapshot = tinyChatModel(kernels, 7, 640);
const config = readModelConfig(JSON.parse(snapshot.files.get("config.json")!) as JsonObject);
const FLOAT32 = 0;

/** The tiny model, packed where a format is given. @param onFeed Told each pass through packed weights. */
function open(format?: PackedFormats["format"], onFeed = (): void => {}): LanguageModel {
  if (format === undefined) return createLanguageModel(kernels, snapshot);
  const packed = openPackedTransformer(kernels, config, { format, headFormat: format });
  for (const [name, { values, shape }] of snapshot.tensors) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    ok(shape.length > 0);
    packed.writeRows(name, FLOAT32, 0, bytes, 0);
  }
  const feed = packed.feed.bind(packed);
  packed.feed = (...fed): void => {
    onFeed();
    feed(...fed);
  };
  return createLanguageModel(kernels, { ...snapshot, tensors: new Map() }, { packed });
}

function adapter(seed: number): PolicySnapshot {
  const { model } = initializeTransformer(kernels, config, 1);
  const lora = { rank: 2, alpha: 64, targetModules: ["q_proj", "v_proj", "down_proj"] };
  const opened = openAdapter(model, config, lora);
  const numbers = Float32Array.from({ length: opened.parameterCount }, (_, i) => Math.sin(seed * 97 + i * 1.7));
  const tensors = adapterTensors(opened, numbers);
  model.free();
  const files = new Map([["adapter_config.json", JSON.stringify(writeLoraConfig(lora, false))]]);
  return { kind: "transformer", version: seed, tensors, files };
}

interface Heard {
  readonly tokens: readonly SpokenToken[];
  readonly finish: Finish;
}

/** What decides about an answer, bit for bit. */
const bits = ({ tokens, finish }: Heard): unknown => [
  tokens.map(({ id, logProb, behaviorLogProb, text, end }) => [id, logProb, behaviorLogProb, text, end]),
  finish,
];

function alone(model: LanguageModel, prompt: Uint32Array, options: SpeakOptions): Heard {
  const tokens: SpokenToken[] = [];
  const speech = model.speak(prompt, options);
  for (let next = speech.next();; next = speech.next()) {
    if (next.done) return { tokens, finish: next.value };
    tokens.push(next.value);
  }
}

async function together(
  model: LanguageModel,
  prompt: Uint32Array,
  options: SpeakOptions,
  signal?: AbortSignal,
): Promise<Heard> {
  const tokens: SpokenToken[] = [];
  const speech = model.speakTogether(prompt, options, signal);
  for (let next = await speech.next();; next = await speech.next()) {
    if (next.done) return { tokens, finish: next.value };
    tokens.push(next.value);
  }
}

const ask = (model: LanguageModel, text: string): Uint32Array => model.prompt([{ role: "user", content: text }]);
const LONG = "how are you today, how are you, are you there? ".repeat(10);

/** Questions of all lengths and all ways of sampling. */
function questions(model: LanguageModel): readonly (readonly [prompt: Uint32Array, options: SpeakOptions])[] {
  const noEnd = new Map([[model.ends[0], -100]]);
  return [
    [ask(model, "hello"), { seed: 1, maximumTokens: 30 }],
    [ask(model, `${LONG} one`), { seed: 2, maximumTokens: 12, temperature: 0.5 }],
    [ask(model, "hello"), { seed: 3, maximumTokens: 30, topK: 12, bias: noEnd }],
    [ask(model, `${LONG} two`), { seed: 4, maximumTokens: 20, topP: 0.7, repetitionPenalty: 1.3 }],
    [ask(model, "you"), { seed: 5, temperature: 0, maximumTokens: 25, bias: noEnd }],
    [ask(model, "are"), { seed: 6, maximumTokens: 25, chain: { mirostat: 2, mirostatTau: 3 }, bias: noEnd }],
    [ask(model, "how"), { seed: 7, maximumTokens: 25, chain: { xtcProbability: 0.5, dryMultiplier: 1 }, top: 3 }],
    [ask(model, "yes?"), { seed: 8, constraint: candidateTrie(model.tokenizer, ["yes", "no"], model.ends[0]) }],
  ];
}

describe("tokens that are certain", () => {
  it("are read with what was drawn before them: fewer passes, the same bits", async () => {
    let passes = 0;
    using model = open("e4", () => passes++);
    const texts = ["stay here, you, and do not go: yes", "stay here, you, and go to hello there", "no"];
    const trie = candidateTrie(model.tokenizer, texts, model.ends[0]);
    const oneByOne = { ...trie, forced: () => -1 };
    const prompt = ask(model, "hello");
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const more of [{}, { chain: {} }, { maximumTokens: 5 }]) {
        const write = async (
          constraint: typeof trie,
          how: typeof together | typeof alone,
        ): Promise<[Heard, number]> => {
          const before = passes;
          return [await how(model, prompt, { seed, constraint, ...more }), passes - before];
        };
        const [expected] = await write(oneByOne, alone);
        for (const how of [alone, together]) {
          const [slow, many] = await write(oneByOne, how);
          const [heard, few] = await write(trie, how);
          deepEqual(bits(heard), bits(slow));
          deepEqual(bits(heard), bits(expected));
          if (heard.tokens.length > 4) ok(few < 0.7 * many, `${few} of ${many}`);
        }
      }
    }
  });
});

describe("speakTogether()", () => {
  for (const format of [undefined, "q8", "e4"] as const) {
    it(`writes what each answer would be alone, bit for bit, whoever else is there: ${format ?? "float32"}`, async () => {
      using model = open(format);
      using other = open(format);
      const asked = questions(model);
      const expected = asked.map(([prompt, options]) => bits(alone(other, prompt, options)));
      const heard = await Promise.all(asked.map(([prompt, options]) => together(model, prompt, options)));
      deepEqual(heard.map(bits), expected);
      ok(heard.every(({ tokens }) => tokens.length > 0));
      // In another order, with prompts that are known now, and more of them than there are seats.
      const again = [...asked, ...asked, ...asked].reverse();
      const second = await Promise.all(again.map(([prompt, options]) => together(model, prompt, options)));
      deepEqual(second.map(bits), [...expected, ...expected, ...expected].reverse());
    });
  }

  it("goes through adapters beside answers that go through none or others, bit for bit", async () => {
    for (const format of [undefined, "e4"] as const) {
      using model = open(format);
      const models = [model, model.adapt(adapter(1)), model.adapt(adapter(2)), model];
      const options = { seed: 1, maximumTokens: 20, bias: new Map([[model.ends[0], -100]]) };
      const expected = models.map((one) => bits(alone(one, ask(one, `${LONG} three`), options)));
      equal(new Set(expected.map((one) => JSON.stringify(one))).size, 3);
      const heard = await Promise.all(models.map((one) => together(one, ask(one, `${LONG} three`), options)));
      deepEqual(heard.map(bits), expected);
    }
  });

  it("tells log-probabilities that evaluating gives, bit for bit, with packed weights", async () => {
    using model = open("e4");
    const packed = openPackedTransformer(kernels, config, { format: "e4", headFormat: "e4" });
    for (const [name, { values }] of snapshot.tensors) {
      packed.writeRows(name, FLOAT32, 0, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 0);
    }
    const asked = questions(model);
    const heard = await Promise.all(asked.map(([prompt, options]) => together(model, prompt, options)));
    for (const [index, { tokens }] of heard.entries()) {
      const ids = Uint32Array.from(tokens, ({ id }) => id);
      const [prompt, { temperature = 1, topK, topP, bias, chain, constraint }] = asked[index];
      const all = Uint32Array.of(...prompt, ...ids.subarray(0, -1));
      packed.forward(all, Uint32Array.of(all.length));
      const rows = ids.map((_, place) => prompt.length - 1 + place);
      using scores = packed.score(rows, ids, ids.map(() => 0xffffffff), new Uint32Array(), 1);
      deepEqual(tokens.map(({ logProb }) => logProb), [...scores.logProbs]);
      if (temperature === 1 && !topK && !topP && !bias && !chain && !constraint) {
        deepEqual(tokens.map(({ behaviorLogProb }) => behaviorLogProb), [...scores.logProbs]);
      }
    }
    packed.free();
  });

  it("reads what several prompts begin with once, where memory can be shared", async () => {
    using model = open("q8");
    const prompt = ask(model, `${LONG} four`);
    const answers = await Promise.all([1, 2, 3, 4].map((seed) => together(model, prompt, { seed, maximumTokens: 4 })));
    deepEqual(answers.map(({ tokens }) => tokens[0].cachedTokens), [
      0,
      ...[1, 2, 3].map(() => prompt.length - 1),
    ]);
  });

  it("lets answers go on while a long prompt is read, and short prompts past long ones", async () => {
    using model = open();
    const bias = new Map([[model.ends[0], -100]]);
    const order: string[] = [];
    const listen = async (name: string, prompt: Uint32Array, maximumTokens: number): Promise<void> => {
      const speech = model.speakTogether(prompt, { seed: 1, maximumTokens, bias });
      let first = true;
      for await (const _ of speech) {
        if (name === "running" || first) order.push(name);
        first = false;
      }
    };
    const running = listen("running", ask(model, "hello"), 40);
    while (order.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    const before = order.length;
    await Promise.all([running, listen("long", ask(model, LONG), 4), listen("short", ask(model, "you"), 4)]);
    ok(order.indexOf("short") < order.indexOf("long"), order.join());
    const between = order.slice(before, order.indexOf("long")).filter((name) => name === "running");
    ok(between.length >= 3, `${between.length} tokens while ${ask(model, LONG).length} were read: ${order.join()}`);
  });

  it("gives up what nobody listens to any more, also while it waits, and lets the others go on", async () => {
    using model = open("e7");
    const bias = new Map([[model.ends[0], -100]]);
    const options = { seed: 1, maximumTokens: 60, bias };
    const expected = bits(alone(model, ask(model, "hello"), options));
    const stopped = new AbortController();
    const kept = together(model, ask(model, "hello"), options);
    const left = model.speakTogether(ask(model, "are"), options);
    const first = left.next();
    const crowd = Array.from({ length: 20 }, () => together(model, ask(model, "you"), options, stopped.signal));
    await first;
    await left.return({ reason: "end", text: "" });
    stopped.abort(new Error("gone"));
    const outcomes = await Promise.allSettled(crowd);
    deepEqual(outcomes.map((one) => one.status === "rejected" && one.reason.message), crowd.map(() => "gone"));
    await rejects(together(model, ask(model, "you"), options, stopped.signal), /gone/);
    deepEqual(bits(await kept), expected);
  });

  it("does not let a reader who has stopped reading hold a seat", async () => {
    using model = open();
    const bias = new Map([[model.ends[0], -100]]);
    const options = { seed: 1, maximumTokens: 100, bias };
    const slow = Array.from({ length: 16 }, () => model.speakTogether(ask(model, "hello"), options));
    for (const one of slow) await one.next();
    equal((await together(model, ask(model, "you"), { ...options, maximumTokens: 20 })).tokens.length, 20);
    // What rested goes on where it was.
    const rest: SpokenToken[] = [];
    for await (const token of slow[7]) rest.push(token);
    equal(rest.length, 99);
    deepEqual(rest.map(({ id }) => id), alone(model, ask(model, "hello"), options).tokens.slice(1).map(({ id }) => id));
  });

  it("ends only the answer that fails", async () => {
    using model = open();
    const fine = together(model, ask(model, "hello"), { seed: 1, maximumTokens: 12 });
    const broken = together(model, Uint32Array.of(1, 2, 99_999), { seed: 1, maximumTokens: 12 });
    const endless = together(model, new Uint32Array(640), { seed: 1 });
    const hot = together(model, ask(model, "you"), { seed: 1, temperature: -1 });
    const both = together(model, ask(model, "you"), { seed: 1, topK: 3, chain: { topK: 3 } });
    await rejects(broken, /99999|vocabulary/);
    await rejects(endless, { code: "request_invalid" });
    await rejects(hot, /temperature is -1/);
    await rejects(both, ({ message }) => {
      match(message, /'topK' is given beside a chain/);
      return true;
    });
    deepEqual(bits(await fine), bits(alone(model, ask(model, "hello"), { seed: 1, maximumTokens: 12 })));
  });

  it("tells its readers when the model is closed", async () => {
    const model = open();
    const answer = together(model, ask(model, "hello"), {
      seed: 1,
      maximumTokens: 200,
      bias: new Map([[model.ends[0], -100]]),
    });
    await new Promise((resolve) => setTimeout(resolve, 2));
    model[Symbol.dispose]();
    await rejects(answer, /the model was closed/);
  });
});

describe("shareRows()", () => {
  it("shares evenly, and gives to others what one does not need", () => {
    deepEqual(shareRows([3, 500, 40], 64), [3, 31, 30]);
    deepEqual(shareRows([500, 2], 64), [62, 2]);
    deepEqual(shareRows([10, 10], 64), [10, 10]);
    deepEqual(shareRows([9, 9, 9], 2), [1, 1, 1]);
    deepEqual(shareRows([], 64), []);
  });
});
