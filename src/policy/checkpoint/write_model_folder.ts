import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createHash } from "node:crypto";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { encodeRows, ENCODINGS } from "./encode_rows.ts";
import { TEXT_FILES } from "./load_checkpoint.ts";
import type { ModelSource } from "./model_source.ts";
import { modelTensors } from "./model_tensors.ts";
import { openPartFile } from "./part_file.ts";
import { storedShape, storedTensors } from "./stored_tensors.ts";
import { type RowPlace, writePiece } from "./write_piece.ts";

/** How to write. */
export interface WriteModelFolderOptions {
  /** How all tensors are stored. Default `f32`. */
  readonly dtype?: "f32" | "f16" | "bf16";
  /** Says which bytes the source has, so that a run that was stopped goes on only with the same. */
  readonly stamp?: string;
  /** Told after each tensor, with the share of the bytes that are written. */
  readonly progress?: (share: number) => void;
}

const NAMES = { f32: ["F32", "float32"], f16: ["F16", "float16"], bf16: ["BF16", "bfloat16"] } as const;

/**
 * Writes a model as a Hugging Face folder: config.json, tokenizer and template, and `model.safetensors`, whose rows go from
 * the source to the file a few megabytes at a time. The folder is made as `PATH.part` and renamed once it is whole.
 *
 * @returns Length of the weights' file in bytes.
 * @throws {EddyError} `configuration_invalid` If there is something at `path` already; `weights_not_finite` If a weight
 * does not fit its type; `disk_full` If there is no room.
 */
export function writeModelFolder(
  kernels: Kernels,
  source: ModelSource,
  path: string,
  options: WriteModelFolderOptions = {},
): number {
  const { dtype = "f32", stamp = "", progress } = options;
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new EddyError("configuration_invalid", `Cannot write '${path}': there is something; name a new folder`);
  }
  const { header, places, size } = planOf(source, dtype);
  const partial = `${path}.part`;
  mkdirSync(partial, { recursive: true });
  const weights = join(partial, "model.safetensors");
  if (!existsSync(weights)) {
    using file = openPartFile(weights, `${stamp}\n${createHash("sha256").update(header).digest("hex")}`, size);
    if (file.done.size === 0) file.write(header, 0);
    let name: string | undefined;
    let written = 0;
    const finish = (): void => {
      if (name === undefined) return;
      file.finished(name);
      progress?.(written / size);
    };
    for (const [done, { rows, rowBytes }] of places) if (file.done.has(done)) written += rows * rowBytes;
    file.during(() => {
      for (const piece of source.pieces((each) => !file.done.has(each))) {
        if (piece.name !== name) finish();
        name = piece.name;
        const place = places.get(name)!;
        const bytes = encodeRows(kernels, dtype, { ...piece, width: place.width, name });
        writePiece(file, place, piece, bytes);
        written += bytes.length;
      }
    });
    finish();
    file.complete();
  }
  for (const [name, text] of filesOf(source, dtype)) writeFileSync(join(partial, name), text);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  renameSync(partial, path);
  return size;
}

/** The texts that other programs read; config.json says how the weights are stored. */
function filesOf(source: ModelSource, dtype: keyof typeof NAMES): Map<string, string> {
  const files = new Map([...source.files].filter(([name]) => TEXT_FILES.includes(name)));
  files.delete("adapter_config.json");
  const { dtype: named, torch_dtype: _, quantization_config: __, ...config } = source.configJson;
  const key = named === undefined ? "torch_dtype" : "dtype";
  return files.set("config.json", JSON.stringify({ ...config, [key]: NAMES[dtype][1] }, undefined, 2) + "\n");
}

function planOf(source: ModelSource, dtype: keyof typeof NAMES): {
  readonly header: Uint8Array;
  readonly places: ReadonlyMap<string, RowPlace>;
  readonly size: number;
} {
  const shapes = modelTensors(source.config);
  const { bytes: size } = ENCODINGS[dtype];
  const entries: [string, unknown][] = [["__metadata__", { format: "pt" }]];
  const parts: { readonly part: string; readonly place: RowPlace }[] = [];
  let end = 0;
  for (const stored of storedTensors(source.config)) {
    const shape = storedShape(stored, shapes);
    const begin = end;
    end += shape.reduce((product, length) => product * length, size);
    entries.push([stored.name, { dtype: NAMES[dtype][0], shape, data_offsets: [begin, end] }]);
    let before = 0;
    for (const part of stored.parts) {
      const [rows, width = 1] = shapes.get(part)!;
      const columns = stored.transposed ? shape[1] : 0;
      parts.push({
        part,
        place: { start: begin, before, rows, width, rowBytes: width * size, encoding: dtype, pairedHeads: 0, columns },
      });
      before += rows;
    }
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(start).fill(32, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(start - 8), true);
  header.set(text, 8);
  const places = new Map(parts.map(({ part, place }) => [part, { ...place, start: start + place.start }]));
  return { header, places, size: start + end };
}
