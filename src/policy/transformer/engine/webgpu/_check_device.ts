import { EddyError } from "../../../../errors.ts";
import type { ModelConfig } from "../../../checkpoint/model_config.ts";
import { modelTensors } from "../../../checkpoint/model_tensors.ts";
import { matrixFits } from "./_matrix.ts";
import { type DeviceFormats, formatOf } from "./_weights.ts";
import { LARGEST_HEAD } from "./shaders/attention.ts";

/** Buffers that the largest shader names, and bytes that its threads share. */
const [BUFFERS, SHARED] = [5, 8320];
/** Rows that a buffer must hold at least. */
const PROBED = 8;

/** @throws {EddyError} `model_unsupported` If the shaders have no room for the model, or the device none for them. */
export function checkDevice({ limits }: Pick<GPUDevice, "limits">, config: ModelConfig, formats: DeviceFormats): void {
  const { hiddenSize, intermediateSize, heads, headDimension } = config;
  const widths = { hiddenSize, intermediateSize, queries: heads * headDimension };
  for (const [name, width] of Object.entries(widths)) {
    if (width % 4 !== 0) refuse(`${name} ${width} is no multiple of 4`);
  }
  if (headDimension > LARGEST_HEAD) refuse(`heads of ${headDimension} are larger than ${LARGEST_HEAD}`);
  if (limits.maxStorageBuffersPerShaderStage < BUFFERS || limits.maxComputeWorkgroupStorageSize < SHARED) {
    refuse(
      `it has ${limits.maxStorageBuffersPerShaderStage} buffers a shader and ${limits.maxComputeWorkgroupStorageSize} ` +
        `shared bytes, ${BUFFERS} and ${SHARED} are needed`,
    );
  }
  const largest = limits.maxStorageBufferBindingSize;
  const matrices = new Map(modelTensors(config)).set("value_head.weight", [1, hiddenSize]);
  for (const [name, [, inner]] of matrices) {
    const format = formatOf(config, name, formats);
    if (format === undefined || matrixFits(limits, format, inner) && 4 * PROBED * inner <= largest) continue;
    refuse(
      `rows of '${name}' do not fit its buffers of ${limits.maxStorageBufferBindingSize} bytes; ask the adapter for its ` +
        "largest 'maxStorageBufferBindingSize', use fewer bits a weight ('e4')",
    );
  }
}

function refuse(state: string): never {
  throw new EddyError("model_unsupported", `Cannot run the model on a GPU: ${state}, or use the processor`);
}
