import { afterAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type InferenceEngine,
  kernelEngine,
  loadCheckpoint,
  loadModelOn,
  loadPackedTransformer,
  type ModelConfig,
  modelTensors,
  openTransformer,
  openWebGpuEngine,
  readModelConfig,
  type TransformerModel,
  type WeightFormat,
  writeTensors,
} from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";
import { softwareAdapter } from "../policy/software_adapter.ts";

/**
 * One suite for every engine: the processor's in float32 and packed, WebGPU in all formats. `reference`: as a share of the
 * size of the logits that float32 gives of the very weights that the engine holds; `recorded`: of the recorded ones.
 */
interface EngineKind {
  readonly backend: InferenceEngine["backend"];
  readonly format: WeightFormat;
  readonly reference: number;
  readonly recorded: number;
}

/** The processor's packed products round activations to eight bits; a GPU's do not, so it is as near as float32 is. */
const KINDS: readonly EngineKind[] = [
  { backend: "kernels", format: "f32", reference: 1e-6, recorded: 1e-4 },
  { backend: "kernels", format: "q8", reference: 0.08, recorded: 0.08 },
  { backend: "kernels", format: "e7", reference: 0.08, recorded: 0.12 },
  { backend: "kernels", format: "e4", reference: 0.2, recorded: 0.6 },
  { backend: "webgpu", format: "f32", reference: 1e-4, recorded: 1e-4 },
  { backend: "webgpu", format: "f16", reference: 0.02, recorded: 0.02 },
  { backend: "webgpu", format: "q8", reference: 1e-4, recorded: 0.08 },
  { backend: "webgpu", format: "e7", reference: 1e-4, recorded: 0.12 },
  { backend: "webgpu", format: "e4", reference: 1e-4, recorded: 0.6 },
];

const kernels = await loadKernels();
const { device, reason } = await softwareAdapter();
const folder = join(fixturesFolder, "models");
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "reference.json")))
  : [];
if (names.length === 0) describe.skip(`engines with recorded models: no folder ${folder}`, () => {});

/** The model in float32, of the numbers that a format's blocks stand for. */
function reference(
  path: string,
  format: WeightFormat,
): { readonly model: TransformerModel; readonly config: ModelConfig } {
  const snapshot = loadCheckpoint(path);
  const config = readModelConfig(JSON.parse(snapshot.files.get("config.json")!));
  const model = openTransformer(kernels, config);
  if (format === "f32" || format === "f16") writeTensors(model, snapshot, config);
  else {
    using packed = loadPackedTransformer(kernels, path, { format }).model;
    for (const [name, shape] of modelTensors(config)) {
      model.writeTensor(name, packed.readRows(name, 0, shape.length === 1 ? 1 : shape[0]));
    }
  }
  return { model, config };
}

function opened({ backend, format }: EngineKind, path: string, parts: DisposableStack): InferenceEngine {
  if (backend === "webgpu") {
    const { model, config } = reference(path, "f32");
    using _ = model;
    return parts.use(openWebGpuEngine({ device: device!, config, format, read: (name) => model.readTensor(name) }));
  }
  const { model, config } = format === "f32"
    ? reference(path, format)
    : loadPackedTransformer(kernels, path, { format: format as "q8" });
  parts.defer(() => model.free());
  return parts.use(kernelEngine(model, config));
}

function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  equal(actual.length, expected.length);
  let difference = 0, size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

for (const name of names) {
  const path = join(folder, name);
  const { prompts } = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as {
    readonly prompts: readonly { readonly input_ids: number[]; readonly logits: number[][] }[];
  };
  const some = prompts.filter(({ input_ids }) => input_ids.length > 1).slice(0, 3);
  const read = some.map(({ input_ids }) => Uint32Array.from(input_ids));
  const recorded = some.map(({ logits }) => logits.at(-1)!);

  describe(`engines with recorded model ${name}`, () => {
    for (const kind of KINDS) {
      const what = `${kind.backend} ${kind.format}: logits of its own weights and the recorded ones, in any batch`;
      if (kind.backend === "webgpu" && !device) {
        it.skip(`${what}: ${reason}`, () => {});
        continue;
      }
      it(what, async () => {
        using parts = new DisposableStack();
        const engine = opened(kind, path, parts);
        const { model, config } = reference(path, kind.format);
        parts.defer(() => model.free());
        using exact = kernelEngine(model, config);
        const feedAll = (
          each: InferenceEngine,
          from: number,
          to?: number,
          slots = read.map(() => each.open()),
        ): Promise<Float32Array> =>
          each.feed(read.map((tokens, i) => ({ slot: slots[i], tokens: tokens.subarray(from, to) })));

        const logits = await feedAll(engine, 0);
        const far = distance(logits, await feedAll(exact, 0));
        ok(far <= kind.reference, `${far} from its own weights`);
        const away = distance(logits, recorded.flat());
        ok(away <= kind.recorded, `${away} from the recorded logits`);

        // The same bits when a prompt is read in pieces, beside others or alone.
        const slots = read.map(() => engine.open());
        await feedAll(engine, 0, -1, slots);
        const width = engine.vocabularySize;
        const alone = await engine.feed([{ slot: slots[1], tokens: read[1].subarray(-1) }]);
        deepEqual(alone, logits.slice(width, 2 * width));

        const [scores] = await engine.score([read[0]]);
        const [expected] = await exact.score([read[0]]);
        ok(distance(scores, expected) <= 2 * kind.reference, `scores: ${distance(scores, expected)}`);
      });
    }
  });
}

/** The format that keeps the blocks of a file as they are. */
const KEPT = { "llama-tied-f16.gguf": "f32", "llama-tied-q8_0.gguf": "q8", "llama-tied-q4_0.gguf": "e4" } as const;
const files = join(folder, "llama-tied", "gguf");

for (const [file, format] of Object.entries(KEPT)) {
  const why = existsSync(files) ? reason : `no folder ${files}`;
  (existsSync(files) && device ? describe : describe.skip)(`GGUF file ${file} on a GPU${why && `: ${why}`}`, () => {
    it("gives the recorded logits of its dequantised weights, rows of heads in pairs and all", async () => {
      const { files: recorded, prompts } = JSON.parse(readFileSync(join(files, "reference.json"), "utf8")) as {
        readonly prompts: readonly number[][];
        readonly files: Record<string, { readonly dequantised: { readonly last_logits: number[][] } }>;
      };
      const { model, config } = await loadModelOn(kernels, join(files, file), {
        device: "webgpu",
        format,
        now: () => 0,
      });
      try {
        const engine = kernelEngine(model, config);
        const slots = prompts.map(() => engine.open());
        const logits = await engine.feed(prompts.map((ids, i) => ({ slot: slots[i], tokens: Uint32Array.from(ids) })));
        const far = distance(logits, recorded[file].dequantised.last_logits.flat());
        ok(far <= 1e-4, `${far}`);
      } finally {
        model.free();
      }
    });
  });
}

if (device) describe("engines", () => afterAll(() => device.destroy()));
