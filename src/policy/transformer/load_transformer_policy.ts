import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer, type Tokenizer } from "../../language/mod.ts";
import { type JsonObject, loadCheckpoint, readModelConfig } from "../checkpoint/mod.ts";
import type { Policy, PolicySnapshot } from "../policy.ts";
import { openTransformer, type TransformerModel } from "./initialize_transformer.ts";
import { writeTensors } from "./model_weights.ts";
import { type AdamOptions, createTransformerPolicy } from "./transformer_policy.ts";

/**
 * Loads a transformer policy from a checkpoint, or from any Hugging Face folder of a known architecture whose
 * tokenizer has the special tokens; what Eddy adds (value head, optimiser) starts at zero where the folder lacks it.
 *
 * @throws {EddyError} Whatever `loadCheckpoint` throws; `checkpoint_invalid` If the checkpoint holds another kind.
 */
export function loadTransformerPolicy(kernels: Kernels, folder: string): Policy {
  return restoreTransformerPolicy(kernels, loadCheckpoint(folder, kernels));
}

/** The policy that a snapshot was taken of: with `resume`, it goes on as the original would have, bit for bit. */
export function restoreTransformerPolicy(kernels: Kernels, snapshot: PolicySnapshot): Policy {
  if (snapshot.kind !== "transformer") {
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot restore a transformer: the checkpoint is of kind '${snapshot.kind}'`,
    );
  }
  const own = JSON.parse(snapshot.files.get("eddy.json") ?? "{}") as {
    readonly updates?: number;
    readonly adam?: AdamOptions;
    readonly maximumActionTokens?: number;
  };
  const configJson = JSON.parse(snapshot.files.get("config.json") ?? "{}") as JsonObject;
  const config = readModelConfig(configJson);
  const tokenizer = tokenizerOf(kernels, snapshot);
  let model: TransformerModel | undefined;
  try {
    model = openTransformer(kernels, config);
    writeTensors(model, snapshot, config);
    if (own.updates !== undefined) model.updates = own.updates;
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
    });
  } catch (error) {
    model?.free();
    tokenizer[Symbol.dispose]();
    throw error;
  }
}

function tokenizerOf(kernels: Kernels, snapshot: PolicySnapshot): Tokenizer {
  const text = snapshot.files.get("tokenizer.json");
  if (text === undefined) {
    throw new EddyError("checkpoint_missing", "Cannot restore a transformer: the checkpoint has no tokenizer.json");
  }
  return loadTokenizer(kernels, text);
}
