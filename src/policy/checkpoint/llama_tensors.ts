import { EddyError } from "../../errors.ts";
import type { LlamaConfig } from "./llama_config.ts";

/** Name and shape of every weight of a Llama, in the order of the layers; the value head is Eddy's own and not here. */
export function llamaTensors(config: LlamaConfig): Map<string, readonly number[]> {
  const { vocabularySize, hiddenSize, headDimension, intermediateSize } = config;
  const queries = config.heads * headDimension, keys = config.keyValueHeads * headDimension;
  const tensors = new Map<string, readonly number[]>([["model.embed_tokens.weight", [vocabularySize, hiddenSize]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    tensors.set(`${at}.input_layernorm.weight`, [hiddenSize]);
    tensors.set(`${at}.self_attn.q_proj.weight`, [queries, hiddenSize]);
    tensors.set(`${at}.self_attn.k_proj.weight`, [keys, hiddenSize]);
    tensors.set(`${at}.self_attn.v_proj.weight`, [keys, hiddenSize]);
    tensors.set(`${at}.self_attn.o_proj.weight`, [hiddenSize, queries]);
    tensors.set(`${at}.post_attention_layernorm.weight`, [hiddenSize]);
    tensors.set(`${at}.mlp.gate_proj.weight`, [intermediateSize, hiddenSize]);
    tensors.set(`${at}.mlp.up_proj.weight`, [intermediateSize, hiddenSize]);
    tensors.set(`${at}.mlp.down_proj.weight`, [hiddenSize, intermediateSize]);
  }
  tensors.set("model.norm.weight", [hiddenSize]);
  if (!config.tied) tensors.set("lm_head.weight", [vocabularySize, hiddenSize]);
  return tensors;
}

/**
 * Checks that a folder's tensors are exactly those of its configuration, before anything is allocated for them.
 *
 * @param shapes What the files hold.
 * @throws {EddyError} `checkpoint_invalid` If one is missing or has another shape; `model_unsupported` If there is one
 * that a Llama does not have: leaving it out would compute another model.
 */
export function checkLlamaTensors(
  config: LlamaConfig,
  shapes: ReadonlyMap<string, readonly number[]>,
  where: string,
): void {
  // A false layer count is told before a list of that length is made.
  if (shapes.size < config.layers * 9) {
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot load '${where}': ${shapes.size} tensors are too few for ${config.layers} layers; some are missing` +
        missingHint(config, shapes),
    );
  }
  const expected = llamaTensors(config);
  for (const [name, shape] of expected) {
    const found = shapes.get(name);
    if (found === undefined) {
      throw new EddyError("checkpoint_invalid", `Cannot load '${where}': the tensor '${name}' is missing`);
    }
    if (found.join() !== shape.join()) {
      const message = `Cannot load '${where}': config.json makes '${name}' [${shape}], the file has [${found}]`;
      throw new EddyError("checkpoint_invalid", message);
    }
  }
  for (const name of shapes.keys()) {
    if (!expected.has(name) && !isIgnored(config, name)) {
      throw new EddyError("model_unsupported", `Cannot load '${where}': a Llama has no tensor '${name}'`);
    }
  }
}

function missingHint(config: LlamaConfig, shapes: ReadonlyMap<string, unknown>): string {
  const names = llamaTensors({ ...config, layers: 1 }).keys();
  const missing = [...names].find((name) => !shapes.has(name));
  return missing === undefined ? "" : `, '${missing}' among them`;
}

/** Old files store the rotation's frequencies, and some store a tied head twice; neither holds anything new. */
function isIgnored(config: LlamaConfig, name: string): boolean {
  return name.endsWith(".rotary_emb.inv_freq") || (config.tied && name === "lm_head.weight");
}
