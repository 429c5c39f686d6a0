import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer } from "../../language/mod.ts";
import { loadCheckpoint, type ModelConfig } from "../checkpoint/mod.ts";
import type { Policy, PolicySnapshot } from "../policy.ts";
import type { LoraConfig } from "./adapter/lora_config.ts";
import { type LowRankAdapter, openAdapter } from "./adapter/low_rank_adapter.ts";
import { loraOf, writeAdapter } from "./load_transformer_policy.ts";
import { loadPackedTransformer } from "./load_packed_transformer.ts";
import type { ActingModel } from "./acting_model.ts";
import { type LoadedModelOn, loadModelOn, type ModelOnOptions } from "./load_model_on.ts";
import type { PackedFormats } from "./open_packed_transformer.ts";
import { type AdamOptions, createTransformerPolicy } from "./transformer_policy.ts";

/** How weights are stored, and what stands beside them. */
export interface PackedPolicyOptions extends PackedFormats {
  /** Folder of an adapter, as PEFT or `saveCheckpoint` writes it; with what the optimiser remembers, it goes on learning. */
  readonly adapter?: string;
  /** A new adapter instead, which changes nothing until it has learned. */
  readonly lora?: LoraConfig;
  /** Names the numbers that a new adapter begins with. Unsigned 32-bit; default 0. */
  readonly seed?: number;
}

/**
 * Loads a policy for inference from a GGUF file, a Hugging Face folder or a checkpoint: its matrices have 8.5 bits a weight
 * (`q8`, `e7`) or 4.5 (`e4`) in place of 32. It decides and evaluates, with equal bits; an adapter learns beside
 * them, and without one it refuses to learn and to be saved.
 *
 * @throws {EddyError} As `loadPackedTransformer`; `checkpoint_missing` If there is no tokenizer.
 */
export function loadPackedPolicy(
  kernels: Kernels,
  path: string,
  { adapter: folder, lora, seed, ...formats }: PackedPolicyOptions = {},
): Policy {
  return packedPolicy(kernels, path, loadPackedTransformer(kernels, path, formats), { folder, lora, seed });
}

/**
 * The same on the processor or on a GPU: it decides and evaluates with the bits of the device that it is on. What a GPU
 * acted is evaluated by the policy that acted; see `GpuTransformerModel`.
 *
 * @throws {EddyError} As `loadModelOn`.
 */
export async function loadPolicyOn(kernels: Kernels, path: string, options: ModelOnOptions): Promise<Policy> {
  return packedPolicy(kernels, path, await loadModelOn(kernels, path, options), {});
}

function packedPolicy(
  kernels: Kernels,
  path: string,
  { model, config, configJson, files }: Omit<LoadedModelOn, "choice">,
  { folder, lora, seed }: { readonly folder?: string; readonly lora?: LoraConfig; readonly seed?: number },
): Policy {
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
    const stored = folder === undefined ? undefined : loadCheckpoint(folder, kernels);
    const kept = JSON.parse(stored?.files.get("eddy.json") ?? "{}") as KeptAdapter;
    const adapter = stored
      ? openStoredAdapter(model, config, stored, folder!, kept.updates)
      : lora && openAdapter(model, config, lora, seed);
    using parts = new DisposableStack();
    const tokenizer = parts.use(loadTokenizer(kernels, text));
    const policy = createTransformerPolicy({
      ...{ model, config, configJson, tokenizer, ownsTokenizer: true },
      ...{ version: stored?.version ?? version, maximumActionTokens, adam: kept.adam, adapter },
    });
    parts.move(); // the policy's, from now on
    return policy;
  } catch (error) {
    model.free();
    throw error;
  }
}

/** What an adapter's eddy.json keeps of its optimiser. */
interface KeptAdapter {
  readonly updates?: number;
  readonly adam?: AdamOptions;
}

function openStoredAdapter(
  model: ActingModel,
  config: ModelConfig,
  snapshot: PolicySnapshot,
  folder: string,
  updates?: number,
): LowRankAdapter {
  const lora = loraOf(snapshot);
  if (lora === undefined) {
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot load '${folder}': it is no adapter, it has no adapter_config.json`,
    );
  }
  const adapter = openAdapter(model, config, lora, null);
  writeAdapter(model, adapter, snapshot, updates);
  return adapter;
}
