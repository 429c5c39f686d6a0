import { EddyError } from "../../../errors.ts";
import { LLAMA_BLOCKS, type ModelConfig } from "../model_config.ts";
import { modelTensors } from "../model_tensors.ts";
import type { Tensor } from "../safetensors.ts";
import { splitParts, storedShape, type StoredTensor } from "../stored_tensors.ts";
import type { GgufFile } from "./read_gguf.ts";
import type { GgufModel } from "./gguf_config.ts";

/** A model's parts outside its layers, and what GGUF files call them. */
const ENDS: Readonly<Record<string, string>> = {
  "model.embed_tokens": "token_embd",
  "model.embed_positions": "position_embd",
  "model.norm": "output_norm",
  lm_head: "output",
};

/** Parts of a layer. */
const PARTS: Readonly<Record<string, string>> = {
  input_layernorm: "attn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "self_attn.q_norm": "attn_q_norm",
  "self_attn.k_norm": "attn_k_norm",
  post_attention_layernorm: "ffn_norm",
  pre_feedforward_layernorm: "ffn_norm",
  post_feedforward_layernorm: "post_ffw_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

/** Factors of the rotations, which `ggufConfig` reads. */
const FACTORS = /^rope_(freqs|factors_(short|long))\.weight$/;

/**
 * Reads a model's own tensors from a GGUF file: fused ones are taken apart, rows of queries and keys brought into halves,
 * norms that count from 1 freed of it.
 *
 * @throws {EddyError} `checkpoint_invalid` If one is missing or has another shape; `model_unsupported` If there is one
 * that the architecture does not have.
 */
export function readGgufTensors(
  file: GgufFile,
  model: GgufModel,
  config: ModelConfig,
  path: string,
): Map<string, Tensor> {
  const shapes = modelTensors(config);
  const tensors = new Map<string, Tensor>();
  for (const stored of checkGgufTensors(file, model, config, path)) {
    for (const [part, values] of splitParts(stored, file.read(stored.name).values, shapes)) {
      tensors.set(part, { shape: shapes.get(part)!, values: straighten(part, values, model, config) });
    }
  }
  return tensors;
}

/**
 * Finds the tensors of a GGUF file: exactly those of its model, before anything is read of them.
 *
 * @throws {EddyError} As {@linkcode readGgufTensors}.
 */
export function checkGgufTensors(
  file: GgufFile,
  model: GgufModel,
  config: ModelConfig,
  path: string,
): readonly StoredTensor[] {
  const shapes = modelTensors(config);
  const invalid = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot load '${path}': ${reason}`);
  };
  const places = ggufPlaces(config, shapes, file);
  for (const stored of places) {
    const { name } = stored;
    const found = file.tensors.get(name) ?? invalid(`the tensor '${name}' is missing`);
    const shape = storedShape(stored, shapes);
    if (found.shape.join() !== shape.join()) {
      invalid(`its metadata makes '${name}' [${shape}], the file has [${found.shape}]`);
    }
  }
  const known = new Set(places.map(({ name }) => name));
  for (const name of file.tensors.keys()) {
    if (known.has(name) || FACTORS.test(name)) continue;
    throw new EddyError("model_unsupported", `Cannot load '${path}': a '${model.gguf.name}' has no tensor '${name}'`);
  }
  return places;
}

/** The tensors that the file should have; some fuse what others keep apart. */
function ggufPlaces(
  config: ModelConfig,
  shapes: ReadonlyMap<string, readonly number[]>,
  file: GgufFile,
): readonly StoredTensor[] {
  const blocks = { ...LLAMA_BLOCKS, ...config.blocks };
  const fusedProjections = file.tensors.has("blk.0.attn_qkv.weight");
  const fusedGate = blocks.gated && !file.tensors.has("blk.0.ffn_gate.weight");
  const places = new Map<string, string[]>();
  for (const name of shapes.keys()) {
    const [, end, kind] = /^(.*)\.(weight|bias)$/.exec(name)!;
    const inLayer = /^model\.layers\.(\d+)\.(.*)$/.exec(end);
    let to = inLayer === null ? ENDS[end] : PARTS[inLayer[2]];
    if (blocks.postNorms && inLayer?.[2] === "post_attention_layernorm") to = "post_attention_norm";
    if (fusedProjections && /^attn_[qkv]$/.test(to)) to = "attn_qkv";
    if (fusedGate && to === "ffn_gate") to = "ffn_up";
    const full = inLayer === null ? `${to}.${kind}` : `blk.${inLayer[1]}.${to}.${kind}`;
    places.set(full, [...places.get(full) ?? [], name]);
  }
  return [...places].map(([name, parts]) => ({ name, parts }));
}

/** A part as the model has it: rows of queries and keys in halves, norms from 0. */
export function straighten(
  part: string,
  values: Float32Array,
  model: GgufModel,
  config: ModelConfig,
): Float32Array {
  const { gguf } = model, heads = pairedHeads(part, model, config);
  if (heads > 0) return pairsToHalves(values, heads, config.headDimension);
  return gguf.normsFromOne && part.endsWith("norm.weight") ? values.map((value) => value - 1) : values;
}

/** Heads of a part whose rows the file has in pairs; 0 where it has them as the model. */
export function pairedHeads(part: string, { gguf }: GgufModel, config: ModelConfig): number {
  if (!gguf.interleaved || !/\.[qk]_proj\.(weight|bias)$/.test(part)) return 0;
  return part.includes(".q_proj.") ? config.heads : config.keyValueHeads;
}

/** Within each head, rows (2i, 2i + 1) go to (i, i + d/2). */
function pairsToHalves(values: Float32Array, heads: number, headDimension: number): Float32Array {
  const width = values.length / (heads * headDimension), half = headDimension / 2;
  const out = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < headDimension; row++) {
      const from = (head * headDimension + row) * width;
      const to = (head * headDimension + (row % 2) * half + (row >> 1)) * width;
      out.set(values.subarray(from, from + width), to);
    }
  }
  return out;
}
