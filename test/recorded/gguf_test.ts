import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  loadCheckpoint,
  openGguf,
  openTransformer,
  readModelConfig,
  type TransformerModel,
  writeTensors,
} from "../../src/policy/mod.ts";
import { loadTokenizer } from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

interface Blocks {
  readonly types: readonly {
    readonly type: string;
    readonly type_id: number;
    readonly bytes_base64: string;
    readonly values: number[];
  }[];
}

interface Reference {
  readonly prompts: readonly number[][];
  readonly tolerance: { readonly dequantised_logits_abs: number };
  readonly files: Record<string, {
    readonly types: Record<string, string>;
    readonly values: Record<string, { shape: number[]; at: number[]; value: number[] }>;
    readonly dequantised: { readonly logits: number[][]; readonly last_logits: number[][] };
    readonly greedy: { readonly input_ids: number[]; readonly new_ids: number[] };
  }>;
}

const TEXTS = [
  "",
  "Hello, world!",
  "  two  spaces\n\nand lines ",
  "naïve „ü“ 🙂 漢字",
  "x=1234567;y='8'",
  "<|end|> I'll",
];
const kernels = await loadKernels();
const folder = join(fixturesFolder, "models");

function logitsOf(model: TransformerModel, ids: number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(Uint32Array.from(ids, (_, i) => i));
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    ok(Math.abs(actual[i] - expected[i]) <= tolerance, `[${i}]: ${actual[i]}, expected ${expected[i]}`);
  }
}

describe("dequantize()", () => {
  const path = join(folder, "dequantise.json");
  if (!existsSync(path)) {
    it.skip(`no ${path}`, () => {});
    return;
  }
  for (const instructionSet of ["relaxed", "simd128"] as const) {
    const { types } = JSON.parse(readFileSync(path, "utf8")) as Blocks;
    for (const { type, type_id, bytes_base64, values } of types) {
      it(`gives the recorded values of ${type} exactly on ${instructionSet}`, async () => {
        const { dequantize } = await loadKernels({ instructionSet });
        const bytes = Uint8Array.from(atob(bytes_base64), (letter) => letter.charCodeAt(0));
        deepEqual([...dequantize(type_id, bytes)], values.map(Math.fround));
      });
    }
  }
});

const models = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "gguf", "reference.json")))
  : [];
if (models.length === 0) describe.skip(`recorded GGUF files: none in ${folder}`, () => {});

for (const name of models) {
  const place = join(folder, name, "gguf");
  const { files, prompts, tolerance } = JSON.parse(readFileSync(join(place, "reference.json"), "utf8")) as Reference;
  for (const [file, reference] of Object.entries(files)) {
    const path = join(place, file);
    describe(`recorded GGUF file ${file}`, () => {
      it("openGguf() reads the recorded values of every tensor", () => {
        using open = openGguf(kernels, path);
        for (const [tensor, type] of Object.entries(reference.types)) equal(open.tensors.get(tensor)?.type.name, type);
        for (const [tensor, { shape, at, value }] of Object.entries(reference.values)) {
          const { shape: own, values } = open.read(tensor);
          deepEqual(own, shape);
          // Recorded with seven digits.
          value.forEach((expected, i) => near([values[at[i]]], [expected], 1e-6 * Math.abs(expected)));
        }
      });

      const original = join(folder, name, "tokenizer.json");
      (existsSync(original) ? it : it.skip)("loadCheckpoint() gives the tokenizer that the model was made with", () => {
        using own = loadTokenizer(kernels, loadCheckpoint(path, kernels).files.get("tokenizer.json")!);
        using other = loadTokenizer(kernels, readFileSync(original, "utf8"));
        for (const text of TEXTS) deepEqual(own.encode(text), other.encode(text));
      });

      it("loadCheckpoint() gives a model with the recorded logits and generation", () => {
        const snapshot = loadCheckpoint(path, kernels);
        const config = readModelConfig(JSON.parse(snapshot.files.get("config.json")!));
        using model = openTransformer(kernels, config);
        writeTensors(model, snapshot, config);
        const { logits, last_logits } = reference.dequantised;
        near(logitsOf(model, prompts[0]), logits.flat(), tolerance.dequantised_logits_abs);
        prompts.forEach((prompt, i) => {
          near(logitsOf(model, prompt).slice(-config.vocabularySize), last_logits[i], tolerance.dequantised_logits_abs);
        });
        const { input_ids, new_ids } = reference.greedy;
        const ids = [...input_ids];
        for (const expected of new_ids) {
          const last = logitsOf(model, ids).slice(-config.vocabularySize);
          const best = last.reduce((best, x, i) => x > last[best] ? i : best, 0);
          equal(best, expected);
          ids.push(best);
        }
      });
    });
  }
}
