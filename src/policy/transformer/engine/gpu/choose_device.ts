import { EddyError } from "../../../../errors.ts";
import type { ModelConfig } from "../../../checkpoint/mod.ts";
import type { ActingModel } from "../../acting_model.ts";
import { fasterEngine } from "../faster_engine.ts";
import { kernelEngine } from "../kernel_engine.ts";
import { findGpu } from "./find_gpu.ts";
import type { GpuTransformerModel } from "./gpu_transformer.ts";

/** Where a model computes: `auto` measures both and takes the GPU only where it is faster. */
export type Device = "auto" | "cpu" | "webgpu";

/** Where it computes, and why there. */
export interface DeviceChoice {
  /** The processor or the GPU. */
  readonly device: "cpu" | "webgpu";
  /** As words for people. */
  readonly why: string;
}

/** How a model is opened on each device. */
export interface DeviceChoices<Model extends ActingModel> {
  /** What is asked for. */
  readonly device: Device;
  /** The model's shape. */
  readonly config: ModelConfig;
  /** On the processor. */
  readonly cpu: () => Model | Promise<Model>;
  /** On the GPU. */
  readonly gpu: () => Promise<GpuTransformerModel>;
  /** Milliseconds now, for `auto`: `performance.now`. */
  readonly now: () => number;
  /** What there is to compute with. Default {@linkcode findGpu}. */
  readonly find?: typeof findGpu;
}

/** Tokens of the prompt and steps that are tried, and how often. */
const TRIAL = { prompt: 32, steps: 4, rounds: 1 };

/**
 * Opens a model where it is to compute. `auto` stays with the processor where there is no GPU, where the adapter is
 * software, and where the GPU cannot hold the model; otherwise it runs the same prompt and steps on both.
 *
 * @throws {EddyError} What opening throws.
 */
export async function chooseDevice<Model extends ActingModel>(
  { device, config, cpu, gpu, now, find = findGpu }: DeviceChoices<Model>,
): Promise<{ readonly model: Model | GpuTransformerModel; readonly choice: DeviceChoice }> {
  const onCpu = async (why: string): Promise<{ readonly model: Model; readonly choice: DeviceChoice }> => ({
    model: await cpu(),
    choice: { device: "cpu", why },
  });
  if (device === "cpu") return await onCpu("asked for");
  if (device === "webgpu") return { model: await gpu(), choice: { device: "webgpu", why: "asked for" } };
  const found = await find();
  if (!found) return await onCpu("there is no GPU that WebGPU knows");
  if (found.isSoftware) return await onCpu(`'${found.name}' is software on this processor`);
  let there: GpuTransformerModel;
  try {
    there = await gpu();
  } catch (error) {
    if (!(error instanceof EddyError) || !["model_unsupported", "worker_failed"].includes(error.code)) throw error;
    return await onCpu(error.message);
  }
  return await fasterOf(await onCpu("measured faster"), there, config, now);
}

/** Tries both and frees the slower. A GPU that fails meanwhile is not faster. */
async function fasterOf<Model extends ActingModel>(
  here: { readonly model: Model; readonly choice: DeviceChoice },
  there: GpuTransformerModel,
  config: ModelConfig,
  now: () => number,
): Promise<{ readonly model: Model | GpuTransformerModel; readonly choice: DeviceChoice }> {
  using ours = kernelEngine(here.model, config);
  try {
    using theirs = kernelEngine(there, config);
    const { engine, milliseconds: [cpu, gpu] } = await fasterEngine([ours, theirs], { now, ...TRIAL });
    const why = `measured: ${cpu.toFixed(0)} ms on the processor, ${gpu.toFixed(0)} ms on '${there.device}'`;
    if (engine === theirs) {
      ours[Symbol.dispose]();
      here.model.free();
      return { model: there, choice: { device: "webgpu", why } };
    }
    there.free();
    return { model: here.model, choice: { device: "cpu", why } };
  } catch (error) {
    there.free();
    if (error instanceof EddyError && error.code === "worker_failed") {
      return { model: here.model, choice: { device: "cpu", why: error.message } };
    }
    here.model.free();
    throw error;
  }
}
