import type { StoredTensor } from "../stored_tensors.ts";
import { modelTensors } from "../model_tensors.ts";
import type { ModelConfig } from "../model_config.ts";
import type { Architecture } from "./architecture.ts";
import { readActivation, readDecoder, readWindows } from "./_decoder.ts";

/** Phi-3, 3.5 and 4: Llama whose projections are stored as one, with LongRoPE. */
export const phi3: Architecture = {
  modelType: "phi3",
  classes: ["Phi3ForCausalLM", "Phi3Model"],
  prefix: "model.",
  read(reader): ModelConfig {
    reader.only({ attention_bias: false });
    const original = reader.json.original_max_position_embeddings ?? 4096;
    const config = readDecoder(
      reader.inside({ ...reader.json, original_max_position_embeddings: original }),
      "phi3",
      { normEpsilon: 1e-5, maximumPositions: 4096, partialRotary: true },
    );
    const slides = (reader.json.sliding_window ?? null) !== null;
    const windows = readWindows(reader, config.layers, () => slides);
    return { ...config, blocks: { windows, activation: readActivation(reader, ["hidden_act"], "silu") } };
  },
  stored(config): StoredTensor[] {
    const fused = [["self_attn.qkv_proj", "q_proj", "k_proj", "v_proj"], ["mlp.gate_up_proj", "gate_proj", "up_proj"]];
    return [...modelTensors(config).keys()].flatMap((name): StoredTensor[] => {
      const own = /^(.*)\.(self_attn|mlp)\.(\w+)\.weight$/.exec(name);
      if (own === null) return [{ name, parts: [name] }];
      const [, at, block, part] = own;
      const group = fused.find((parts) => parts.includes(part));
      if (group === undefined) return [{ name, parts: [name] }];
      const [target, ...parts] = group;
      if (part !== parts[0]) return [];
      return [{ name: `${at}.${target}.weight`, parts: parts.map((each) => `${at}.${block}.${each}.weight`) }];
    });
  },
  gguf: { name: "phi3" },
};
