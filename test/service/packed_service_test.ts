import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { readSpeechReplay } from "../../src/agent/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  adapterTensors,
  loadPackedTransformer,
  type ModelWeights,
  openAdapter,
  openModelSource,
  type PackedFormats,
  saveCheckpoint,
  writeAdapter,
  writeGguf,
  writeLoraConfig,
} from "../../src/policy/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../src/service/mod.ts";
import { tinyChatGguf } from "../policy/tiny_chat_gguf.ts";
import { tinyChatModel } from "../policy/tiny_chat_model.ts";
import { testMachine } from "./machine.ts";

const kernels = await loadKernels();
let folder = "", model = "";
/** No mask: every token is allowed. */
const NO_MASK = 0xffffffff;

function open(
  { path = model, weights, adapters, mode = "frozen" }: {
    readonly path?: string;
    readonly weights?: ModelWeights;
    readonly adapters?: Record<string, string>;
    readonly mode?: "frozen" | "shadow";
  } = {},
): Promise<Service> {
  return openService(
    resolveServiceConfiguration({
      agents: { tiny: { policy: { kind: "checkpoint", path, weights, adapters }, mode } },
      store: { kind: "sqlite", path: join(folder, "eddy.db") },
    }),
    testMachine(),
  );
}

function clientOf({ app }: Service): OpenAI {
  const fetch = (url: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    Promise.resolve(app.fetch(new Request(url as string, init)));
  return new OpenAI({ apiKey: "anything", baseURL: "http://eddy.test/v1", maxRetries: 0, fetch });
}

const LORA = { rank: 2, alpha: 64, targetModules: ["q_proj", "v_proj", "down_proj"] };

/** Writes a version of an adapter whose numbers are drawn by its seed. */
function writeVersion(name: string, version: number, seed: number): void {
  const { model: packed, config } = loadPackedTransformer(kernels, model);
  const adapter = openAdapter(packed, config, LORA);
  const numbers = Float32Array.from({ length: adapter.parameterCount }, (_, i) => Math.sin(seed * 97 + i * 1.7) / 4);
  const tensors = adapterTensors(adapter, numbers);
  packed.free();
  const files = new Map([["adapter_config.json", JSON.stringify(writeLoraConfig(LORA, false))]]);
  saveCheckpoint(join(folder, name), { kind: "transformer", version, tensors, files });
}

interface Told {
  readonly choices: OpenAI.Chat.Completions.ChatCompletion["choices"];
  readonly fingerprint?: string;
}

async function ask(service: Service, more: object = {}): Promise<Told> {
  const { choices, system_fingerprint: fingerprint } = await clientOf(service).chat.completions.create({
    ...{ model: "tiny", messages: [{ role: "user", content: "hello" }], seed: 1, max_tokens: 24, logprobs: true },
    ...more,
  } as OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming);
  return { choices, fingerprint };
}

/** Log-probabilities of an answer's tokens by the packed model itself, which evaluates the whole at once. */
function evaluated(formats: PackedFormats, prompt: Uint32Array, tokens: Uint32Array, adapter?: number): Float32Array {
  const { model: packed, config } = loadPackedTransformer(kernels, model, formats);
  try {
    if (adapter !== undefined) {
      const opened = openAdapter(packed, config, LORA);
      const numbers = Float32Array.from(
        { length: opened.parameterCount },
        (_, i) => Math.sin(adapter * 97 + i * 1.7) / 4,
      );
      writeAdapter(packed, opened, { tensors: adapterTensors(opened, numbers) });
      packed.learnAdapter(opened.id);
    }
    const all = Uint32Array.of(...prompt, ...tokens.subarray(0, -1));
    packed.forward(all, Uint32Array.of(all.length));
    const rows = tokens.map((_, place) => prompt.length - 1 + place);
    using scores = packed.score(rows, tokens, tokens.map(() => NO_MASK), new Uint32Array(), 1);
    return scores.logProbs;
  } finally {
    packed.free();
  }
}

describe("openService() with packed weights", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-packed-"));
    model = join(folder, "tiny.gguf");
    writeFileSync(model, tinyChatGguf(kernels, 3));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("tells and keeps the log-probabilities that evaluating with the same weights gives, bit for bit", async () => {
    writeVersion("first", 1, 1);
    for (const weights of ["e4", "e7", "q8"] as const) {
      await using service = await open({ weights, adapters: { first: join(folder, "first") } });
      // Several at once, differently sampled, with and without an adapter.
      const asked = [
        { temperature: 1 },
        { temperature: 1, seed: 4, n: 3 },
        { temperature: 0.6, top_p: 0.8, frequency_penalty: 0.5 },
        { temperature: 1, mirostat: 2 },
        { model: "tiny:first", temperature: 1, seed: 9 },
      ];
      const answers = await Promise.all(asked.map((one) => ask(service, one)));
      for (const [index, { choices }] of answers.entries()) {
        for (const { logprobs, eddy } of choices as (Told["choices"][number] & { eddy: { step: string } })[]) {
          const step = await service.store.steps.get(eddy.step);
          const { prompt, tokens, rawLogProbs, behaviorLogProbs } = readSpeechReplay(step!);
          const now = evaluated({ format: weights }, prompt, tokens, "model" in asked[index] ? 1 : undefined);
          deepEqual(rawLogProbs, now);
          const told = logprobs!.content!.map(({ logprob }) => logprob);
          deepEqual(told, [...now].slice(0, told.length));
          ok(told.length > 0 && step!.propensity > 0);
          // Nothing but the model itself was drawn from.
          if ([0, 1, 4].includes(index)) deepEqual(behaviorLogProbs, now);
          else notDeepEqual(behaviorLogProbs, now);
        }
      }
    }
  });

  it("opens what was packed before as it is, and everything else in eight bits", async () => {
    const packed = join(folder, "packed.gguf");
    {
      using source = openModelSource(kernels, model);
      writeGguf(kernels, source, packed, { layers: "e4", head: "e4" });
    }
    const told = async (options: Parameters<typeof open>[0]): Promise<unknown> => {
      await using service = await open(options);
      return (await ask(service)).choices[0].logprobs!.content!.map(({ token, logprob }) => [token, logprob]);
    };
    const [as, usual, eight, plain] = [
      await told({ path: packed }),
      await told({}),
      await told({ weights: "q8" }),
      await told({ weights: "f32" }),
    ];
    deepEqual(usual, eight);
    notDeepEqual(usual, plain);
    notDeepEqual(as, usual);
    await using service = await open({ path: packed });
    const { choices: [{ eddy }] } = await ask(service) as unknown as { choices: { eddy: { step: string } }[] };
    const { prompt, tokens, rawLogProbs } = readSpeechReplay((await service.store.steps.get(eddy.step))!);
    deepEqual(rawLogProbs, evaluated({ format: "e4", headFormat: "e4" }, prompt, tokens));
  });

  it("takes up a new version of an adapter under load, and no request fails", async () => {
    writeVersion("first", 1, 1);
    await using service = await open({ weights: "e4", adapters: { first: join(folder, "first") } });
    const noEnd = { logit_bias: { 1: -100 }, temperature: 0, max_tokens: 40 };
    const expected = new Map<string, string>();
    const answers: Told[] = [];
    let isLoading = true;
    const load = Array.from({ length: 4 }, async (_, place) => {
      while (isLoading) answers.push(await ask(service, { ...noEnd, model: place % 2 ? "tiny" : "tiny:first" }));
    });
    try {
      for (let version = 2; version <= 3; version++) {
        writeVersion("first", version, version);
        const newest = `tiny:first@${version}`;
        const until = performance.now() + 10_000;
        const heard = answers.length;
        while (!answers.slice(heard).some(({ fingerprint }) => fingerprint === newest)) {
          ok(performance.now() < until, `${newest} does not answer`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    } finally {
      isLoading = false;
      await Promise.all(load);
    }
    // Each answer is wholly of one version: all of a version are equal.
    for (const { fingerprint = "", choices: [{ message }] } of answers) {
      expected.set(fingerprint, expected.get(fingerprint) ?? message.content!);
      equal(message.content, expected.get(fingerprint), fingerprint);
    }
    deepEqual([...expected.keys()].sort(), ["tiny:first@1", "tiny:first@2", "tiny:first@3", "tiny@0"]);
    equal(new Set(expected.values()).size, 4);
  });

  it("refuses what makes no sense, by name", async () => {
    await rejects(open({ weights: "e4", mode: "shadow" }), {
      code: "configuration_invalid",
      message: /'tiny': a language model from elsewhere has no mode 'shadow'/,
    });
    await rejects(Promise.resolve().then(() => open({ weights: "q4" as "q8" })), {
      code: "configuration_invalid",
      message: /'agents.tiny.policy.weights'/,
    });
    const own = join(folder, "own");
    const { files, tensors } = tinyChatModel(kernels);
    saveCheckpoint(own, { kind: "transformer", version: 1, files: new Map([...files, ["eddy.json", "{}"]]), tensors });
    await rejects(open({ path: own, weights: "e4" }), {
      code: "configuration_invalid",
      message: /'policy\.weights': '.*' is an agent of Eddy's, whose own weights learn/,
    });
  });
});
