import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadTokenizer, type Tokenizer } from "../../language/mod.ts";
import { loadCheckpoint, readLlamaConfig } from "../checkpoint/mod.ts";
import type { Policy, PolicySnapshot } from "../policy.ts";
import { openTransformer, type TransformerModel } from "./initialize_transformer.ts";
import { type AdamOptions, createTransformerPolicy } from "./transformer_policy.ts";
import { MOMENTS } from "./transformer_snapshot.ts";

/**
 * Loads a transformer policy from a checkpoint, or from any Hugging Face folder of a Llama whose tokenizer has the
 * special tokens; what Eddy adds (value head, optimiser) starts at zero where the folder lacks it.
 *
 * @throws {EddyError} Whatever `loadCheckpoint` throws; `checkpoint_invalid` If the checkpoint holds another kind.
 */
export function loadTransformerPolicy(kernels: Kernels, folder: string): Policy {
  return restoreTransformerPolicy(kernels, loadCheckpoint(folder));
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
  const config = readLlamaConfig(JSON.parse(snapshot.files.get("config.json") ?? "{}"));
  const tokenizer = tokenizerOf(kernels, snapshot);
  let model: TransformerModel | undefined;
  try {
    model = openTransformer(kernels, config);
    writeTensors(model, snapshot);
    if (own.updates !== undefined) model.updates = own.updates;
    const { adam, maximumActionTokens } = own;
    return createTransformerPolicy({
      model,
      config,
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

/** Puts a snapshot's tensors into a model of the same shape. */
export function writeTensors(model: TransformerModel, { tensors }: PolicySnapshot): void {
  for (const [name, { values }] of tensors) {
    if (name === MOMENTS) model.writeMoments(values);
    else model.writeTensor(name, values);
  }
}
