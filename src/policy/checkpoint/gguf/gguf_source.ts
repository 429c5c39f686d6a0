import type { Kernels } from "../../../kernels/mod.ts";
import { type ModelPiece, type ModelSource, partsOf } from "../model_pieces.ts";
import { readModelConfig } from "../read_model_config.ts";
import { ggufChat } from "./gguf_chat.ts";
import { ggufConfig } from "./gguf_config.ts";
import { checkGgufTensors, pairedHeads, straighten } from "./gguf_tensors.ts";
import { ggufTokenizer } from "./gguf_tokenizer.ts";
import type { GgufFile } from "./read_gguf.ts";

/** A model whose pieces can be asked for again, until the bytes behind them are there. */
export interface GgufSource extends ModelSource {
  /** What `pieces` gives, each part read when it is called. */
  parts(): Generator<() => readonly ModelPiece[]>;
}

/**
 * The model of an open GGUF file, which is closed with it: shape, tokenizer and chat template, and the weights in pieces.
 *
 * @throws {EddyError} As `loadGguf`, except that weights are not looked at yet.
 */
export function ggufSource(kernels: Kernels, file: GgufFile, path: string): GgufSource {
  const { model, json } = ggufConfig(file, path);
  const config = readModelConfig(json, path);
  const places = checkGgufTensors(file, model, config, path);
  const files = new Map([["config.json", JSON.stringify(json, undefined, 2) + "\n"]]);
  const tokenizer = ggufTokenizer(kernels, file.metadata, path);
  if (tokenizer !== undefined) {
    files.set("tokenizer.json", tokenizer);
    for (const [name, text] of ggufChat(file.metadata)) files.set(name, text);
  }
  function* parts(): Generator<() => readonly ModelPiece[]> {
    for (const stored of places) {
      const { typeId, type } = file.tensors.get(stored.name)!;
      const raw = { typeId, ...type, read: (from: number, to: number) => file.readBytes(stored.name, from, to) };
      yield* partsOf(stored, config, raw, () => file.read(stored.name).values, {
        paired: (part) => pairedHeads(part, model, config),
        straighten: (part, values) => straighten(part, values, model, config),
      });
    }
  }

  return {
    config,
    configJson: json,
    files,
    parts,
    *pieces(): Generator<ModelPiece> {
      for (const read of parts()) yield* read();
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
