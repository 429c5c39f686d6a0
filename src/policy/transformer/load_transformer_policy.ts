import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer, type Tokenizer } from "../../language/mod.ts";
import { type JsonObject, loadCheckpoint, readModelConfig } from "../checkpoint/mod.ts";
import type { Policy, PolicySnapshot } from "../policy.ts";
import type { ActingModel } from "./acting_model.ts";
import { openTransformer, type TransformerModel } from "./initialize_transformer.ts";
import { type LoraConfig, readLoraConfig } from "./adapter/lora_config.ts";
import { adapterNumbers, type LowRankAdapter, openAdapter } from "./adapter/low_rank_adapter.ts";
import { MOMENTS, writeTensors } from "./model_weights.ts";
import { type AdamOptions, createTransformerPolicy } from "./transformer_policy.ts";

/** How to load. */
export interface LoadTransformerPolicyOptions {
  /** Folder or file of the model that an adapter stands beside. Absent: what the adapter's configuration names. */
  readonly base?: string;
}

/**
 * Loads a transformer policy from a checkpoint, or from any Hugging Face folder of a known architecture whose
 * tokenizer has the special tokens; what Eddy adds (value head, optimiser) starts at zero where the folder lacks it. From a
 * PEFT adapter's folder: the base with the adapter beside it, which alone learns.
 *
 * @throws {EddyError} Whatever `loadCheckpoint` throws; `checkpoint_invalid` If the checkpoint holds another kind, or an adapter
 * of another base; `checkpoint_missing` If the base is not where the adapter says.
 */
export function loadTransformerPolicy(
  kernels: Kernels,
  folder: string,
  { base }: LoadTransformerPolicyOptions = {},
): Policy {
  const snapshot = loadCheckpoint(folder, kernels);
  const lora = loraOf(snapshot);
  if (lora === undefined) return restoreTransformerPolicy(kernels, snapshot);
  return restoreTransformerPolicy(kernels, snapshot, loadCheckpoint(base ?? baseOf(folder, lora), kernels));
}

/**
 * The policy that a snapshot was taken of: with `resume`, it goes on as the original would have, bit for bit.
 *
 * @param base Snapshot of the model, where the first is one of an adapter.
 */
export function restoreTransformerPolicy(kernels: Kernels, snapshot: PolicySnapshot, base?: PolicySnapshot): Policy {
  const lora = loraOf(snapshot);
  const source = lora === undefined ? snapshot : base;
  if (source === undefined) {
    throw new EddyError(
      "checkpoint_missing",
      "Cannot restore a transformer: an adapter needs the model it stands beside",
    );
  }
  for (const { kind } of [snapshot, source]) {
    if (kind === "transformer") continue;
    throw new EddyError("checkpoint_invalid", `Cannot restore a transformer: the checkpoint is of kind '${kind}'`);
  }
  const own = JSON.parse(snapshot.files.get("eddy.json") ?? "{}") as {
    readonly updates?: number;
    readonly adam?: AdamOptions;
    readonly maximumActionTokens?: number;
  };
  const configJson = JSON.parse(source.files.get("config.json") ?? "{}") as JsonObject;
  const config = readModelConfig(configJson);
  const tokenizer = tokenizerOf(kernels, source);
  let model: TransformerModel | undefined;
  try {
    model = openTransformer(kernels, config);
    writeTensors(model, source, config);
    const adapter = lora && openAdapter(model, config, lora, null);
    if (adapter) writeAdapter(model, adapter, snapshot, own.updates);
    else if (own.updates !== undefined) model.updates = own.updates;
    const { adam, maximumActionTokens } = own;
    return createTransformerPolicy({
      model,
      config,
      configJson: config.modelType === undefined ? undefined : configJson,
      tokenizer,
      ownsTokenizer: true,
      version: snapshot.version,
      adam,
      maximumActionTokens,
      adapter,
    });
  } catch (error) {
    model?.free();
    tokenizer[Symbol.dispose]();
    throw error;
  }
}

/** Puts a snapshot's numbers into an adapter of the same shape. */
export function writeAdapter(
  model: ActingModel,
  adapter: LowRankAdapter,
  { tensors }: Pick<PolicySnapshot, "tensors">,
  updates = 0,
): void {
  const moments = tensors.get(MOMENTS);
  const numbers = new Map([...tensors].filter(([name]) => name !== MOMENTS));
  model.writeAdapter(adapter.id, adapterNumbers(adapter, numbers));
  if (moments !== undefined) model.writeAdapterMoments(adapter.id, moments.values, updates);
}

/** The shape of the adapter that a snapshot is of; undefined where it is of a model. */
export function loraOf({ files }: PolicySnapshot): LoraConfig | undefined {
  const text = files.get("adapter_config.json");
  return text === undefined ? undefined : readLoraConfig(JSON.parse(text) as JsonObject, "adapter_config.json");
}

function baseOf(folder: string, { base }: LoraConfig): string {
  const places = base === undefined ? [] : [resolve(folder, base), resolve(base)];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  const what = base === undefined
    ? "it does not say of what"
    : `its base '${base}' is neither there nor in this folder`;
  throw new EddyError("checkpoint_missing", `Cannot load the adapter '${folder}': ${what}; say where the base is`);
}

function tokenizerOf(kernels: Kernels, snapshot: PolicySnapshot): Tokenizer {
  const text = snapshot.files.get("tokenizer.json");
  if (text === undefined) {
    throw new EddyError("checkpoint_missing", "Cannot restore a transformer: the checkpoint has no tokenizer.json");
  }
  return loadTokenizer(kernels, text);
}
