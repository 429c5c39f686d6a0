/** Models on disk: safetensors, GGUF, configurations, and checkpoints that are whole or absent. @module */
export { encodeSafetensors, openSafetensors, type SafetensorsFile, type Tensor } from "./safetensors.ts";
export { type SafetensorsDtype, type TensorEntry } from "./safetensors_header.ts";
export { openTensorFolder, type TensorFolder } from "./tensor_folder.ts";
export { openGguf } from "./gguf/gguf.ts";
export { type GgufFile, readGguf } from "./gguf/read_gguf.ts";
export { type ByteReader } from "./byte_reader.ts";
export { blobBytes, fetchedBytes, type ModelBytes } from "./model_bytes.ts";
export { fetchedFolder, type ModelFolderBytes } from "./fetched_folder.ts";
export { type GgufEntry, type GgufValue } from "./gguf/gguf_header.ts";
export { type GgufType } from "./gguf/gguf_types.ts";
export { type JsonObject } from "./config_reader.ts";
export {
  type Activation,
  type LinearRopeScaling,
  type Llama3RopeScaling,
  LLAMA_BLOCKS,
  type LongRopeScaling,
  type ModelBlocks,
  type ModelConfig,
  type RopeScaling,
  type YarnRopeScaling,
} from "./model_config.ts";
export { readModelConfig } from "./read_model_config.ts";
export { writeLlamaConfig } from "./write_llama_config.ts";
export { modelTensors } from "./model_tensors.ts";
export { joinParts, splitParts, type StoredTensor, storedTensors } from "./stored_tensors.ts";
export {
  longRopeFrequencies,
  type RopeConfig,
  type RopeFrequencies,
  ropeFrequencies,
  ropeScale,
} from "./rope_frequencies.ts";
export { saveCheckpoint, type SaveCheckpointOptions } from "./save_checkpoint.ts";
export { loadCheckpoint } from "./load_checkpoint.ts";
export { type ModelPiece, type ModelSource, openModelSource } from "./model_source.ts";
export type { PackedAs } from "./model_pieces.ts";
export { encodeRows, type MatrixEncoding } from "./encode_rows.ts";
export { checkGgufContent, writeGguf, type WriteGgufOptions, type WrittenModel } from "./gguf/write_gguf.ts";
export { writeModelFolder, type WriteModelFolderOptions } from "./write_model_folder.ts";
export { fileHash } from "./content_hash.ts";
export { sourceStamp } from "./source_stamp.ts";
export { type AskServerOptions } from "./ask_server.ts";
export { fetchFile, type FetchFileOptions } from "./fetch_file.ts";
export { fetchFolder, type FetchFolderOptions } from "./fetch_folder.ts";
export { contentHashOf, decodeSnapshot, encodeSnapshot } from "./snapshot_bytes.ts";
