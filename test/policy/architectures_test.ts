import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  encodeSafetensors,
  type JsonObject,
  loadCheckpoint,
  modelTensors,
  openTransformer,
  type PolicySnapshot,
  readModelConfig,
  readTensors,
  saveCheckpoint,
  type Tensor,
  type TransformerModel,
  writeTensors,
} from "../../src/policy/mod.ts";
import { decoderLogits } from "../oracles/decoder.ts";
import { CONFIGS, randomTensors } from "./model_configs.ts";

const kernels = await loadKernels();

function logitsOf(model: TransformerModel, ids: readonly number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(Uint32Array.from(ids, (_, i) => i));
}

function openSnapshot(snapshot: PolicySnapshot): TransformerModel {
  const config = readModelConfig(JSON.parse(snapshot.files.get("config.json")!));
  const model = openTransformer(kernels, config);
  writeTensors(model, snapshot, config);
  return model;
}

const TOKENS = Array.from({ length: 30 }, (_, i) => (i * i * 7 + 3 * i) % 31);

for (const [name, json] of Object.entries(CONFIGS)) {
  describe(`the architecture ${name}`, () => {
    let folder = "";
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "eddy-architecture-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const write = (tensors: ReadonlyMap<string, Tensor>): string => {
      const place = join(folder, "model");
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "config.json"), JSON.stringify(json));
      writeFileSync(join(place, "model.safetensors"), encodeSafetensors(tensors));
      return place;
    };

    it("has the logits of the float64 oracle, in short and in long sequences", () => {
      const tensors = randomTensors(json);
      using model = openSnapshot(loadCheckpoint(write(tensors)));
      for (const length of [1, 13, TOKENS.length]) {
        const tokens = TOKENS.slice(0, length);
        const expected = decoderLogits(json, tensors, tokens).flat(), actual = logitsOf(model, tokens);
        const largest = Math.max(...expected.map(Math.abs));
        ok(largest > 0.5, "the logits are large enough to differ");
        for (const [i, value] of expected.entries()) {
          ok(
            Math.abs(actual[i] - value) < 1e-4 * Math.max(1, largest),
            `${length} tokens [${i}]: ${actual[i]}, ${value}`,
          );
        }
      }
    });

    it("acts with the bits with which it learns", () => {
      using model = openSnapshot(loadCheckpoint(write(randomTensors(json))));
      const slots = Uint32Array.of(model.openSlot());
      let fed = 0;
      for (const count of [1, 5, 1, 9, 1, 1, 12]) {
        model.feed(slots, Uint32Array.of(count), Uint32Array.from(TOKENS.slice(fed, fed += count)));
        const acted = model.lastLogits();
        deepEqual(logitsOf(model, TOKENS.slice(0, fed)).slice(-31), acted, `${fed} tokens`);
      }
    });

    it("goes to disk and back without a change, and needs no prefix", () => {
      const tensors = randomTensors(json);
      const loaded = loadCheckpoint(write(tensors));
      deepEqual(new Map([...loaded.tensors].sort()), new Map([...tensors].sort()));
      using model = openSnapshot(loaded);
      const config = readModelConfig(json);
      const own = readTensors(model, config);
      for (const [tensor, { values }] of tensors) deepEqual(own.get(tensor)!.values, values, tensor);
      saveCheckpoint(join(folder, "run"), loaded);
      deepEqual(loadCheckpoint(join(folder, "run")).tensors, loaded.tensors);
      const bare = new Map(
        [...tensors].map(([tensor, value]) => [tensor.replace(/^(model|transformer)\./, ""), value]),
      );
      deepEqual(new Map([...loadCheckpoint(write(bare)).tensors].sort()), new Map([...tensors].sort()));
    });

    it("has the kernels' tensors in the kernels' order", () => {
      const config = readModelConfig(json);
      using model = openTransformer(kernels, config);
      const expected = [...modelTensors(config)].map(([tensor, shape]) => `${tensor} ${shape}`);
      const names = model.tensorNames().filter((tensor) => !tensor.startsWith("value_head"));
      deepEqual(names.map((tensor) => `${tensor} ${model.tensorShape(tensor)}`), expected);
    });

    it("refuses a tensor that it lacks or does not have", () => {
      const tensors = randomTensors(json);
      const last = [...tensors.keys()].at(-2)!;
      const less = new Map([...tensors].filter(([tensor]) => tensor !== last));
      throws(() => loadCheckpoint(write(less)), { code: "checkpoint_invalid", message: new RegExp(last) });
      const more = new Map([...tensors, ["model.extra.weight", { shape: [1], values: Float32Array.of(1) }]]);
      throws(() => loadCheckpoint(write(more)), { code: "model_unsupported", message: /model.extra.weight/ });
    });
  });
}

