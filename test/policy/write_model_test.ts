import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { plainVocabulary, tokenizerFromVocabulary, trainTokenizer } from "../../src/language/mod.ts";
import {
  checkGgufContent,
  createTransformerPolicy,
  encodeRows,
  encodeSafetensors,
  initializeTransformer,
  loadCheckpoint,
  loadPackedPolicy,
  loadPackedTransformer,
  mergeAdapter,
  mergedSource,
  type ModelSource,
  openAdapter,
  openGguf,
  openModelSource,
  openTransformer,
  type PackedFormats,
  type Policy,
  readModelConfig,
  readTensors,
  saveCheckpoint,
  SPECIAL_TOKENS,
  writeAdapter,
  writeAdapterFolder,
  writeGguf,
  writeModelFolder,
  writeTensors,
} from "../../src/policy/mod.ts";
import { fromHalf, toHalf } from "../../src/policy/checkpoint/half_bits.ts";
import { fixturesFolder } from "../fixtures.ts";
import { CONFIGS, randomTensors } from "./model_configs.ts";

const kernels = await loadKernels();
const MODELS = join(fixturesFolder, "models");
const NAMES = ["llama-tied", "qwen2", "gpt2", "gemma2", "llama-rope3-sharded", "smollm2-bf16"];
/** A test of the recorded models, where they stand beside the project. */
const recorded = existsSync(MODELS) ? it : (name: string, run: () => void): void => {
  it.skip(`${name} (the recorded models are not beside the project)`, run);
};
let folder = "";

/** A checkpoint with random weights. */
function saveRandom(): string {
  const tokenizer = trainTokenizer(kernels, ["go left", "go right", "stay here, stay"], {
    vocabularySize: 280,
    specialTokens: SPECIAL_TOKENS,
  });
  const { model, config } = initializeTransformer(kernels, { vocabularySize: tokenizer.vocabularySize }, 3);
  model.writeParameters(model.readParameters().map((x) => x === 1 ? x : x * 12));
  using policy = createTransformerPolicy({ model, config, tokenizer, ownsTokenizer: true, maximumActionTokens: 40 });
  const path = join(folder, "run");
  saveCheckpoint(path, policy.snapshot());
  return path;
}

/** Every number of a packed model, as bits. */
function bitsOf(path: string, formats?: PackedFormats): { readonly bits: string; readonly bytes: number } {
  const { model } = loadPackedTransformer(kernels, path, formats);
  try {
    const hash = createHash("sha256");
    for (const name of model.tensorNames()) {
      if (name.startsWith("value_head")) continue;
      const [rows, width] = model.tensorShape(name);
      hash.update(name).update(model.readRows(name, 0, width === undefined ? 1 : rows));
    }
    return { bits: hash.digest("hex"), bytes: model.weightBytes };
  } finally {
    model.free();
  }
}

