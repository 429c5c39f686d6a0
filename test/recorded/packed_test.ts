import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadPackedTransformer, type PackedFormats, type PackedTransformerModel } from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

/**
 * Size of the difference of all logits, as a share of the logits' size. These models have random weights, which no four
 * bits follow, and logits that small differences move far: with the integers of the same files, other programs' kernels
 * are as far from float32 (see below).
 */
const TOLERANCES: readonly (readonly [PackedFormats, number])[] = [
  [{ format: "q8", headFormat: "q8", cacheFormat: "f16" }, 0.08],
  [{ format: "e7", headFormat: "q8", cacheFormat: "q8" }, 0.12],
  [{ format: "e4", headFormat: "q8", cacheFormat: "f16" }, 0.6],
];

const folder = join(fixturesFolder, "models");
const names = existsSync(folder) ? readdirSync(folder) : [];
if (names.length === 0) describe.skip(`recorded models: no folder ${folder}`, () => {});

function logitsOf(model: PackedTransformerModel, ids: readonly number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(Uint32Array.from(ids, (_, i) => i));
}

function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  let difference = 0, size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

for (const name of names.filter((each) => existsSync(join(folder, each, "reference.json")))) {
  describe(`packed model ${name}`, () => {
    const path = join(folder, name);
    const { prompts } = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as {
      readonly prompts: readonly { readonly input_ids: number[]; readonly logits: number[][] }[];
    };
    for (const [formats, tolerance] of TOLERANCES) {
      it(`logitsAt() is within ${tolerance} of the recorded logits with ${Object.values(formats)}`, async () => {
        const { model } = loadPackedTransformer(await loadKernels(), path, formats);
        using _model = model;
        for (const { input_ids, logits } of prompts) {
          const far = distance(logitsOf(model, input_ids), logits.flat());
          ok(far <= tolerance, `${far}`);
        }
      });
    }
  });
}

/** The format that holds the blocks of a file as they are, where there is one. */
const EXACT: Readonly<Record<string, "e4" | "q8">> = { Q4_0: "e4", Q5_0: "q8", Q8_0: "q8" };

for (const name of names.filter((each) => existsSync(join(folder, each, "gguf", "reference.json")))) {
  const place = join(folder, name, "gguf");
  const { files, prompts } = JSON.parse(readFileSync(join(place, "reference.json"), "utf8")) as {
    readonly prompts: readonly number[][];
    readonly files: Record<string, {
      readonly types: Record<string, string>;
      readonly dequantised: { readonly last_logits: number[][] };
      readonly llama_cpp: { readonly last_logits: number[][] };
    }>;
  };
  for (const [file, { types, dequantised, llama_cpp }] of Object.entries(files)) {
    describe(`packed GGUF file ${file}`, () => {
      it("logitsAt() is as near to the file's own weights in float32 as llama.cpp is", async () => {
        const exact = EXACT[types["blk.0.attn_q.weight"]];
        const { model, config } = loadPackedTransformer(await loadKernels(), join(place, file), {
          format: exact ?? "q8",
        });
        using _model = model;
        const last = prompts.flatMap((prompt) => [...logitsOf(model, prompt).slice(-config.vocabularySize)]);
        const far = distance(last, dequantised.last_logits.flat());
        const theirs = distance(llama_cpp.last_logits.flat(), dequantised.last_logits.flat());
        // Where the format holds the file's blocks, activations alone are rounded, as they are there.
        ok(far <= (exact === undefined ? 0.08 : 1.5 * theirs), `${far}, llama.cpp ${theirs}`);
      });

      it("readRows() gives the numbers of the file where the format holds its blocks exactly", async () => {
        const type = types["blk.0.ffn_down.weight"], format = EXACT[type];
        if (format === undefined) return;
        const kernels = await loadKernels();
        const { model, config } = loadPackedTransformer(kernels, join(place, file), { format });
        using _model = model;
        const { openGguf } = await import("../../src/policy/mod.ts");
        using gguf = openGguf(kernels, join(place, file));
        const own = model.readRows("model.layers.0.mlp.down_proj.weight", 0, config.hiddenSize);
        deepEqual(own.map((x) => x + 0), gguf.read("blk.0.ffn_down.weight").values.map((x) => x + 0));
      });
    });
  }
}
