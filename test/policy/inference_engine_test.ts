import { afterAll, afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  fasterEngine,
  type InferenceEngine,
  initializeTransformer,
  type JsonObject,
  kernelEngine,
  type ModelConfig,
  modelTensors,
  openPackedTransformer,
  openTransformer,
  openWebGpuEngine,
  readModelConfig,
  type TransformerModel,
  type WeightFormat,
  writeTensors,
} from "../../src/policy/mod.ts";
import { decoderLogits } from "../oracles/decoder.ts";
import { CONFIGS, randomTensors } from "./model_configs.ts";
import { softwareAdapter } from "./software_adapter.ts";

const kernels = await loadKernels();
const { device, reason } = await softwareAdapter();
if (!device) console.log(`engines on WebGPU are skipped: ${reason}`);

function open(json: JsonObject): { model: TransformerModel; config: ModelConfig } {
  const config = readModelConfig(json), model = openTransformer(kernels, config);
  writeTensors(model, { kind: "transformer", version: 0, tensors: randomTensors(json), files: new Map() }, config);
  return { model, config };
}

function onGpu(
  model: TransformerModel,
  config: ModelConfig,
  format?: WeightFormat,
  headFormat?: WeightFormat,
): InferenceEngine {
  return openWebGpuEngine({ device: device!, config, read: (name) => model.readTensor(name), format, headFormat });
}

/** Logits after some tokens; the engine is closed. */
async function readTokens(engine: InferenceEngine): Promise<Float32Array> {
  using own = engine;
  return await own.feed([{ slot: own.open(), tokens: Uint32Array.from(TOKENS) }]);
}

/** A device that says it can do less. */
function withLimits(device: GPUDevice, less: Partial<Record<keyof GPUSupportedLimits, number>>): GPUDevice {
  const limits = new Proxy(device.limits, {
    get: (own, name) => less[name as keyof GPUSupportedLimits] ?? Reflect.get(own, name, own),
  });
  return new Proxy(device, {
    get(own, name): unknown {
      if (name === "limits") return limits;
      const value = Reflect.get(own, name, own);
      return typeof value === "function" ? value.bind(own) : value;
    },
  });
}

/** Largest difference as a share of the largest number, at least 1. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  equal(actual.length, expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return Array.from(actual).reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at])), 0) / largest;
}

const TOKENS = Array.from({ length: 30 }, (_, i) => (i * i * 7 + 3 * i) % 31);

/** One of every architecture: on a software adapter each takes its time; recorded models are in recorded/engines_test.ts. */
const ON_GPU = [
  "llama with yarn",
  "mistral with a window",
  "qwen2 whose layers are listed",
  "qwen3 with biases",
  "gpt2, untied, with exact gelu and plain scores",
  "gemma2 in the older style",
  "gemma3 in the newer style",
  "phi3 with longrope on a part of each head",
];

