import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../../src/kernels/mod.ts";
import {
  cutBatches,
  keepTuned,
  keptTuning,
  learnedSequences,
  openTuning,
  readConversations,
  tune,
  TUNE_DEFAULTS,
  type TuneConfiguration,
  type TuneEvent,
} from "../../../src/learning/mod.ts";
import {
  createLanguageModel,
  createTunableModel,
  encodeSafetensors,
  isLanguageModel,
  loadCheckpoint,
  loadPackedTransformer,
} from "../../../src/policy/mod.ts";
import { loudChatModel } from "./loud_chat_model.ts";

const kernels = await loadKernels();
const base = loudChatModel(kernels);
const NOW = new Date(0);
const ASKED = ["hello", "how are you today?", "there", "O1?", "ship", "are you there?"];
let folder = "";

const line = (asked: string, answered: string): string =>
  JSON.stringify({ messages: [{ role: "user", content: asked }, { role: "assistant", content: answered }] });

function configured(more: Partial<TuneConfiguration> = {}): TuneConfiguration {
  return {
    ...TUNE_DEFAULTS,
    ...{ model: folder, data: join(folder, "chats.jsonl"), out: join(folder, "run") },
    ...{ epochs: 6, batchTokens: 64, learningRate: 0.02, heldOut: 0.2, seed: 3, today: NOW.toISOString() },
    ...more,
  };
}

/** Learns until the end, or until so many updates were made. */
async function run(configuration: TuneConfiguration, most = Infinity): Promise<readonly TuneEvent[]> {
  const interruption = new AbortController();
  const events: TuneEvent[] = [];
  const kept = keptTuning(configuration.out);
  using open = openTuning(kernels, configuration, kept?.snapshot);
  const ended = await tune(configuration, open.model, open.plan, {
    ...{ kernels, now: () => 0, signal: interruption.signal },
    onEvent: (event) => {
      events.push(event);
      if (event.event === "update" && event.update >= most) interruption.abort();
    },
    save: (snapshot) => keepTuned(configuration, snapshot),
  });
  equal(ended, most === Infinity);
  return events;
}

const heldOutLosses = (events: readonly TuneEvent[]): number[] =>
  events.flatMap((event) => event.event === "evaluation" ? [event.heldOutLoss] : []);

function openFolder(): void {
  folder = mkdtempSync(join(tmpdir(), "eddy-tune-"));
  for (const [name, text] of base.files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(base.tensors));
  writeFileSync(join(folder, "chats.jsonl"), ASKED.map((asked) => line(asked, "yes")).join("\n"));
}
const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });

