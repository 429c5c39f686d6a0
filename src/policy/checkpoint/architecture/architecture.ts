import type { ConfigReader, JsonObject } from "../config_reader.ts";
import type { ModelConfig } from "../model_config.ts";
import type { StoredTensor } from "../stored_tensors.ts";

/** All that Eddy knows of one architecture: adding one is one such object, and a line in the table. */
export interface Architecture {
  /** `model_type` in config.json. */
  readonly modelType: string;
  /** Classes of transformers that hold its weights; the first is the causal language model. */
  readonly classes: readonly string[];
  /** What names of tensors begin with, unless a file leaves it out. */
  readonly prefix: string;
  /** Reads config.json. */
  read(reader: ConfigReader): ModelConfig;
  /** The file's tensors, where they are not the model's. */
  stored?(config: ModelConfig): StoredTensor[];
  /** Tensors of old files that hold nothing new. */
  readonly ignored?: RegExp;
  /** How GGUF files hold it. Absent: they do not. */
  readonly gguf?: GgufArchitecture;
}

/** What of a GGUF file is an architecture's own. */
export interface GgufArchitecture {
  /** `general.architecture`. */
  readonly name: string;
  /** Rows of queries and keys stand in pairs (2i, 2i + 1) instead of halves. */
  readonly interleaved?: boolean;
  /** Norm weights are stored with 1 added. */
  readonly normsFromOne?: boolean;
  /** Turns what the shared keys give, in Llama's words, into the architecture's config.json. */
  config?(shared: JsonObject): JsonObject;
}
