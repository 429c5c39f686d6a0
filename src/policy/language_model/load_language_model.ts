import type { Kernels } from "../../kernels/mod.ts";
import { openDistantSource } from "../checkpoint/distant_source.ts";
import type { ModelBytes, ModelFolderBytes } from "../checkpoint/mod.ts";
import { chooseDevice, type Device, type DeviceChoice } from "../transformer/engine/gpu/choose_device.ts";
import { openGpuTransformer } from "../transformer/engine/gpu/open_gpu_transformer.ts";
import { type LoadPackedTransformerFromOptions, writePiece } from "../transformer/load_packed_transformer_from.ts";
import { openPackedTransformer, type PackedTransformerModel } from "../transformer/open_packed_transformer.ts";
import { createLanguageModel, type LanguageModelOptions } from "./create_language_model.ts";
import type { LanguageModel } from "./language_model.ts";

/** How a language model is loaded from elsewhere. */
export interface LoadLanguageModelOptions
  extends LoadPackedTransformerFromOptions, Pick<LanguageModelOptions, "keptPrompts"> {
  /** Where it computes; `auto` measures both. Default `cpu`. On a GPU, keys and values are float32. */
  readonly device?: Device;
  /** Milliseconds now, which `auto` needs: `() => performance.now()`. */
  readonly now?: () => number;
  /** Told where it computes, and why there. */
  readonly onDevice?: (choice: DeviceChoice) => void;
}

/**
 * Loads a GGUF file from an address, a chosen file or memory, or a Hugging Face folder from an address, ready to talk: in
 * browsers, workerd and elsewhere. Its weights stay packed.
 *
 * On a GPU an answer that is being written when the GPU is lost ends with `worker_failed`, and so does every later one: load
 * the model again with device `cpu`.
 *
 * @throws {EddyError} As `loadPackedTransformerFrom` and `createLanguageModel`; with device `webgpu` also as
 * `openGpuTransformer`.
 * @throws {TypeError} If `auto` has no clock.
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
  { keptPrompts, device = "cpu", now, onDevice, onProgress, ...formats }: LoadLanguageModelOptions = {},
): Promise<LanguageModel> {
  if (device === "auto" && now === undefined) {
    throw new TypeError("Cannot measure where the model is faster: 'auto' needs 'now'");
  }
  using source = await openDistantSource(kernels, bytes, onProgress);
  const { config, files } = source;
  const { model, choice } = await chooseDevice<PackedTransformerModel>({
    ...{ device, config, now: now ?? (() => 0) },
    cpu: async () => {
      const model = openPackedTransformer(kernels, config, formats);
      try {
        for await (const piece of source.pieces()) writePiece(model, piece, bytes.name);
        return model;
      } catch (error) {
        model.free();
        throw error;
      }
    },
    gpu: () => {
      const { format = "q8", headFormat } = formats;
      return openGpuTransformer(kernels, config, source.pieces(), { format, headFormat });
    },
  });
  onDevice?.(choice);
  const snapshot = { kind: "transformer", version: 0, tensors: new Map(), files } as const;
  return createLanguageModel(kernels, snapshot, { keptPrompts, packed: model });
}
