import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { EddyError } from "../../../errors.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import { encodeRows, ENCODINGS, type MatrixEncoding } from "../encode_rows.ts";
import type { ModelPiece, ModelSource } from "../model_source.ts";
import { modelTensors } from "../model_tensors.ts";
import { openPartFile, type PartFile } from "../part_file.ts";
import { storedShape, storedTensors } from "../stored_tensors.ts";
import { encodeGgufHeader, type PlannedGguf, type PlannedTensor, type TypedGgufValue } from "./encode_gguf_header.ts";
import { openFileReader } from "../read_range.ts";
import {
  CHECKSUMS_AT,
  CHECKSUMS_KEY,
  checksumsOf,
  HASH_AT,
  HASH_KEY,
  HASH_LENGTH,
  noChecksums,
} from "./gguf_checksums.ts";
import { fileMetadata } from "./file_metadata.ts";
import { EXACT_VECTOR, ggufPlaces, pairedHeads } from "./gguf_tensors.ts";
import { ggufModelOf, modelMetadata, ropeFactors } from "./model_metadata.ts";
import { type RowPlace, writePiece } from "../write_piece.ts";

/** How to write. */
export interface WriteGgufOptions {
  /** Matrices of the layers. */
  readonly layers: MatrixEncoding;
  /** Embedding and head. Default that of the layers. */
  readonly head?: MatrixEncoding;
  /** Says which bytes the source has, so that a run that was stopped goes on only with the same. */
  readonly stamp?: string;
  /** Told after each tensor, with the share of the bytes that are written. */
  readonly progress?: (share: number) => void;
}

/** What was written. */
export interface WrittenModel {
  /** Length in bytes. */
  readonly size: number;
  /** SHA-256 of the file with 64 zeros in the place of this. */
  readonly contentHash: string;
}

const NO_HASH = "0".repeat(HASH_LENGTH);
/** The number of `general.file_type`. */
const FILE_TYPES: Readonly<Record<MatrixEncoding, number>> = { f32: 0, f16: 1, bf16: 32, e4: 2, e7: 7, q8: 7 };

/**
 * Writes a model as one GGUF file: configuration, tokenizer and chat template in its head, then the tensors in the order in
 * which the kernels keep them, each at a multiple of 32 bytes. Rows go from the source to the file a few megabytes at a
 * time; a run that is stopped leaves only `PATH.part`, from which the same call goes on.
 *
 * Matrices whose rows are no whole blocks of the encoding, vectors and learned positions are float32.
 *
 * @throws {EddyError} `weights_not_finite` If a weight does not fit its encoding; `disk_full` If there is no room.
 */
export function writeGguf(
  kernels: Kernels,
  source: ModelSource,
  path: string,
  options: WriteGgufOptions,
): WrittenModel {
  const { layers, head = layers, stamp = "", progress } = options;
  const { metadata, tensors, places, factors } = planOf(source, layers, head);
  const planned = encodeGgufHeader(metadata, tensors);
  const plan = `${stamp}\n${layers} ${head}\n${createHash("sha256").update(planned.header).digest("hex")}`;
  using file = openPartFile(path, plan, planned.size);
  if (file.done.size === 0) {
    file.write(planned.header, 0);
    for (const [name, values] of factors) {
      file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), planned.places.get(name)!);
    }
  }
  file.during(() => writeTensors(kernels, source, file, places, { planned, progress }));
  {
    using whole = openFileReader(file.path);
    const parts = tensors.map(({ name, bytes }) => [planned.places.get(name)!, bytes] as const);
    file.write(
      new TextEncoder().encode(checksumsOf(kernels, whole, planned.header.length, parts)),
      CHECKSUMS_AT,
    );
  }
  const contentHash = hashOf(file.path);
  file.write(new TextEncoder().encode(contentHash), HASH_AT);
  file.complete();
  return { size: planned.size, contentHash };
}

function writeTensors(
  kernels: Kernels,
  source: ModelSource,
  file: PartFile,
  places: ReadonlyMap<string, RowPlace & { readonly tensor: string }>,
  { planned, progress }: { readonly planned: PlannedGguf; readonly progress?: (share: number) => void },
): void {
  const { normsFromOne } = ggufModelOf(source.config).gguf;
  const done = new Set(file.done);
  let name: string | undefined;
  let written = 0;
  const finish = (): void => {
    if (name === undefined) return;
    file.finished(name);
    progress?.(Math.min(1, written / planned.size));
  };
  for (const place of places) if (done.has(place[0])) written += place[1].rows * place[1].rowBytes;
  for (const piece of source.pieces((each) => !done.has(each))) {
    if (piece.name !== name) finish();
    name = piece.name;
    const { tensor, ...place } = places.get(name)!;
    const straight = normsFromOne && name.endsWith("norm.weight") ? plusOne(piece) : piece;
    const bytes = encodeRows(kernels, place.encoding, { ...straight, width: place.width, name });
    writePiece(file, { ...place, start: planned.places.get(tensor)! }, straight, bytes);
    written += bytes.length;
  }
  finish();
}

