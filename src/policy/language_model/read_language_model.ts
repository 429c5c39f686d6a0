import { statSync } from "node:fs";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { loadCheckpoint, openModelSource } from "../checkpoint/mod.ts";
import { readTextFiles, TEXT_FILES, versionFolder } from "../checkpoint/load_checkpoint.ts";
import type { PolicySnapshot } from "../policy.ts";
import { loadPackedTransformer } from "../transformer/load_packed_transformer.ts";
import type { ActingModel, PackedTransformerModel } from "../transformer/mod.ts";
import type { DeviceChoice } from "../transformer/engine/gpu/choose_device.ts";
import { withFallback } from "../transformer/engine/gpu/with_fallback.ts";
import { loadModelOn, type ModelOnOptions } from "../transformer/load_model_on.ts";
import { isOnGpu } from "../transformer/acting_model.ts";
import { isLanguageModel } from "./create_language_model.ts";
import { refuseAdapter } from "./refuse_adapter.ts";
import { withChatTemplate } from "./with_chat_template.ts";

/** How a model's matrices are kept: e4 in four bits, e7 and q8 in eight, f32 as plain numbers. */
export type ModelWeights = "e4" | "e7" | "q8" | "f32";

/** How a language model is read. */
export interface ReadLanguageModelOptions {
  /** Default as `eddy import` packed it, else q8: it answers nearly as plain numbers do, in a quarter of their memory. */
  readonly weights?: ModelWeights;
  /** File of its chat template, in place of its own. */
  readonly chatTemplate?: string;
}

/** What a language model is made of: dispose of `packed`, or hand it to `createLanguageModel` with the snapshot. */
export interface ReadLanguageModel {
  /** Its texts; its tensors as well where they are not packed. */
  readonly snapshot: PolicySnapshot;
  /** Its weights, where they are packed or on a GPU. */
  readonly packed?: ActingModel;
}

/** How a language model is read where it is to compute. */
export interface ReadLanguageModelOnOptions
  extends ReadLanguageModelOptions, Pick<ModelOnOptions, "deadlineMs" | "device" | "find" | "now"> {
  /** Told when its GPU is lost; it goes on with the processor then, unless its weights are `f32`. */
  readonly onLost?: (error: EddyError) => void;
}

/** Whether there is a language model from elsewhere at a path, and not an agent of Eddy's; weights are not read. */
export function isLanguageModelAt(kernels: Kernels, path: string): boolean {
  return isLanguageModel({ kind: "transformer", version: 0, tensors: new Map(), files: textsAt(kernels, path) });
}

/**
 * Reads a language model of a Hugging Face folder or a GGUF file, a few megabytes at a time where it is packed.
 *
 * @throws {EddyError} As `loadPackedTransformer` and `loadCheckpoint`; `model_unsupported` If it is an adapter, or an agent
 * of Eddy's.
 */
export function readLanguageModel(
  kernels: Kernels,
  path: string,
  { weights, chatTemplate }: ReadLanguageModelOptions = {},
): ReadLanguageModel {
  const texts = talkingTexts(kernels, path);
  if (weights === "f32") return { snapshot: withChatTemplate(loadCheckpoint(path, kernels), chatTemplate) };
  const snapshot = withChatTemplate(texts, chatTemplate);
  const { model: packed } = loadPackedTransformer(kernels, path, weights === undefined ? {} : { format: weights });
  return { snapshot, packed };
}

/**
 * The same on the processor or on a GPU.
 *
 * @throws {EddyError} As `readLanguageModel`; with device `webgpu` also as `openGpuTransformer`.
 */
export async function readLanguageModelOn(
  kernels: Kernels,
  path: string,
  { weights, chatTemplate, device = "cpu", onLost = () => {}, ...options }: ReadLanguageModelOnOptions,
): Promise<ReadLanguageModel & { readonly choice: DeviceChoice }> {
  if (device === "cpu") {
    return { ...readLanguageModel(kernels, path, { weights, chatTemplate }), choice: { device, why: "asked for" } };
  }
  const snapshot = withChatTemplate(talkingTexts(kernels, path), chatTemplate);
  const { model, choice } = await loadModelOn(kernels, path, { ...options, device, format: weights });
  if (!isOnGpu(model) || weights === "f32") return { snapshot, packed: model, choice };
  const open = (): PackedTransformerModel =>
    loadPackedTransformer(kernels, path, weights === undefined ? {} : { format: weights }).model;
  return { snapshot, packed: withFallback(model, { open, onLost }), choice };
}

/** Texts of a model to talk with. */
function talkingTexts(kernels: Kernels, path: string): PolicySnapshot {
  const files = textsAt(kernels, path);
  refuseAdapter({ files }, path);
  const texts: PolicySnapshot = { kind: "transformer", version: 0, tensors: new Map(), files };
  if (isLanguageModel(texts)) return texts;
  throw new EddyError(
    "model_unsupported",
    `Cannot talk with '${path}': it is an agent of Eddy's, which acts in a world; 'eddy serve ${path}' serves it`,
  );
}

/** Texts of a GGUF file or a folder. */
function textsAt(kernels: Kernels, path: string): ReadonlyMap<string, string> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    return readTextFiles(versionFolder(path), [...TEXT_FILES, "eddy.json"]);
  }
  if (!path.endsWith(".gguf")) {
    const state = "it is a file, neither a model folder nor a GGUF file";
    throw new EddyError("model_unsupported", `Cannot load '${path}': ${state}`);
  }
  using source = openModelSource(kernels, path);
  return source.files;
}
