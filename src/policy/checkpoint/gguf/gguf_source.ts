import type { Kernels } from "../../../kernels/mod.ts";
import {
  ALL,
  type ModelPiece,
  type PackedAs,
  partsOf,
  type PartSource,
  PIECE,
  type RawTensor,
} from "../model_pieces.ts";
import { readModelConfig } from "../read_model_config.ts";
import { ggufConfig } from "./gguf_config.ts";
import { ggufFiles } from "./gguf_files.ts";
import type { GgufValue } from "./gguf_header.ts";
import { checkGgufTensors, exactVector, pairedHeads, straighten } from "./gguf_tensors.ts";
import type { GgufFile } from "./read_gguf.ts";

/**
 * The model of an open GGUF file, which is closed with it: shape, tokenizer and chat template, and the weights in pieces.
 *
 * @throws {EddyError} As `loadGguf`, except that weights are not looked at yet.
 */
export function ggufSource(kernels: Kernels, file: GgufFile, path: string): PartSource {
  const { model, json } = ggufConfig(file, path);
  const config = readModelConfig(json, path);
  const places = checkGgufTensors(file, model, config, path);
  function* parts(wants = ALL): Generator<() => readonly ModelPiece[]> {
    const memory = new Uint8Array(PIECE);
    for (const stored of places) {
      if (!stored.parts.some(wants)) continue;
      const { typeId, type } = file.tensors.get(stored.name)!;
      const read: RawTensor["read"] = (from, to, into) => file.readBytes(stored.name, from, to, into);
      const raw = { typeId, ...type, read };
      yield* partsOf(stored, config, raw, () => file.read(stored.name).values, {
        paired: (part) => pairedHeads(part, model, config),
        straighten: (part, values) => exactVector(file, part) ?? straighten(part, values, model, config),
        wants,
        memory,
      });
    }
  }

  return {
    config,
    configJson: json,
    files: ggufFiles(kernels, file, json, path),
    packed: packedAs(file.metadata),
    parts,
    *pieces(wants): Generator<ModelPiece> {
      for (const read of parts(wants)) yield* read();
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

function packedAs(metadata: ReadonlyMap<string, GgufValue>): PackedAs | undefined {
  const is = (value: unknown): value is PackedAs["format"] => ["e4", "e7", "q8"].includes(value as string);
  const format = metadata.get("eddy.packed.layers"), headFormat = metadata.get("eddy.packed.head");
  return is(format) && is(headFormat) ? { format, headFormat } : undefined;
}
