import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import {
  loadCheckpoint,
  loadPackedTransformer,
  type MatrixEncoding,
  openModelSource,
  writeGguf,
  writeModelFolder,
} from "../../src/policy/mod.ts";
import { GGUF_TYPES } from "../../src/policy/checkpoint/gguf/gguf_types.ts";
import { encodeGguf, type GgufTensorSource } from "./encode_gguf.ts";

const kernels = await loadKernels();
const WIDTH = 256;
/** Every type that files of models have, and the encodings of Eddy's that keep all of its blocks. */
const TYPES: Readonly<Record<string, readonly MatrixEncoding[]>> = {
  ...{ F32: ["f32"], F16: ["f16", "f32"], BF16: ["bf16", "f32"] },
  ...{ Q8_0: ["q8"], Q4_0: ["e4", "e7", "q8"], Q4_1: [], Q5_0: ["e7", "q8"], Q5_1: [], IQ4_NL: ["q8"] },
  ...{ Q2_K: [], Q3_K: [], Q4_K: [], Q5_K: [], Q6_K: [], IQ4_XS: [] },
};

/** A model whose matrices are random blocks of a type. */
function modelOf(typeId: number, seed: number): Readonly<Record<string, GgufTensorSource>> {
  const { numbers, bytes: size } = GGUF_TYPES.get(typeId)!;
  const random = randomStream(kernels, seed, typeId);
  const matrix = (rows: number): GgufTensorSource => {
    const bytes = Uint8Array.from({ length: rows * WIDTH / numbers * size }, () => Math.floor(random() * 256));
    // Scales are two bytes at an even place: this keeps them finite. So do the ends of floats.
    for (let at = 1; at < bytes.length; at += 2) bytes[at] &= 0x3f;
    // −128 is in no file of Q8_0: its scale is that of ±127.
    if (typeId === 8) bytes.forEach((byte, at) => byte === 128 && (bytes[at] = 129));
    return { sizes: [WIDTH, rows], type: typeId, bytes };
  };
  const norm = (): GgufTensorSource => (
    { sizes: [WIDTH], type: 0, bytes: new Uint8Array(new Float32Array(WIDTH).fill(1).buffer) }
  );
  const layer = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
  return {
    "token_embd.weight": matrix(16),
    "output_norm.weight": norm(),
    ...Object.fromEntries(["attn_norm", "ffn_norm"].map((name) => [`blk.0.${name}.weight`, norm()])),
    ...Object.fromEntries(layer.map((name) => [`blk.0.${name}.weight`, matrix(WIDTH)])),
  };
}

describe("GGUF models of every type of block", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-blocks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, kept] of Object.entries(TYPES)) {
    it(`${name} is read, written for other programs and read again, bit for bit`, () => {
      const [typeId] = [...GGUF_TYPES].find(([, type]) => type.name === name)!;
      const path = join(folder, "model.gguf"), tensors = modelOf(typeId, 3);
      const sizes = { block_count: 1, embedding_length: WIDTH, feed_forward_length: WIDTH, context_length: 64 };
      const metadata = {
        "general.architecture": "llama",
        ...Object.fromEntries(Object.entries(sizes).map(([key, value]) => [`llama.${key}`, value])),
        "llama.attention.head_count": 4,
        "llama.attention.layer_norm_rms_epsilon": 1.5e-5,
      };
      writeFileSync(path, encodeGguf(metadata, tensors));
      const whole = loadCheckpoint(path, kernels).tensors;
      const down = tensors["blk.0.ffn_down.weight"].bytes;
      const numbers = typeId === 0 ? new Float32Array(down.slice().buffer) : kernels.dequantize(typeId, down);
      deepEqual(whole.get("model.layers.0.mlp.down_proj.weight")!.values, numbers);
      ok(new Set(numbers).size > 10);
      const same = (place: string): void => {
        for (const [tensor, { values }] of loadCheckpoint(place, kernels).tensors) {
          deepEqual(values, whole.get(tensor)!.values, `${place} ${tensor}`);
        }
      };
      using source = openModelSource(kernels, path);
      writeModelFolder(kernels, source, join(folder, "back"));
      same(join(folder, "back"));
      for (const layers of new Set([...kept, "f32"] as const)) {
        writeGguf(kernels, source, join(folder, `${layers}.gguf`), { layers });
        same(join(folder, `${layers}.gguf`));
      }
      for (const floats of kept.filter((each) => each === "f16" || each === "bf16")) {
        writeModelFolder(kernels, source, join(folder, floats), { dtype: floats });
        same(join(folder, floats));
      }
      // Packed: as exact as half a step of the largest of 32 neighbours.
      const { model } = loadPackedTransformer(kernels, path);
      const rows = model.readRows("model.layers.0.mlp.down_proj.weight", 0, WIDTH);
      model.free();
      for (let at = 0; at < rows.length; at += 32) {
        const largest = numbers.subarray(at, at + 32).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const room = kept.includes("q8") ? 0 : largest * 0.0046 + 127 * 2 ** -25;
        for (let i = at; i < at + 32; i++) {
          ok(Math.abs(rows[i] - numbers[i]) <= room, `${i}: ${rows[i]}, ${numbers[i]}`);
        }
      }
    });
  }
});