/** Norms that a file counts from 1. */
function plusOne(piece: ModelPiece): ModelPiece {
  const values = new Float32Array(piece.bytes.slice().buffer).map((value) => value + 1);
  return { ...piece, bytes: new Uint8Array(values.buffer) };
}

/** Everything that the file will hold, before a byte of the matrices is read. */
function planOf(source: ModelSource, layers: MatrixEncoding, head: MatrixEncoding): {
  readonly metadata: ReadonlyMap<string, TypedGgufValue>;
  readonly tensors: readonly PlannedTensor[];
  readonly places: ReadonlyMap<string, RowPlace & { readonly tensor: string }>;
  readonly factors: ReadonlyMap<string, Float32Array>;
} {
  const { config, files } = source;
  const shapes = modelTensors(config);
  const model = ggufModelOf(config);
  const fused = storedTensors(config).filter(({ parts }) => parts.length > 1).flatMap(({ parts }) => parts);
  const stored = ggufPlaces(config, {
    projections: fused.some((part) => part.endsWith("q_proj.weight")),
    gate: fused.some((part) => part.endsWith("gate_proj.weight")),
  });
  const factors = ropeFactors(config);
  const tensors: PlannedTensor[] = [...factors].map(([name, { length, byteLength }]) => ({
    ...{ name, shape: [length], typeId: 0, bytes: byteLength },
  }));
  const places = new Map<string, RowPlace & { readonly tensor: string }>();
  for (const one of stored) {
    const shape = storedShape(one, shapes);
    const width = shape[1] ?? 1;
    const wanted = /embed_tokens|lm_head/.test(one.parts[0]) ? head : layers;
    const isMatrix = shape.length > 1 && !one.parts[0].includes("embed_positions");
    const encoding = isMatrix && width % ENCODINGS[wanted].numbers === 0 ? wanted : "f32";
    const { typeId, numbers, bytes } = ENCODINGS[encoding];
    const rowBytes = width / numbers * bytes;
    tensors.push({ name: one.name, shape, typeId, bytes: shape[0] * rowBytes });
    let before = 0;
    for (const part of one.parts) {
      const [rows] = shapes.get(part)!;
      const heads = pairedHeads(part, model, config);
      places.set(part, { tensor: one.name, rows, before, width, rowBytes, encoding, start: 0, pairedHeads: heads });
      before += rows;
    }
  }
  const metadata = new Map<string, TypedGgufValue>([
    [HASH_KEY, { type: "text", value: NO_HASH }],
    [CHECKSUMS_KEY, { type: "text", value: noChecksums(tensors.length) }],
    ...modelMetadata(config),
    ["general.file_type", { type: "u32", value: FILE_TYPES[layers] }],
    ...fileMetadata(new Map([...files, ["config.json", JSON.stringify(source.configJson)]]), config.vocabularySize),
    ...exactNorms(source, model.gguf.normsFromOne === true),
  ]);
  if ([layers, head].every((each) => each === "e4" || each === "e7" || each === "q8")) {
    metadata.set("eddy.packed.layers", { type: "text", value: layers });
    metadata.set("eddy.packed.head", { type: "text", value: head });
  }
  return { metadata, tensors, places, factors };
}

/** Norms that adding 1 rounds, as they are: few programs need these, but equal bits do. */
function* exactNorms(source: ModelSource, fromOne: boolean): Generator<[string, TypedGgufValue]> {
  if (!fromOne) return;
  for (const { name, bytes } of source.pieces((each) => each.endsWith("norm.weight"))) {
    const values = new Float32Array(bytes.slice().buffer);
    const survives = (x: number): boolean => Math.fround(Math.fround(x + 1) - 1) === x;
    if (!values.every(survives)) yield [EXACT_VECTOR + name, { type: "f32s", value: values }];
  }
}

/**
 * Reads a GGUF file once more and compares it with the hash that stands in it.
 *
 * @returns Whether it has one: files of other programs do not.
 * @throws {EddyError} `checkpoint_invalid` If it is not the file that was written.
 */
export function checkGgufContent(path: string, hash: unknown): boolean {
  if (typeof hash !== "string") return false;
  const found = hashOf(path);
  if (found === hash) return true;
  const message = `Cannot load '${path}': its content has the hash ${found}, not ${hash}; copy or import it again`;
  throw new EddyError("checkpoint_invalid", message);
}

/** SHA-256 of a file as if its own hash were zeros. */
function hashOf(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const piece = new Uint8Array(1 << 22);
    let first = true;
    for (let count; (count = readSync(descriptor, piece, 0, piece.length, null)) > 0; first = false) {
      if (first) piece.set(new TextEncoder().encode(NO_HASH), HASH_AT);
      hash.update(piece.subarray(0, count));
    }
    return hash.digest("hex");
  } finally {
    closeSync(descriptor);
  }
}