/** What every engine keeps. @param tolerance Of logits, as a share of the largest. */
function conforms(
  openEngine: (model: TransformerModel, config: ModelConfig) => InferenceEngine,
  tolerance: number,
  names: readonly string[] = Object.keys(CONFIGS),
): void {
  for (const name of names) {
    const json = CONFIGS[name];
    it(`${name}: logits and scores of the float64 oracle, whatever is read together`, async () => {
      const { model, config } = open(json);
      using _model = model;
      using engine = openEngine(model, config);
      const most = Math.min(TOKENS.length, engine.maximumPositions);
      const [long, short] = [TOKENS.slice(0, most), TOKENS.slice(3, 12)];
      const oracle = (tokens: readonly number[]): number[][] => decoderLogits(json, randomTensors(json), tokens);
      const [a, b] = [engine.open(), engine.open()];
      const first = await engine.feed([
        { slot: a, tokens: Uint32Array.from(long.slice(0, most - 1)) },
        { slot: b, tokens: Uint32Array.from(short.slice(0, 1)) },
      ]);
      ok(difference(first, [...oracle(long).at(-2)!, ...oracle(short)[0]]) < tolerance);
      const second = await engine.feed([
        { slot: b, tokens: Uint32Array.from(short.slice(1)) },
        { slot: a, tokens: Uint32Array.from(long.slice(-1)) },
      ]);
      ok(difference(second, [...oracle(short).at(-1)!, ...oracle(long).at(-1)!]) < tolerance);
      deepEqual([engine.length(a), engine.length(b)], [long.length, short.length]);
      const scores = await engine.score([Uint32Array.from(short), Uint32Array.of(1), Uint32Array.from(long)]);
      equal(scores[1].length, 0);
      for (const [tokens, actual] of [[short, scores[0]], [long, scores[2]]] as const) {
        const logits = oracle(tokens);
        const expected = tokens.slice(1).map((token, at) =>
          logits[at][token] - Math.log(logits[at].reduce((sum, logit) => sum + Math.exp(logit), 0))
        );
        ok(difference(actual, expected) < tolerance);
      }
    });
  }

  describe("with a small model", () => {
    let model: TransformerModel, engine: InferenceEngine;
    beforeEach(() => {
      const small = initializeTransformer(kernels, {
        vocabularySize: 50,
        hiddenSize: 16,
        layers: 1,
        maximumPositions: 1200,
      }, 3);
      model = small.model;
      engine = openEngine(model, small.config);
    });
    afterEach(() => {
      engine[Symbol.dispose]();
      model.free();
    });

    it("reads a long prompt as it reads one token after the other, and forgets", async () => {
      const tokens = Uint32Array.from({ length: 540 }, (_, at) => (at * at + 5 * at) % 50);
      const [whole, pieces] = [engine.open(), engine.open()];
      const expected = await engine.feed([{ slot: whole, tokens }]);
      await engine.feed([{ slot: pieces, tokens: tokens.subarray(0, 530) }]);
      await engine.feed([{ slot: pieces, tokens: Uint32Array.of(1, 2, 3) }]);
      engine.truncate(pieces, 530);
      let logits = new Float32Array();
      for (const token of tokens.subarray(530)) {
        logits = Float32Array.from(await engine.feed([{ slot: pieces, tokens: Uint32Array.of(token) }]));
      }
      ok(difference(logits, expected) < tolerance);
      const [scored] = await engine.score([tokens]);
      equal(scored.length, 539);
      ok(scored.every((value) => value < 0 && Number.isFinite(value)));
    });

    it("refuses what cannot be read and goes on", async () => {
      const slot = engine.open();
      const feed = (tokens: number[], at = slot): Promise<Float32Array> =>
        engine.feed([{ slot: at, tokens: Uint32Array.from(tokens) }]);
      await rejects(feed([]), /there are none for slot/);
      await rejects(feed([50]), /50 is none of 50 tokens/);
      await rejects(feed(Array(1201).fill(0)), /at most 1200 fit/);
      await rejects(feed([0], 999), /slot 999.*not open/);
      await rejects(engine.feed([]), /no requests/);
      await rejects(engine.feed([0, 0].map((at) => ({ slot, tokens: Uint32Array.of(at) }))), /stands twice/);
      await rejects(engine.score([new Uint32Array()]), /1 to 1200 fit/);
      throws(() => engine.truncate(slot, 1), /Cannot keep 1 of 0/);
      equal(engine.length(slot), 0);
      equal((await feed([1])).length, 50);
      engine.close(slot);
      throws(() => engine.length(slot), RangeError);
    });

    it("answers calls that are made at once in their order", async () => {
      const slot = engine.open();
      const calls = [7, 8, 9].map((token) => engine.feed([{ slot, tokens: Uint32Array.of(token) }]));
      const logits = await Promise.all(calls);
      const other = engine.open();
      const expected = await engine.feed([{ slot: other, tokens: Uint32Array.of(7, 8, 9) }]);
      ok(difference(logits[2], expected) < tolerance);
    });
  });
}

describe("kernelEngine()", () => conforms(kernelEngine, 1e-4));

