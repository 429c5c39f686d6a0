import { createHash } from "node:crypto";
import { EddyError } from "../../errors.ts";
import type { PolicySnapshot } from "../policy.ts";
import { encodeSafetensors, type Tensor } from "./safetensors.ts";
import { parseSafetensorsHeader } from "./safetensors_header.ts";

/** Names what the metadata holds beside the files; the slash keeps them apart from file names. */
const KIND = "eddy/kind", VERSION = "eddy/version", FILE = "file/";
const KINDS = ["linear", "transformer", "reward-model"] as const satisfies readonly PolicySnapshot["kind"][];

/**
 * A snapshot as one string of bytes: a safetensors file whose metadata holds the snapshot's files. Equal snapshots give
 * equal bytes, so their hash names them.
 */
export function encodeSnapshot(snapshot: PolicySnapshot): Uint8Array {
  const files = [...snapshot.files].map(([name, text]) => [FILE + name, text]);
  return encodeSafetensors(
    snapshot.tensors,
    Object.fromEntries([[KIND, snapshot.kind], [VERSION, `${snapshot.version}`], ...files]),
  );
}

/**
 * What {@linkcode encodeSnapshot} encoded, bit for bit. Its tensors may lie in the memory of `bytes`: leave that as it is.
 *
 * @throws {EddyError} `checkpoint_invalid` If the bytes are damaged, or no snapshot.
 */
export function decodeSnapshot(bytes: Uint8Array): PolicySnapshot {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw invalid(`${bytes.length} bytes are too few`);
  const announced = view.getBigUint64(0, true);
  if (announced > BigInt(bytes.length - 8)) throw invalid(`its header should have ${announced} bytes`);
  const start = 8 + Number(announced);
  const header = parseSafetensorsHeader(bytes.subarray(8, start), bytes.length - start, "a snapshot");
  const kind = KINDS.find((kind) => kind === header.metadata.get(KIND));
  const version = Number(header.metadata.get(VERSION) ?? NaN);
  if (!kind || !Number.isSafeInteger(version)) throw invalid("its metadata names no policy");
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, begin, end }] of header.tensors) {
    if (dtype !== "F32") throw invalid(`the tensor '${name}' has dtype ${dtype}, expected F32`);
    tensors.set(name, { shape, values: floatsOf(bytes.subarray(start + begin, start + end)) });
  }
  const files = [...header.metadata].filter(([name]) => name.startsWith(FILE));
  return { kind, version, tensors, files: new Map(files.map(([name, text]) => [name.slice(FILE.length), text])) };
}

/** The same memory, or a copy where it does not start at a multiple of four bytes. */
function floatsOf(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** SHA-256 in hexadecimal: the name of a snapshot. */
export function contentHashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function invalid(state: string): EddyError {
  return new EddyError("checkpoint_invalid", `Cannot read a snapshot: ${state}`);
}
