import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type GgufFile, loadCheckpoint, openGguf } from "../../src/policy/mod.ts";
import { encodeGguf, type GgufSource, type GgufTensorSource } from "./encode_gguf.ts";

const kernels = await loadKernels();
let folder = "";

function floats(values: ArrayLike<number>, ...sizes: number[]): GgufTensorSource {
  return { sizes, type: 0, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

function write(bytes: Uint8Array): string {
  const path = join(folder, "model.gguf");
  writeFileSync(path, bytes);
  return path;
}

function open(bytes: Uint8Array): GgufFile {
  return openGguf(kernels, write(bytes));
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(i) + i / 8);

/** Sizes of a small model; queries are as wide as the stream. */
const HIDDEN = 8, HEADS = 2, KEYS = 4, INNER = 12, VOCABULARY = 10;

function metadataOf(name: string): GgufSource {
  return {
    "general.architecture": name,
    [`${name}.block_count`]: 1,
    [`${name}.context_length`]: 16,
    [`${name}.embedding_length`]: HIDDEN,
    [`${name}.feed_forward_length`]: INNER,
    [`${name}.attention.head_count`]: HEADS,
    [`${name}.attention.head_count_kv`]: HEADS * KEYS / HIDDEN,
    [`${name}.attention.layer_norm_rms_epsilon`]: 1e-5,
    [`${name}.rope.freq_base`]: 500_000.5,
    "tokenizer.ggml.tokens": ["a", "é", "<|end|>"],
    "tokenizer.ggml.scores": Float32Array.of(0.5, -1),
    "general.size": 2n ** 60n,
    "tokenizer.ggml.add_bos_token": true,
  };
}

function llamaTensors(): Record<string, GgufTensorSource> {
  const row = (inner: number, outer: number, offset: number): GgufTensorSource =>
    floats(count(inner * outer).map((x) => x + offset), inner, outer);
  return {
    "token_embd.weight": row(HIDDEN, VOCABULARY, 0),
    "blk.0.attn_q.weight": row(HIDDEN, HIDDEN, 1),
    "blk.0.attn_k.weight": row(HIDDEN, KEYS, 2),
    "blk.0.attn_v.weight": row(HIDDEN, KEYS, 3),
    "blk.0.attn_output.weight": row(HIDDEN, HIDDEN, 4),
    "blk.0.ffn_gate.weight": row(HIDDEN, INNER, 5),
    "blk.0.ffn_up.weight": row(HIDDEN, INNER, 6),
    "blk.0.ffn_down.weight": row(INNER, HIDDEN, 7),
    "blk.0.attn_norm.weight": floats(count(HIDDEN), HIDDEN),
    "blk.0.ffn_norm.weight": floats(count(HIDDEN), HIDDEN),
    "output_norm.weight": floats(count(HIDDEN), HIDDEN),
  };
}

const inPlace = (bytes: Uint8Array, change: (view: DataView) => void): Uint8Array => {
  const copy = bytes.slice();
  change(new DataView(copy.buffer));
  return copy;
};

describe("openGguf()", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-gguf-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads metadata and tensors of versions 2 and 3", () => {
    for (const version of [2, 3]) {
      using file = open(encodeGguf(metadataOf("llama"), { a: floats(count(6), 3, 2), b: floats([7], 1) }, version));
      equal(file.version, version);
      deepEqual(file.metadata.get("tokenizer.ggml.tokens"), ["a", "é", "<|end|>"]);
      deepEqual(file.metadata.get("tokenizer.ggml.scores"), [0.5, -1]);
      equal(file.metadata.get("tokenizer.ggml.add_bos_token"), true);
      equal(file.metadata.get("general.size"), 2n ** 60n);
      equal(file.metadata.get("llama.rope.freq_base"), 500_000.5);
      deepEqual(file.read("a"), { shape: [2, 3], values: Float32Array.from(count(6)) });
      deepEqual(file.read("b"), { shape: [1], values: Float32Array.of(7) });
      throws(() => file.read("c"), { code: "checkpoint_invalid", message: /'c'/ });
    }
  });

  it("reads a tensor of several pieces", () => {
    const values = Float32Array.from({ length: 1_200_000 }, (_, i) => i % 1013);
    using file = open(encodeGguf({}, { a: floats(values, values.length) }));
    deepEqual(file.read("a").values, values);
  });

  it("refuses every file that ends early", () => {
    const whole = encodeGguf(metadataOf("llama"), { a: floats(count(8), 8), b: floats(count(8), 4, 2) });
    for (let length = 0; length < whole.length; length++) {
      throws(
        () => open(whole.subarray(0, length)),
        (error) => error instanceof EddyError && error.code === "checkpoint_invalid" && /^Cannot /.test(error.message),
        `${length} bytes`,
      );
    }
  });

  it("answers any changed bytes with a file or an error of its own", () => {
    const whole = encodeGguf(metadataOf("llama"), { a: floats(count(8), 8), b: floats(count(8), 4, 2) });
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          using file = open(bytes);
          for (const name of file.tensors.keys()) file.read(name);
        } catch (error) {
          ok(error instanceof EddyError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("says what is wrong", () => {
    const whole = encodeGguf({ key: "value" }, { a: floats(count(8), 8) });
    const refuses = (bytes: Uint8Array, message: RegExp, code = "checkpoint_invalid"): void =>
      throws(() => open(bytes), { name: "EddyError", code, message });
    refuses(inPlace(whole, (view) => view.setUint8(3, 0x4c)), /begins with "GGUL"/);
    refuses(inPlace(whole, (view) => view.setUint32(4, 1, true)), /version 1/, "model_unsupported");
    refuses(inPlace(whole, (view) => view.setUint32(4, 3)), /big-endian/, "model_unsupported");
    refuses(
      inPlace(whole, (view) => view.setBigUint64(8, 2n ** 63n, true)),
      /number of tensors is 9223372036854775808/,
    );
    refuses(inPlace(whole, (view) => view.setBigUint64(16, 2n ** 40n, true)), /number of metadata values/);
    refuses(inPlace(whole, (view) => view.setBigUint64(24, 2n ** 40n, true)), /the length of the key/);
    refuses(inPlace(whole, (view) => view.setUint32(35, 77, true)), /'key' has the unknown type 77/);
    refuses(inPlace(whole, (view) => view.setUint8(47, 0xff)), /'key' is not UTF-8/);
    refuses(encodeGguf({ "general.alignment": 12 }, {}), /'general.alignment' is 12/);
    const typed = (type: number, sizes = [8]): Uint8Array =>
      encodeGguf({}, { a: { ...floats(count(8), 8), type, sizes } });
    refuses(typed(16, [256]), /'a' has the type IQ2_XXS/, "model_unsupported");
    refuses(typed(4), /unknown type 4/);
    refuses(typed(2), /Q4_0 has rows of 8/);
    refuses(typed(0, [9]), /spans bytes 0 to 36/);
    refuses(typed(0, [2 ** 31, 2 ** 31]), /spans bytes/);
    refuses(typed(0, [0]), /rows of 0/);
    refuses(typed(0, [1, 1, 1, 1, 1]), /5 dimensions/);
    const twice = encodeGguf({}, { a: floats([1], 1), b: floats([2], 1) });
    const letter = twice.lastIndexOf("b".charCodeAt(0));
    refuses(inPlace(twice, (view) => view.setUint8(letter, "a".charCodeAt(0))), /'a' occurs twice/);
    refuses(inPlace(twice, (view) => view.setBigUint64(letter + 1 + 4 + 8 + 4, 0n, true)), /overlaps/);
    throws(() => openGguf(kernels, join(folder, "none")), { code: "checkpoint_missing" });
  });
});

describe("loadCheckpoint() of a GGUF file", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-gguf-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (bytes: Uint8Array) => loadCheckpoint(write(bytes), kernels);
  const valuesOf = (source: GgufTensorSource): number[] => [...new Float32Array(source.bytes.slice().buffer)];

  it("brings rows of queries and keys into halves", () => {
    const source = llamaTensors();
    const { tensors, files } = load(encodeGguf(metadataOf("llama"), source));
    const { values, shape } = tensors.get("model.layers.0.self_attn.q_proj.weight")!;
    deepEqual(shape, [HIDDEN, HIDDEN]);
    const rows = (x: ArrayLike<number>): number[][] =>
      Array.from({ length: HIDDEN }, (_, i) => Array.from({ length: HIDDEN }, (_, j) => x[i * HIDDEN + j]));
    // Heads of 4: the file's rows 0 2 | 1 3 of each head are the halves.
    const file = rows(valuesOf(source["blk.0.attn_q.weight"]));
    deepEqual(rows(values), [0, 2, 1, 3, 4, 6, 5, 7].map((i) => file[i]));
    deepEqual([...tensors.get("model.layers.0.mlp.up_proj.weight")!.values], valuesOf(source["blk.0.ffn_up.weight"]));
    const config = JSON.parse(files.get("config.json")!);
    equal(config.model_type, "llama");
    equal(config.tie_word_embeddings, true);
    equal(config.rope_theta, 500_000.5);
  });

  it("makes factors of single frequencies a longrope", () => {
    const factors = floats([1, 8], 2);
    const { files } = load(encodeGguf(metadataOf("llama"), { ...llamaTensors(), "rope_freqs.weight": factors }));
    deepEqual(JSON.parse(files.get("config.json")!).rope_scaling.short_factor, [1, 8]);
  });

  it("takes 1 from norms that count from 1", () => {
    const one = floats(new Array(HIDDEN).fill(1.5), HIDDEN);
    const { tensors } = load(
      encodeGguf({ ...metadataOf("gemma2"), "gemma2.attention.sliding_window": 4 }, {
        ...llamaTensors(),
        "blk.0.post_attention_norm.weight": one,
        "blk.0.post_ffw_norm.weight": one,
      }),
    );
    deepEqual([...tensors.get("model.layers.0.post_attention_layernorm.weight")!.values], new Array(HIDDEN).fill(0.5));
    const norm = tensors.get("model.layers.0.pre_feedforward_layernorm.weight")!.values;
    deepEqual(norm, Float32Array.from(count(HIDDEN)).map((x) => x - 1));
  });

  it("keeps what GPT-2 and Phi-3 fuse as their files have it", () => {
    const bias = (n: number): GgufTensorSource => floats(count(n), n);
    const { "blk.0.ffn_gate.weight": _gate, "blk.0.attn_q.weight": _q, ...rest } = llamaTensors();
    const { "blk.0.attn_k.weight": _k, "blk.0.attn_v.weight": _v, ...shared } = rest;
    const fused = floats(count(HIDDEN * 3 * HIDDEN), HIDDEN, 3 * HIDDEN);
    const { "gpt2.attention.layer_norm_rms_epsilon": _rms, ...metadata } = metadataOf("gpt2");
    const gpt2 = load(encodeGguf({
      ...metadata,
      "gpt2.attention.head_count_kv": HEADS,
      "gpt2.attention.layer_norm_epsilon": 1e-5,
    }, {
      ...shared,
      "position_embd.weight": floats(count(16 * HIDDEN), HIDDEN, 16),
      "blk.0.attn_qkv.weight": fused,
      "blk.0.attn_qkv.bias": bias(3 * HIDDEN),
      "blk.0.attn_output.bias": bias(HIDDEN),
      "blk.0.ffn_up.bias": bias(INNER),
      "blk.0.ffn_down.bias": bias(HIDDEN),
      "blk.0.attn_norm.bias": bias(HIDDEN),
      "blk.0.ffn_norm.bias": bias(HIDDEN),
      "output_norm.bias": bias(HIDDEN),
    }));
    const { shape, values } = gpt2.tensors.get("transformer.h.0.attn.c_attn.weight")!;
    deepEqual(shape, [HIDDEN, 3 * HIDDEN]);
    equal(values[3 * HIDDEN + 1], valuesOf(fused)[HIDDEN + 1]);
    equal(values[2], valuesOf(fused)[2 * HIDDEN]);
    const both = floats(count(HIDDEN * 2 * INNER), HIDDEN, 2 * INNER);
    const phi3 = load(encodeGguf(metadataOf("phi3"), {
      ...shared,
      "blk.0.attn_qkv.weight": floats(count(HIDDEN * (HIDDEN + 2 * KEYS)), HIDDEN, HIDDEN + 2 * KEYS),
      "blk.0.ffn_up.weight": both,
    }));
    deepEqual([...phi3.tensors.get("model.layers.0.mlp.gate_up_proj.weight")!.values], valuesOf(both));
  });

  it("refuses what it does not compute, by name", () => {
    const refuses = (bytes: Uint8Array, message: RegExp, code = "model_unsupported"): void =>
      throws(() => load(bytes), { name: "EddyError", code, message });
    const metadata = metadataOf("llama"), tensors = llamaTensors();
    refuses(encodeGguf(metadataOf("mamba"), tensors), /'mamba'/);
    refuses(encodeGguf({}, tensors), /'general.architecture' is 'undefined'/);
    refuses(encodeGguf({ ...metadata, "llama.expert_count": 8 }, tensors), /expert_count/);
    refuses(encodeGguf({ ...metadata, "split.count": 3 }, tensors), /split.count/);
    refuses(encodeGguf(metadata, { ...tensors, "blk.0.attn_sinks.weight": floats([1], 1) }), /attn_sinks/);
    const { "blk.0.ffn_down.weight": _down, ...less } = tensors;
    refuses(encodeGguf(metadata, less), /'blk.0.ffn_down.weight' is missing/, "checkpoint_invalid");
    refuses(encodeGguf({ ...metadata, "llama.feed_forward_length": 13 }, tensors), /ffn_/, "checkpoint_invalid");
    refuses(encodeGguf({ ...metadata, "llama.block_count": 9000 }, tensors), /blk.1./, "checkpoint_invalid");
    refuses(
      encodeGguf(metadata, { ...tensors, "output_norm.weight": floats(new Array(HIDDEN).fill(NaN), HIDDEN) }),
      /NaN/,
      "weights_not_finite",
    );
    throws(() => loadCheckpoint(write(encodeGguf(metadata, tensors))), {
      code: "model_unsupported",
      message: /kernels/,
    });
  });
});