describe("tune()", () => {
  beforeEach(openFolder);
  afterEach(removeFolder);

  it("lowers the loss of what it never learned from, with an adapter that is served beside the model", async () => {
    const events = await run(configured({ epochs: 12, learningRate: 0.05 }));
    const losses = heldOutLosses(events);
    equal(losses.length, 13);
    ok(losses.at(-1)! < 0.6 * losses[0], `${losses}`);
    using model = createLanguageModel(kernels, base);
    using adapted = model.adapt(loadCheckpoint(join(folder, "run")));
    const answer = (speaker: typeof model): string => {
      const prompt = speaker.prompt([{ role: "user", content: "ship" }]);
      let text = "";
      for (const token of speaker.speak(prompt, { temperature: 0, seed: 1, maximumTokens: 20 })) text += token.text;
      return text;
    };
    equal(answer(adapted), "yes");
    ok(answer(model) !== "yes");
    // What PEFT reads stands in the folder itself.
    const config = JSON.parse(readFileSync(join(folder, "run", "adapter_config.json"), "utf8"));
    deepEqual([config.peft_type, config.r, config.lora_alpha], ["LORA", 8, 16]);
    const names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
    deepEqual(config.target_modules, names);
    rmSync(join(folder, "run", "latest"));
    using bare = model.adapt(loadCheckpoint(join(folder, "run")));
    equal(answer(bare), "yes");
  });

  it("ends with the same bytes after it was stopped and taken up again", async () => {
    const lora = TUNE_DEFAULTS.method;
    for (
      const [name, given] of [
        ["lora", { method: lora }],
        ["packed", { method: lora, weights: "e4" }],
        ["full", { method: { kind: "full" }, checkpointLayers: true }],
      ] as const
    ) {
      const { method } = given;
      const whole = configured({ ...given, epochs: 2, out: join(folder, `whole-${name}`) });
      const parts = configured({ ...given, epochs: 2, out: join(folder, `parts-${name}`) });
      const all = await run(whole);
      const first = await run(parts, 1);
      const rest = await run(parts);
      const updates = (events: readonly TuneEvent[]): unknown[] =>
        events.flatMap((event) => event.event === "update" ? [[event.update, event.loss, event.learningRate]] : []);
      deepEqual([...updates(first), ...updates(rest)], updates(all));
      ok(updates(all).length > 2);
      const file = method.kind === "full" ? "model.safetensors" : "adapter_model.safetensors";
      deepEqual(readFileSync(join(parts.out, file)), readFileSync(join(whole.out, file)));
    }
    const tuned = loadCheckpoint(join(folder, "whole-full"));
    ok(isLanguageModel(tuned));
    createLanguageModel(kernels, tuned)[Symbol.dispose]();
  });

  it("learns an adapter beside packed weights, with the log-probabilities of acting on them", async () => {
    const configuration = configured({ epochs: 12, learningRate: 0.05, weights: "q8" });
    const losses = heldOutLosses(await run(configuration));
    ok(losses.at(-1)! < 0.6 * losses[0], `${losses}`);
    const { model, files } = loadPackedTransformer(kernels, folder, { format: "q8" });
    using speaker = createLanguageModel(kernels, { ...base, tensors: new Map(), files }, { packed: model });
    using adapted = speaker.adapt(loadCheckpoint(join(folder, "run")));
    const prompt = adapted.prompt([{ role: "user", content: "ship" }]);
    const spoken = [...adapted.speak(prompt, { temperature: 0, seed: 1, maximumTokens: 20 })];
    equal(spoken.map(({ text }) => text).join(""), "yes");
    const written = spoken.map(({ id }) => id);
    ok(written.length > 0);
    using open = openTuning(kernels, configuration, keptTuning(join(folder, "run"))!.snapshot);
    const tokens = Uint32Array.from([...prompt, ...written]);
    const learned = Uint8Array.from(tokens, (_, place) => Number(place >= prompt.length));
    const scored = [...open.model.score([{ tokens, learned }])];
    equal(scored.length, spoken.length);
    // A served answer rounds its own log-probabilities otherwise.
    for (const [i, { logProb }] of spoken.entries()) ok(Math.abs(scored[i] - logProb) < 1e-5 * (1 + Math.abs(logProb)));
  });

  it("has the gradient of one batch, however it is cut into parts", () => {
    const model = createTunableModel(kernels, base, {
      seed: 1,
      lora: { rank: 2, alpha: 4, targetModules: "all-linear" },
    });
    using _model = model;
    const [one, two] = [1, 2].map((seed) => ({
      tokens: Uint32Array.from({ length: 9 }, (_, i) => (i * 37 * seed) % 250),
      learned: Uint8Array.from({ length: 9 }, (_, i) => Number(i > 3)),
    }));
    const norm = (parts: (typeof one)[][]): number => {
      for (const part of parts) model.backward(model.score(part).fill(-1));
      return model.update({ learningRate: 0 });
    };
    const [together, apart] = [norm([[one, two]]), norm([[one], [two]])];
    ok(together > 0 && Math.abs(together - apart) < 1e-4 * together, `${together} ${apart}`);
  });

  it("refuses what is no language model, and data that is longer than it reads", async () => {
    await rejects(async () => await run(configured({ model: join(folder, "nothing") })), {
      code: "checkpoint_missing",
    });
    writeFileSync(join(folder, "chats.jsonl"), [line("hello", "there"), line("you ".repeat(300), "there")].join("\n"));
    throws(() => openTuning(kernels, configured()), /chats.jsonl:2: it has \d+ tokens.* reads 256; '--skip-long'/);
    using open = openTuning(kernels, configured({ skipLong: true }));
    deepEqual([open.plan.event.conversations, open.plan.event.leftOut], [1, 1]);
  });
});

