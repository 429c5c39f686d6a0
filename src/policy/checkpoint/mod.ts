/** Models on disk: safetensors, Llama configurations, and checkpoints that are whole or absent. @module */
export { encodeSafetensors, openSafetensors, type SafetensorsFile, type Tensor } from "./safetensors.ts";
export { type SafetensorsDtype, type TensorEntry } from "./safetensors_header.ts";
export { openTensorFolder, type TensorFolder } from "./tensor_folder.ts";
export {
  type JsonObject,
  type Llama3RopeScaling,
  type LlamaConfig,
  readLlamaConfig,
  writeLlamaConfig,
} from "./llama_config.ts";
export { checkLlamaTensors, llamaTensors } from "./llama_tensors.ts";
export { ropeFrequencies } from "./rope_frequencies.ts";
export { saveCheckpoint, type SaveCheckpointOptions } from "./save_checkpoint.ts";
export { loadCheckpoint } from "./load_checkpoint.ts";
export { contentHashOf, decodeSnapshot, encodeSnapshot } from "./snapshot_bytes.ts";
