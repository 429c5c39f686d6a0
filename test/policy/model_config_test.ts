import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  type ModelConfig,
  readModelConfig,
  ropeFrequencies,
  writeLlamaConfig,
} from "../../src/policy/checkpoint/mod.ts";

const small: ModelConfig = {
  vocabularySize: 320,
  hiddenSize: 64,
  layers: 3,
  heads: 4,
  keyValueHeads: 2,
  headDimension: 16,
  intermediateSize: 176,
  maximumPositions: 512,
  ropeTheta: 10_000,
  normEpsilon: 1e-6,
  tied: true,
};
const llama3 = {
  type: "llama3",
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalMaximumPositions: 32,
} as const;

describe("readModelConfig()", () => {
  it("reads what writeLlamaConfig() wrote", () => {
    for (const config of [small, { ...small, tied: false }, { ...small, ropeScaling: llama3 }]) {
      deepEqual(readModelConfig(JSON.parse(JSON.stringify(writeLlamaConfig(config)))), config);
    }
  });

  it("reads the style of transformers 5", () => {
    const { rope_theta: _theta, rope_scaling: _scaling, ...rest } = writeLlamaConfig(small);
    const rope = { rope_type: "llama3", rope_theta: 5e5, factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
    const config = readModelConfig({ ...rest, rope_parameters: { ...rope, original_max_position_embeddings: 32 } });
    deepEqual(config, { ...small, ropeTheta: 5e5, ropeScaling: llama3 });
  });

  it("fills in what old files leave out", () => {
    const { head_dim: _dim, num_key_value_heads: _heads, rope_theta: _theta, ...rest } = writeLlamaConfig(small);
    deepEqual(readModelConfig(rest), { ...small, keyValueHeads: 4 });
  });

  for (
    const [key, value] of Object.entries({
      model_type: "mamba",
      architectures: ["LlamaForSequenceClassification"],
      hidden_act: "relu",
      attn_logit_softcapping: 30,
      quantization_config: { bits: 4 },
      sliding_window: 128,
      partial_rotary_factor: 0.5,
      layer_types: ["full_attention", "sliding_attention", "full_attention"],
      rope_scaling: { rope_type: "dynamic", factor: 2 },
    })
  ) {
    it(`refuses ${key} ${JSON.stringify(value)} by name`, () => {
      const name = key === "model_type" ? /mamba/ : key === "architectures" ? /SequenceClass/ : undefined;
      const message = name ?? (key === "rope_scaling" ? /dynamic/ : new RegExp(key));
      throws(() => readModelConfig({ ...writeLlamaConfig(small), [key]: value }), {
        code: "model_unsupported",
        message,
      });
    });
  }

  for (
    const [key, value] of Object.entries({
      hidden_size: -64,
      vocab_size: "many",
      num_hidden_layers: 1e9,
      num_key_value_heads: 3,
      head_dim: 15,
      rms_norm_eps: 0,
      max_position_embeddings: 1e12,
    })
  ) {
    it(`refuses ${key} ${value}`, () => {
      throws(() => readModelConfig({ ...writeLlamaConfig(small), [key]: value }), { code: "checkpoint_invalid" });
    });
  }
});

describe("ropeFrequencies()", () => {
  it("falls geometrically from 1", () => {
    // d = 4, theta = 10000: 10000^0, 10000^(-2/4).
    deepEqual(ropeFrequencies({ headDimension: 4, ropeTheta: 10_000 }), Float32Array.of(1, 0.01));
  });

  it("keeps short waves, stretches long ones and mixes between with llama3 scaling", () => {
    // L = 32: a frequency w makes 32 w / 2 pi turns; 1 makes 5.09 (> 4), 10^-0.5 makes 1.61, 0.1 makes 0.51 (< 1).
    const plain = ropeFrequencies({ headDimension: 8, ropeTheta: 100 });
    const scaled = ropeFrequencies({ headDimension: 8, ropeTheta: 100, ropeScaling: llama3 });
    equal(scaled[0], plain[0]);
    equal(scaled[2], Math.fround(plain[2] / 8));
    equal(scaled[3], Math.fround(plain[3] / 8));
    const turns = 32 * 10 ** -0.5 / (2 * Math.PI);
    const share = (turns - 1) / 3;
    ok(Math.abs(scaled[1] - 10 ** -0.5 * (share + (1 - share) / 8)) < 1e-7);
  });
});