/** A source that ends in the middle. */
function breaking(source: ModelSource, pieces: number): ModelSource {
  return {
    ...source,
    *pieces(wants): ReturnType<ModelSource["pieces"]> {
      let left = pieces;
      for (const piece of source.pieces(wants)) {
        if (left-- === 0) throw new Error("stopped");
        yield piece;
      }
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

describe("a model written as a file", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-write-model-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("toHalf() is the nearest float16, ties to even", () => {
    // 1 + 2^-11 is halfway between 1 and 1 + 2^-10: the even one is 1. 65520 is halfway to what would be 2^16.
    deepEqual([1, -2, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -24, 65519, 65520, 0].map(toHalf), [
      ...[0x3c00, 0xc000, 0x3c00, 0x3c02, 1, 0x7bff, 0x7c00, 0],
    ]);
    for (let half = 0; half < 0x7c00; half++) {
      const [here, next] = [fromHalf(half), fromHalf(half + 1)];
      equal(toHalf(here), half);
      equal(toHalf(-here), half | 0x8000);
      if (half < 0x7bff) equal(toHalf(Math.fround((here + next) / 2)), half % 2 === 0 ? half : half + 1);
    }
  });

  it("encodeRows() gives the blocks that are computed by hand", () => {
    const x = Float32Array.from({ length: 32 }, (_, i) => i === 3 ? -8 : i % 8 === 0 ? 2.5 : 1);
    const bytes = new Uint8Array(x.buffer);
    const row = { typeId: 0, bytes, width: 32, name: "w" };
    // The largest is −8, so the scale is 1 (0x3c00): −8 is stored as 0, 1 as 9, 2.5 to even as 2 + 8.
    const e4 = encodeRows(kernels, "e4", row);
    deepEqual([...e4.subarray(0, 6)], [0, 0x3c, 0xaa, 0x99, 0x99, 0x90]);
    equal(kernels.dequantize(2, e4)[3], -8);
    // 8/127 as float16 is 0x2c08 = 0.06298828125; −8 of it is −127.008…, cut to −127; 1 is 15.876 → 16.
    const q8 = encodeRows(kernels, "q8", row);
    deepEqual([...q8.subarray(0, 6)], [8, 0x2c, 40, 16, 16, 129]);
    throws(() => encodeRows(kernels, "f16", { ...row, bytes: new Uint8Array(Float32Array.of(1e6).buffer) }), {
      code: "weights_not_finite",
    });
    throws(() => encodeRows(kernels, "q8", { ...row, bytes: new Uint8Array(x.map(() => NaN).buffer) }), {
      code: "weights_not_finite",
    });
  });

  it("opens with the bits that packing its source gives, and decides alike", () => {
    const path = saveRandom();
    for (const format of ["e4", "e7", "q8"] as const) {
      const out = join(folder, `${format}.gguf`);
      using source = openModelSource(kernels, path);
      const { size } = writeGguf(kernels, source, out, { layers: format, head: "q8" });
      equal(readFileSync(out).length, size);
      deepEqual(bitsOf(out), bitsOf(path, { format, headFormat: "q8" }));
      using own = loadPackedPolicy(kernels, path, { format });
      using packed = loadPackedPolicy(kernels, out);
      const decide = (policy: Policy): unknown => {
        using context = policy.open();
        context.append([{ role: "user", text: "which way?" }]);
        const { text, tokens, behaviorLogProbs } = policy.decide([{ context, seed: 1, stream: 1 }])[0];
        return { text, tokens, behaviorLogProbs };
      };
      deepEqual(decide(packed), decide(own));
    }
  });

  for (const [name, json] of Object.entries(CONFIGS)) {
    it(`carries the architecture ${name} through files and back`, () => {
      const [path, gguf, back] = ["model", "model.gguf", "back"].map((each) => join(folder, each));
      mkdirSync(path);
      writeFileSync(join(path, "config.json"), JSON.stringify(json));
      writeFileSync(join(path, "model.safetensors"), encodeSafetensors(randomTensors(json)));
      using own = openModelSource(kernels, path);
      // Rows of 24 are no blocks, so the file has them in float32, and they are packed as the source's are.
      writeGguf(kernels, own, gguf, { layers: "e4" });
      deepEqual(bitsOf(gguf), bitsOf(path, { format: "e4", headFormat: "e4" }));
      writeGguf(kernels, own, gguf, { layers: "f32" });
      using source = openModelSource(kernels, gguf);
      deepEqual(source.config, readModelConfig(json));
      writeModelFolder(kernels, source, back);
      const [before, after] = [loadCheckpoint(path).tensors, loadCheckpoint(back).tensors];
      for (const [tensor, { values }] of after) deepEqual(values, find(before, tensor), tensor);
    });
  }

  for (const name of NAMES) {
    recorded(`keeps the bits of ${name}`, () => {
      const path = join(MODELS, name);
      for (const format of ["e4", "e7", "q8"] as const) {
        const out = join(folder, `${name}.gguf`);
        using source = openModelSource(kernels, path);
        writeGguf(kernels, source, out, { layers: format });
        deepEqual(bitsOf(out), bitsOf(path, { format, headFormat: format }), format);
        const { files, config } = loadPackedTransformer(kernels, out);
        deepEqual(config, source.config);
        equal(files.get("tokenizer.json"), source.files.get("tokenizer.json"));
        equal(files.get("tokenizer_config.json"), source.files.get("tokenizer_config.json"));
      }
    });

    recorded(`carries ${name} through float32 files and back`, () => {
      const whole = loadCheckpoint(join(MODELS, name));
      const [gguf, back] = [join(folder, "whole.gguf"), join(folder, "back")];
      {
        using source = openModelSource(kernels, join(MODELS, name));
        writeGguf(kernels, source, gguf, { layers: "f32" });
      }
      using source = openModelSource(kernels, gguf);
      writeModelFolder(kernels, source, back);
      for (const path of [gguf, back]) {
        const { tensors } = loadCheckpoint(path, kernels);
        for (const [tensor, { values }] of tensors) deepEqual(values, find(whole.tensors, tensor), `${path} ${tensor}`);
      }
    });
  }

  recorded("is what another program's float16 file is", () => {
    const out = join(folder, "own.gguf");
    using source = openModelSource(kernels, join(MODELS, "llama-tied"));
    writeGguf(kernels, source, out, { layers: "f16" });
    using own = openGguf(kernels, out);
    using other = openGguf(kernels, join(MODELS, "llama-tied", "gguf", "llama-tied-f16.gguf"));
    deepEqual([...own.tensors.keys()].sort(), [...other.tensors.keys()].sort());
    for (const [name, { typeId, begin, end }] of other.tensors) {
      equal(own.tensors.get(name)!.typeId, typeId);
      deepEqual(own.readBytes(name, 0, end - begin), other.readBytes(name, 0, end - begin), name);
    }
    for (const [key, value] of other.metadata) {
      if (key !== "general.name") deepEqual(own.metadata.get(key), value, key);
    }
  });

  recorded("keeps blocks of 4 and 8 bits of other files as they are", () => {
    for (const [type, format] of [["q4_0", "e4"], ["q8_0", "q8"], ["q5_0", "q8"], ["q4_0", "e7"]] as const) {
      const path = join(MODELS, "llama-tied", "gguf", `llama-tied-${type}.gguf`), out = join(folder, "own.gguf");
      using source = openModelSource(kernels, path);
      writeGguf(kernels, source, out, { layers: format, head: format });
      deepEqual(bitsOf(out), bitsOf(path, { format, headFormat: format }), type);
      const [own, other] = [loadCheckpoint(out, kernels), loadCheckpoint(path, kernels)];
      for (const [name, { values }] of other.tensors) {
        deepEqual(own.tensors.get(name)!.values, values, `${type} ${name}`);
      }
      for (const file of ["tokenizer.json", "tokenizer_config.json"]) equal(own.files.get(file), other.files.get(file));
    }
  });

  it("rounds to float16 and bfloat16 within their half unit", () => {
    const path = saveRandom();
    const whole = loadCheckpoint(path);
    for (const [dtype, unit] of [["f16", 2 ** -11], ["bf16", 2 ** -8]] as const) {
      using source = openModelSource(kernels, path);
      const out = join(folder, dtype);
      writeModelFolder(kernels, source, out, { dtype });
      const { tensors } = loadCheckpoint(out);
      for (const [name, { values }] of tensors) {
        const exact = whole.tensors.get(name)!.values;
        // Below 2^-14 float16 has steps of 2^-24.
        values.forEach((value, i) =>
          ok(Math.abs(value - exact[i]) <= Math.max(unit * Math.abs(exact[i]), 2 ** -25), name)
        );
      }
      equal(
        JSON.parse(readFileSync(join(out, "config.json"), "utf8")).torch_dtype,
        dtype === "f16" ? "float16" : "bfloat16",
      );
    }
  });

  it("adds an adapter with the bits of mergeAdapter()", () => {
    const path = saveRandom();
    const snapshot = loadCheckpoint(path);
    const config = readModelConfig(JSON.parse(snapshot.files.get("config.json")!));
    const model = openTransformer(kernels, config);
    writeTensors(model, snapshot, config);
    const lora = { rank: 3, alpha: 6, targetModules: ["q_proj", "up_proj", "down_proj"] };
    const adapter = openAdapter(model, config, lora, 5);
    model.writeAdapter(adapter.id, model.readAdapter(adapter.id).map((_, i) => Math.sin(i) / 4));
    using policy = createTransformerPolicy({
      ...{ model, config, adapter, ownsTokenizer: true },
      tokenizer: trainTokenizer(kernels, ["go"], { vocabularySize: 280, specialTokens: SPECIAL_TOKENS }),
    });
    saveCheckpoint(join(folder, "adapter"), policy.snapshot());
    mergeAdapter(model, adapter);
    const merged = readTensors(model, config);
    const out = join(folder, "merged");
    {
      const base = openModelSource(kernels, path);
      using source = mergedSource(kernels, base, join(folder, "adapter"));
      writeModelFolder(kernels, source, out);
    }
    let changed = 0;
    for (const [name, { values }] of loadCheckpoint(out).tensors) {
      deepEqual(values, merged.get(name)!.values, name);
      if (values.some((value, i) => value !== snapshot.tensors.get(name)!.values[i])) changed++;
    }
    equal(changed, 3 * config.layers);
    // The adapter alone, as PEFT has it.
    writeAdapterFolder(join(folder, "adapter"), join(folder, "peft"));
    const alone = loadCheckpoint(join(folder, "peft"));
    equal(alone.tensors.size, 2 * adapter.targets.length);
    deepEqual(readdirSync(join(folder, "peft")).sort(), ["adapter_config.json", "adapter_model.safetensors"]);
    writeAdapter(model, adapter, alone);
    throws(() => writeAdapterFolder(path, join(folder, "none")), { code: "checkpoint_invalid" });
    equal(existsSync(join(folder, "none")), false);
  });

  it("goes on where it was stopped, and has its name only when whole", () => {
    const path = saveRandom(), out = join(folder, "out.gguf"), whole = join(folder, "whole.gguf");
    const write = (source: ModelSource, to: string, stamp = "a"): string =>
      writeGguf(kernels, source, to, { layers: "q8", stamp }).contentHash;
    using source = openModelSource(kernels, path);
    const hash = write(source, whole);
    throws(() => write(breaking(source, 5), out), /stopped/);
    deepEqual([existsSync(out), existsSync(`${out}.part`)], [false, true]);
    // Five pieces are there, so the rest is enough.
    const all = [...source.pieces()].length;
    equal(write(breaking(source, all - 4), out), hash);
    deepEqual(readFileSync(out), readFileSync(whole));
    equal(existsSync(`${out}.part`) || existsSync(`${out}.part.json`), false);
    // Another source begins anew.
    throws(() => write(breaking(source, 5), out), /stopped/);
    throws(() => write(breaking(source, all - 4), out, "b"), /stopped/);
    deepEqual(readFileSync(out), readFileSync(whole));
    equal(write(source, out, "b"), hash);
  });

  it("leaves nothing where a weight is no number, in whatever type", () => {
    const path = saveRandom();
    const { tensors, files } = loadCheckpoint(path);
    const broken = join(folder, "broken");
    mkdirSync(broken);
    for (const [name, text] of files) if (name !== "eddy.json") writeFileSync(join(broken, name), text);
    for (const name of ["model.norm.weight", "model.layers.0.mlp.up_proj.weight"]) {
      const values = tensors.get(name)!.values.slice().fill(NaN, 3, 4);
      const all = new Map([...tensors].filter(([each]) => !each.startsWith("value_head")));
      all.set(name, { ...tensors.get(name)!, values });
      writeFileSync(join(broken, "model.safetensors"), encodeSafetensors(all));
      using source = openModelSource(kernels, broken);
      for (const layers of ["f32", "f16", "bf16", "q8", "e4"] as const) {
        throws(() => writeGguf(kernels, source, join(folder, "out.gguf"), { layers }), { code: "weights_not_finite" });
      }
      throws(() => writeModelFolder(kernels, source, join(folder, "out")), { code: "weights_not_finite" });
      deepEqual(readdirSync(folder).filter((each) => /\.part/.test(each) && !each.startsWith("out.part")), []);
      deepEqual(existsSync(join(folder, "out.part")) ? readdirSync(join(folder, "out.part")) : [], []);
    }
  });

  it("is found out when a bit changed", () => {
    const out = join(folder, "out.gguf");
    using source = openModelSource(kernels, saveRandom());
    const { contentHash } = writeGguf(kernels, source, out, { layers: "e4" });
    using file = openGguf(kernels, out);
    equal(file.metadata.get("eddy.content_sha256"), contentHash);
    equal(checkGgufContent(out, contentHash), true);
    const bytes = readFileSync(out);
    bytes[bytes.length - 100] ^= 1;
    writeFileSync(out, bytes);
    throws(() => checkGgufContent(out, contentHash), { code: "checkpoint_invalid", message: /not [0-9a-f]{64}/ });
  });

  it("plainVocabulary() gives the lists that the tokenizer was made of", () => {
    const bytes = {
      model: "gpt2",
      tokens: ["a", "b", "c", "ab", "<|end|>"],
      merges: ["a b"],
      tokenTypes: [1, 1, 1, 1, 3],
    };
    for (const pre of ["gpt-2", "llama-bpe", "qwen2", "smollm"]) {
      using tokenizer = tokenizerFromVocabulary(kernels, { ...bytes, pre, beginningOfText: 4, addBeginning: true });
      const lists = plainVocabulary(tokenizer.toJson(), 6)!;
      using again = tokenizerFromVocabulary(kernels, { ...lists, tokens: lists.tokens });
      deepEqual([...again.encode("abc")], [...tokenizer.encode("abc")]);
      deepEqual([lists.model, lists.merges, lists.tokens.at(-1), lists.beginningOfText], [
        "gpt2",
        ["a b"],
        "[PAD5]",
        4,
      ]);
    }
    const words = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
    equal(plainVocabulary(JSON.stringify({ model: words }), 1), undefined);
  });
});

function find(tensors: ReadonlyMap<string, { readonly values: Float32Array }>, name: string): Float32Array {
  return (tensors.get(name) ?? tensors.get(name.replace(/^(model|transformer)\./, "")))!.values;
}