(device ? describe : describe.ignore)("openWebGpuEngine()", () => {
  afterAll(() => device?.destroy());

  describe("with float32 weights", () => conforms(onGpu, 1e-4, ON_GPU));

  it("keeps float16 weights within their rounding", async () => {
    const { model, config } = open(CONFIGS["qwen3, tied"]);
    using _model = model;
    const error = difference(
      await readTokens(onGpu(model, config, "f16")),
      await readTokens(kernelEngine(model, config)),
    );
    ok(error > 1e-6 && error < 2e-2, `${error}`);
  });

  for (const format of ["q8", "e7", "e4"] as const) {
    it(`gives with ${format} what float32 gives of the numbers that its blocks stand for`, async () => {
      const { model, config } = open(CONFIGS["qwen3, tied"]);
      using _model = model;
      using packed = openPackedTransformer(kernels, config, { format, headFormat: format });
      for (const name of model.tensorNames()) {
        packed.writeRows(name, 0, 0, new Uint8Array(model.readTensor(name).buffer), 0);
      }
      const onPackedGpu = await readTokens(onGpu(model, config, format, format));
      const onProcessor = await readTokens(kernelEngine(packed, config));
      const original = await readTokens(kernelEngine(model, config));
      for (const name of modelTensors(config).keys()) {
        const [rows, width] = model.tensorShape(name);
        model.writeTensor(name, packed.readRows(name, 0, width === undefined ? 1 : rows));
      }
      const exact = await readTokens(kernelEngine(model, config));
      ok(difference(onPackedGpu, exact) < 1e-4, `${difference(onPackedGpu, exact)}`);
      // The processor rounds activations to eight bits, too.
      ok(difference(onPackedGpu, onProcessor) < 0.1, `${difference(onPackedGpu, onProcessor)}`);
      ok(difference(onPackedGpu, original) > 1e-3, "nothing was rounded");
    });
  }

  it("splits matrices that are larger than a buffer may be, in any format", async () => {
    const { model, config } = initializeTransformer(kernels, { vocabularySize: 1200, hiddenSize: 16, layers: 1 }, 3);
    using _model = model;
    const read = (name: string): Float32Array => model.readTensor(name);
    // Eight rows of the head have 1024 bytes in float32 and 128 in e4: 19 and 3 pieces.
    for (const format of ["f32", "e4"] as const) {
      const narrow = withLimits(device!, { maxStorageBufferBindingSize: 8192 });
      const pieces = openWebGpuEngine({ device: narrow, config, read, format, headFormat: format });
      equal(pieces.maximumPositions, 32);
      deepEqual(await readTokens(pieces), await readTokens(onGpu(model, config, format, format)));
    }
  });

  it("refuses models that the shaders have no room for", () => {
    const { model, config } = initializeTransformer(kernels, { vocabularySize: 9, hiddenSize: 16 }, 1);
    using _model = model;
    const unsupported = { code: "model_unsupported" };
    for (const wrong of [{ hiddenSize: 18 }, { intermediateSize: 5 }, { headDimension: 260 }]) {
      throws(() => onGpu(model, { ...config, ...wrong }), unsupported);
    }
    const read = (name: string): Float32Array => model.readTensor(name);
    for (const limits of [{ maxStorageBufferBindingSize: 500 }, { maxStorageBuffersPerShaderStage: 4 }]) {
      throws(() => openWebGpuEngine({ device: withLimits(device!, limits), config, read }), {
        ...unsupported,
        message: /Cannot run the model on a GPU: .*(ask the adapter|5 and 8320 are needed).* or use the processor/,
      });
    }
  });

  it("says that the device is lost", async () => {
    const other = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const { model, config } = initializeTransformer(kernels, { vocabularySize: 9, hiddenSize: 16 }, 1);
    using _model = model;
    using engine = openWebGpuEngine({ device: other, config, read: (name) => model.readTensor(name) });
    const slot = engine.open();
    other.destroy();
    await other.lost;
    await rejects(engine.feed([{ slot, tokens: Uint32Array.of(1) }]), (error: EddyError) => {
      equal(error.code, "worker_failed");
      return /open another engine/.test(error.message);
    });
  });
});

describe("fasterEngine()", () => {
  it("keeps the engine that took the least time", async () => {
    const { model, config } = initializeTransformer(kernels, { vocabularySize: 9, hiddenSize: 16 }, 1);
    using _model = model;
    using plain = kernelEngine(model, config);
    let time = 0;
    const slowed = (cost: number): InferenceEngine => ({
      ...plain,
      feed(requests): Promise<Float32Array> {
        time += cost;
        return plain.feed(requests);
      },
    });
    const [slow, fast] = [slowed(5), slowed(2)];
    const { engine, milliseconds } = await fasterEngine([slow, fast], { now: () => time, steps: 3 });
    equal(engine, fast);
    deepEqual(milliseconds, [20, 8]);
  });
});