describe("learnedSequences()", () => {
  it("learns what the assistant wrote and the end of it, and nothing else", () => {
    using model = createTunableModel(kernels, base, {
      seed: 1,
      lora: { rank: 1, alpha: 1, targetModules: "all-linear" },
    });
    using speaker = createLanguageModel(kernels, base);
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "hello <|im_end|>" },
      { role: "assistant", content: "hello there" },
      { role: "user", content: "how?" },
      { role: "assistant", content: "today?" },
    ];
    const learnable = messages.map(({ role }) => role === "assistant");
    const textsOf = (turns: "last" | "all", may = learnable): string[] =>
      learnedSequences({ place: "chats:1", messages, learnable: may }, { turns, now: NOW }, model).sequences.map((
        sequence,
      ) =>
        speaker.tokenizer.decode([...sequence.tokens].filter((_, place) => sequence.learned[place] === 1), {
          skipSpecial: false,
        })
      );
    deepEqual(textsOf("all"), ["hello there<|im_end|>today?<|im_end|>"]);
    deepEqual(textsOf("last"), ["today?<|im_end|>"]);
    deepEqual(textsOf("all", learnable.map((may, place) => may && place < 4)), ["hello there<|im_end|>"]);
  });

  it("makes a sequence of each turn where the template writes earlier turns otherwise", () => {
    const ends = [9];
    /** Earlier answers lose their first token, as thoughts are left out. */
    const prompt = (messages: readonly unknown[], { complete = false } = {}): Uint32Array =>
      Uint32Array.from([
        ...messages.flatMap((message, place) => {
          const { role } = message as { readonly role: string };
          if (role !== "assistant") return [1];
          return place === messages.length - 1 ? [2, 7, 8, 9] : [2, 8, 9];
        }),
        ...(complete ? [] : [2]),
      ]);
    const messages = ["user", "assistant", "user", "assistant"].map((role) => ({ role }));
    const learnable = [false, true, false, true];
    const { sequences } = learnedSequences({ place: "chats:1", messages, learnable }, { turns: "all", now: NOW }, {
      prompt,
      ends,
    });
    deepEqual(sequences.map(({ tokens }) => [...tokens]), [[1, 2, 7, 8, 9], [1, 2, 8, 9, 1, 2, 7, 8, 9]]);
    deepEqual(sequences.map(({ learned }) => [...learned]), [[0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0, 1, 1, 1]]);
  });
});

describe("readConversations()", () => {
  beforeEach(openFolder);
  afterEach(removeFolder);

  const read = (text: string): ReturnType<typeof readConversations> => {
    writeFileSync(join(folder, "some.jsonl"), text);
    return readConversations(join(folder, "some.jsonl"));
  };

  it("reads messages, tools, calls and weights as OpenAI has them", () => {
    const call = { id: "c", type: "function", function: { name: "ship", arguments: '{"order":"O1"}' } };
    const messages = [
      { role: "developer", content: [{ type: "text", text: "Be" }, { type: "text", text: "brief." }] },
      { role: "user", content: "ship O1" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "done" },
      { role: "assistant", content: "It is.", weight: 0 },
    ];
    const tools = [{ type: "function", function: { name: "ship" } }];
    const [{ place, learnable, messages: told, tools: kept }] = read(
      `\n${JSON.stringify({ messages, tools })}\n`,
    );
    deepEqual([place, learnable, kept], [`${join(folder, "some.jsonl")}:2`, [false, false, true, false, false], tools]);
    deepEqual(told[0], { role: "system", content: "Be\nbrief." });
    deepEqual(told[2].tool_calls, [{ ...call, function: { name: "ship", arguments: { order: "O1" } } }]);
  });

  it("names file and line of what it cannot read", () => {
    const good = line("a", "b");
    const user = { role: "user", content: "a" };
    for (
      const [wrong, state] of [
        ["{", /JSON/],
        ["[]", /not an object/],
        ['{"messages":[]}', /'messages' is no list/],
        [JSON.stringify({ messages: [user] }), /nothing to learn/],
        [JSON.stringify({ messages: [user, { role: "robot", content: "" }] }), /'messages.1' has the role "robot"/],
        [JSON.stringify({ messages: [user, { role: "assistant" }] }), /'content' that is not text/],
        [JSON.stringify({ messages: [user], tools: [{}] }), /'tools'/],
        [
          JSON.stringify({
            messages: [user, { role: "assistant", tool_calls: [{ function: { name: "f", arguments: "x" } }] }],
          }),
          /calls 'f' with arguments that are not an object: "x"/,
        ],
      ] as const
    ) {
      throws(() => read(`${good}\n${wrong}\n`), (error: Error & { code: string }) => {
        equal(error.code, "data_invalid");
        match(error.message, /some\.jsonl:2: /);
        match(error.message, state);
        return true;
      });
    }
    throws(() => read("\n"), /no conversation/);
    throws(() => readConversations(join(folder, "none.jsonl")), { code: "data_missing" });
  });
});

describe("cutBatches()", () => {
  it("fills batches in order, and gives what is too long one of its own", () => {
    deepEqual(cutBatches([3, 3, 5, 9, 1, 1], 7), [[0, 1], [2], [3], [4, 5]]);
    deepEqual(cutBatches([], 7), []);
  });
});
