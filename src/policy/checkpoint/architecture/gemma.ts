import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { readActivation, readDecoder } from "./_decoder.ts";

/** Gemma 1: Llama with norms that count from 1, a scaled embedding, and GELU in its gate. */
export const gemma: Architecture = {
  modelType: "gemma",
  classes: ["GemmaForCausalLM", "GemmaModel"],
  prefix: "model.",
  read(reader): ModelConfig {
    const config = readDecoder(reader, "gemma", { tied: true, headDimension: 256, maximumPositions: 8192 });
    const bias = reader.flag("attention_bias", false);
    return {
      ...config,
      blocks: {
        norm: "rms-from-one",
        projectionBias: bias,
        outputBias: bias,
        // The first files say `hidden_act: gelu` and mean its approximation.
        activation: readActivation(reader, ["hidden_activation"], "gelu_pytorch_tanh"),
        embeddingScale: Math.fround(Math.sqrt(config.hiddenSize)),
      },
    };
  },
  gguf: { name: "gemma", normsFromOne: true },
};
