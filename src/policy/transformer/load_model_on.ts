import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { type JsonObject, loadCheckpoint, type ModelConfig, openModelSource } from "../checkpoint/mod.ts";
import type { ActingModel } from "./acting_model.ts";
import { chooseDevice, type Device, type DeviceChoice, type DeviceChoices } from "./engine/gpu/choose_device.ts";
import { openGpuTransformer } from "./engine/gpu/open_gpu_transformer.ts";
import { openTransformer } from "./initialize_transformer.ts";
import { writePiece } from "./load_packed_transformer_from.ts";
import { writeTensors } from "./model_weights.ts";
import { openPackedTransformer, type PackedFormats } from "./open_packed_transformer.ts";

/** Where and how a model computes. */
export interface ModelOnOptions
  extends Omit<PackedFormats, "format">, Pick<DeviceChoices<ActingModel>, "find" | "now"> {
  /** Default `auto`. */
  readonly device?: Device;
  /** Matrices of the layers; `f32` keeps them as numbers. Default as the file was packed, otherwise `q8`. */
  readonly format?: PackedFormats["format"] | "f32";
  /** Longest wait for a GPU; then it counts as lost. Milliseconds, default 60,000. */
  readonly deadlineMs?: number;
}

/** A model, what came with it, and where it computes. */
export interface LoadedModelOn {
  /** Dispose it (`free`). */
  readonly model: ActingModel;
  /** Its shape. */
  readonly config: ModelConfig;
  /** The config.json that says it. */
  readonly configJson: JsonObject;
  /** config.json, tokenizer.json and other texts. */
  readonly files: ReadonlyMap<string, string>;
  /** On which device, and why there. */
  readonly choice: DeviceChoice;
}

/**
 * Loads a GGUF file, a Hugging Face folder or a checkpoint to act on the processor or on a GPU. On a GPU, `cacheFormat` has no
 * say: keys and values are float32 there.
 *
 * @throws {EddyError} As `loadPackedTransformer`; with device `webgpu` also as `openGpuTransformer`.
 */
export async function loadModelOn(
  kernels: Kernels,
  path: string,
  { device = "auto", format, headFormat, cacheFormat, deadlineMs, ...options }: ModelOnOptions,
): Promise<LoadedModelOn> {
  using source = openModelSource(kernels, path);
  const { config, configJson, files, packed } = source;
  const layers = format ?? packed?.format ?? "q8";
  const head = headFormat ?? packed?.headFormat;
  const { model, choice } = await chooseDevice<ActingModel>({
    ...options,
    ...{ device, config },
    cpu: () => {
      if (layers === "f32") return filled(kernels, path, config);
      const model = openPackedTransformer(kernels, config, { format: layers, headFormat: head, cacheFormat });
      return freedOnError(model, () => {
        for (const piece of source.pieces()) writePiece(model, piece, path);
      });
    },
    gpu: () => {
      const formats = layers === "f32" ? { format: layers } : { format: layers, headFormat: head };
      return openGpuTransformer(kernels, config, source.pieces(), { ...formats, deadlineMs });
    },
  });
  return { model, config, configJson, files, choice };
}

function filled(kernels: Kernels, path: string, config: ModelConfig): ActingModel {
  const snapshot = loadCheckpoint(path, kernels);
  if (snapshot.kind !== "transformer") {
    throw new EddyError("checkpoint_invalid", `Cannot load '${path}': the checkpoint is of kind '${snapshot.kind}'`);
  }
  const model = openTransformer(kernels, config);
  return freedOnError(model, () => writeTensors(model, snapshot, config));
}

function freedOnError<Model extends ActingModel>(model: Model, fill: () => void): Model {
  try {
    fill();
    return model;
  } catch (error) {
    model.free();
    throw error;
  }
}
