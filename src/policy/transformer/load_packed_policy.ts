import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer } from "../../language/mod.ts";
import type { Policy } from "../policy.ts";
import { loadPackedTransformer } from "./load_packed_transformer.ts";
import type { PackedFormats } from "./open_packed_transformer.ts";
import { createTransformerPolicy } from "./transformer_policy.ts";

/**
 * Loads a policy for inference from a GGUF file, a Hugging Face folder or a checkpoint: a quarter or an eighth of the
 * memory, and several times the speed. It decides and evaluates, with equal bits; it refuses to learn and to be saved.
 *
 * @throws {EddyError} As `loadPackedTransformer`; `checkpoint_missing` If there is no tokenizer.
 */
export function loadPackedPolicy(kernels: Kernels, path: string, formats: PackedFormats = {}): Policy {
  const { model, config, configJson, files } = loadPackedTransformer(kernels, path, formats);
  try {
    const text = files.get("tokenizer.json");
    if (text === undefined) {
      throw new EddyError("checkpoint_missing", `Cannot load '${path}': it has no tokenizer.json`);
    }
    const own = JSON.parse(files.get("eddy.json") ?? "{}") as {
      readonly policyVersion?: number;
      readonly maximumActionTokens?: number;
    };
    const { policyVersion: version, maximumActionTokens } = own;
    const tokenizer = loadTokenizer(kernels, text);
    return createTransformerPolicy({
      ...{ model, config, configJson, tokenizer, ownsTokenizer: true },
      ...{ version, maximumActionTokens },
    });
  } catch (error) {
    model.free();
    throw error;
  }
}
