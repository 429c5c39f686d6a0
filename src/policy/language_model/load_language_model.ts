import type { Kernels } from "../../kernels/mod.ts";
import type { ModelBytes, ModelFolderBytes } from "../checkpoint/mod.ts";
import {
  loadPackedTransformerFrom,
  type LoadPackedTransformerFromOptions,
} from "../transformer/load_packed_transformer_from.ts";
import { createLanguageModel, type LanguageModelOptions } from "./create_language_model.ts";
import type { LanguageModel } from "./language_model.ts";

/** How a language model is loaded from elsewhere. */
export interface LoadLanguageModelOptions
  extends LoadPackedTransformerFromOptions, Pick<LanguageModelOptions, "keptPrompts"> {}

/**
 * Loads a GGUF file from an address, a chosen file or memory, or a Hugging Face folder from an address, ready to talk: in
 * browsers, workerd and elsewhere. Its weights stay packed.
 *
 * @throws {EddyError} As `loadPackedTransformerFrom` and `createLanguageModel`.
 *
 * @example
 * ```ts ignore
 * import { fetchedBytes, loadKernels, loadLanguageModel } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using model = await loadLanguageModel(kernels, await fetchedBytes("/model.gguf"), { format: "e4" });
 * for (const { text } of model.speak(model.prompt([{ role: "user", content: "Hello" }]), { seed: 1 })) console.log(text);
 * ```
 */
export async function loadLanguageModel(
  kernels: Kernels,
  bytes: ModelBytes | ModelFolderBytes,
  { keptPrompts, ...options }: LoadLanguageModelOptions = {},
): Promise<LanguageModel> {
  const { model: packed, files } = await loadPackedTransformerFrom(kernels, bytes, options);
  const snapshot = { kind: "transformer", version: 0, tensors: new Map(), files } as const;
  return createLanguageModel(kernels, snapshot, { keptPrompts, packed });
}
