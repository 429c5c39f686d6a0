import type { Kernels } from "../../kernels/mod.ts";
import type { ModelConfig } from "../checkpoint/mod.ts";
import { openBlocks, setRotations } from "./initialize_transformer.ts";

/** The model in Rust whose matrices have four or eight bits a weight. Dispose it (`free`). */
export type PackedTransformerModel = InstanceType<Kernels["PackedTransformer"]>;

/** How a packed model's numbers are stored. */
export interface PackedFormats {
  /**
   * Matrices of the layers: `q8` is GGUF's Q8_0 and `e4` its Q4_0, exactly; `e7` has 7 bits in the room of eight and
   * reads prompts faster. Default `q8`.
   */
  readonly format?: "e4" | "e7" | "q8";
  /** Embedding and head. Default `q8`. */
  readonly headFormat?: "e4" | "e7" | "q8";
  /** Keys and values. Default `f16`. */
  readonly cacheFormat?: "f16" | "q8";
}

/** A packed model of some shape whose weights are still zero; it may have as many as fit the memory. */
export function openPackedTransformer(
  kernels: Kernels,
  config: ModelConfig,
  { format = "q8", headFormat = "q8", cacheFormat = "f16" }: PackedFormats = {},
): PackedTransformerModel {
  const model = new kernels.PackedTransformer(
    config.vocabularySize,
    config.hiddenSize,
    config.layers,
    config.heads,
    config.keyValueHeads,
    config.headDimension,
    config.intermediateSize,
    config.maximumPositions,
    config.ropeTheta,
    config.normEpsilon,
    config.tied,
    format,
    headFormat,
    cacheFormat,
    config.blocks && openBlocks(kernels, config),
  );
  setRotations(model, config);
  return model;
}