describe("readModelConfig() of an architecture", () => {
  const refuses = (base: string, change: JsonObject, message: RegExp, code = "model_unsupported"): void =>
    throws(() => readModelConfig({ ...CONFIGS[base], ...change }), { name: "EddyError", code, message });

  it("refuses what it does not compute, by name", () => {
    refuses("phi3", { model_type: "phimoe" }, /'phimoe'/);
    refuses("phi3", { rope_scaling: { type: "dynamic", factor: 2 } }, /'dynamic'/);
    refuses("qwen3, tied", { architectures: ["Qwen3MoeForCausalLM"] }, /Qwen3MoeForCausalLM/);
    refuses(
      "qwen3, tied",
      { layer_types: ["linear_attention", "full_attention", "full_attention"] },
      /linear_attention/,
    );
    refuses("gemma2 without caps", { hidden_activation: "relu" }, /'hidden_activation' is 'relu'/);
    refuses("gemma3 in the newer style", { use_bidirectional_attention: true }, /use_bidirectional_attention/);
    refuses("gpt2 of the first files", { scale_attn_by_inverse_layer_idx: true }, /scale_attn_by_inverse_layer_idx/);
    refuses("gpt2 of the first files", { add_cross_attention: true }, /add_cross_attention/);
    refuses("mistral with a window", { quantization_config: { bits: 4 } }, /quantization_config/);
    refuses("qwen2 whose last layers slide", { partial_rotary_factor: 0.5 }, /partial_rotary_factor/);
  });

  it("refuses impossible values", () => {
    const invalid = (base: string, change: JsonObject, message: RegExp): void =>
      refuses(base, change, message, "checkpoint_invalid");
    invalid("gpt2 of the first files", { n_head: 5 }, /n_embd \/ n_head/);
    invalid(
      "phi3 in the newer style",
      { rope_parameters: { rope_type: "longrope", short_factor: [1] } },
      /short_factor/,
    );
    invalid("phi3 in the newer style", { rope_parameters: { partial_rotary_factor: 1.5 } }, /partial_rotary_factor/);
    invalid("gemma2 without caps", { attn_logit_softcapping: -1 }, /attn_logit_softcapping/);
    invalid("qwen3, tied", { tie_word_embeddings: "yes" }, /tie_word_embeddings/);
    invalid("mistral with a window", { layer_types: ["full_attention"] }, /layer_types/);
    invalid("mistral with a window", { rope_scaling: 7 }, /rope settings/);
    invalid("mistral with a window", { num_key_value_heads: 3 }, /do not divide/);
  });

  it("takes what transformers takes where a key is not there", () => {
    const bare = { vocab_size: 9, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 4 };
    const gemma2 = readModelConfig({ ...bare, model_type: "gemma2" });
    deepEqual(gemma2.blocks?.windows, [4096, 0]);
    equal(gemma2.blocks?.attentionCap, 50);
    equal(gemma2.blocks?.logitCap, 30);
    equal(gemma2.headDimension, 256);
    equal(gemma2.tied, true);
    deepEqual(readModelConfig({ ...bare, model_type: "mistral" }).blocks?.windows, [4096, 4096]);
    equal(readModelConfig({ ...bare, model_type: "qwen3" }).headDimension, 128);
    const gemma3 = readModelConfig({ ...bare, model_type: "gemma3_text" });
    equal(gemma3.ropeTheta, 1e6);
    deepEqual(gemma3.localRope, { ropeTheta: 10_000 });
    equal(readModelConfig({ ...bare, model_type: "qwen2" }).tied, false);
  });
});
