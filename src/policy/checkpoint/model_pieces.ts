import type { JsonObject } from "./config_reader.ts";
import type { ModelConfig } from "./model_config.ts";
import { modelTensors } from "./model_tensors.ts";
import { splitParts, type StoredTensor } from "./stored_tensors.ts";

/** A model whose weights are read piece by piece, never whole. Dispose it to close its files. */
export interface ModelSource extends Disposable {
  /** The model's shape. */
  readonly config: ModelConfig;
  /** The config.json that says it. */
  readonly configJson: JsonObject;
  /** config.json, tokenizer.json and what else is text. */
  readonly files: ReadonlyMap<string, string>;
  /** How Eddy packed it, where Eddy wrote the file. */
  readonly packed?: PackedAs;
  /**
   * Every tensor of the model once, in the order of the file, as rows of blocks; the memory of one is used again for the
   * next. @param wants Names; absent: all.
   */
  pieces(wants?: (name: string) => boolean): Generator<ModelPiece>;
}

/** A model whose pieces can be asked for again, until the bytes behind them are there. */
export interface PartSource extends ModelSource {
  /** What `pieces` gives, each part read when it is called. */
  parts(wants?: (name: string) => boolean): Generator<() => readonly ModelPiece[]>;
}

/** The formats of a packed model's matrices: of its layers, and of embedding and head. */
export interface PackedAs {
  /** Of the layers. */
  readonly format: "e4" | "e7" | "q8";
  /** Of embedding and head. */
  readonly headFormat: "e4" | "e7" | "q8";
}

/** Whole rows of a tensor of the model. */
export interface ModelPiece {
  /** The model's name of the tensor. */
  readonly name: string;
  /** The number of a `ggml_type`; 0 is float32. */
  readonly typeId: number;
  /** The first of the rows. */
  readonly first: number;
  /** Blocks of these rows, until the next piece is asked for. */
  readonly bytes: Uint8Array;
  /** Not 0: rows (2i, 2i + 1) of each of so many heads are the model's rows (i, i + d/2). */
  readonly pairedHeads: number;
}

/** How a file keeps a tensor. */
export interface RawTensor {
  readonly typeId: number;
  readonly numbers: number;
  readonly bytes: number;
  readonly read: (begin: number, end: number, into: Uint8Array) => Uint8Array;
}

/** Bytes of a piece, at most, unless a row is longer. */
export const PIECE = 1 << 22;

/** What a file has otherwise than the model. */
export interface Differences {
  readonly paired: (part: string) => number;
  readonly straighten: (part: string, values: Float32Array) => Float32Array;
  readonly wants: (part: string) => boolean;
  /** Memory that pieces may lie in. */
  readonly memory: Uint8Array;
}

/** Every tensor. */
export const ALL = (_name: string): boolean => true;

/** A file that has what the model has. */
export const AS_STORED: Omit<Differences, "wants" | "memory"> = { paired: () => 0, straighten: (_, values) => values };

/**
 * Matrices in their own blocks, some rows at a time; vectors, and what is transposed, whole and in float32. Each part is
 * read when it is called, and may be called again.
 */
export function* partsOf(
  stored: StoredTensor,
  config: ModelConfig,
  raw: RawTensor,
  values: () => Float32Array,
  { paired, straighten, wants, memory }: Differences,
): Generator<() => readonly ModelPiece[]> {
  const shapes = modelTensors(config);
  const width = shapes.get(stored.parts[0])![1];
  if (width === undefined || stored.transposed || raw.typeId < 0) {
    yield () =>
      [...splitParts(stored, values(), shapes)].filter(([name]) => wants(name)).map(([name, own]) => {
        const straight = straighten(name, own);
        const bytes = new Uint8Array(straight.buffer, straight.byteOffset, straight.byteLength);
        return { name, typeId: 0, first: 0, bytes, pairedHeads: 0 };
      });
    return;
  }
  const rowBytes = width / raw.numbers * raw.bytes;
  const step = Math.max(1, Math.floor(PIECE / rowBytes));
  let at = 0;
  for (const name of stored.parts) {
    const [rows] = shapes.get(name)!;
    for (let first = 0; first < rows && wants(name); first += step) {
      const count = Math.min(step, rows - first);
      const from = (at + first) * rowBytes;
      yield () => {
        const bytes = raw.read(from, from + count * rowBytes, memory);
        return [{ name, typeId: raw.typeId, first, bytes, pairedHeads: paired(name) }];
      };
    }
    at += rows;
  }
}
