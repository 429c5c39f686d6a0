import type { Kernels } from "../../../kernels/mod.ts";
import type { ByteReader } from "../byte_reader.ts";
import type { GgufHeader, Refusal } from "./gguf_header.ts";

/** SHA-256 of the whole file, with 64 zeros in the place of this; first in the metadata, so that it has one place. */
export const HASH_KEY = "eddy.content_sha256";
/** Its digits. */
export const HASH_LENGTH = 64;
/** Where they begin. */
export const HASH_AT = 24 + 8 + HASH_KEY.length + 4 + 8;

/**
 * What each part of the file was written as, second in the metadata: 16 digits of XXH64 of the header, with zeros in the
 * place of both hashes, then of each tensor in the file's order.
 */
export const CHECKSUMS_KEY = "eddy.checksums";
/** Digits of one. */
const DIGITS = 16;
/** Where they begin. */
export const CHECKSUMS_AT = HASH_AT + HASH_LENGTH + 8 + CHECKSUMS_KEY.length + 4 + 8;

/** Bytes that are read at once. */
const PIECE = 1 << 22;

/** What says whether bytes are those that were written. Dispose it. */
export interface GgufChecksums extends Disposable {
  /** Told of bytes of a tensor. @throws {EddyError} `checkpoint_invalid` At its end, if it is another than was written. */
  seen(name: string, from: number, bytes: Uint8Array): void;
}

/** Text of that many checksums before they are known. */
export function noChecksums(tensors: number): string {
  return "0".repeat(DIGITS * (1 + tensors));
}

/**
 * Compares a file's header with what was written, and then its tensors as they are read.
 *
 * @returns Undefined where the file does not say what was written: other programs' files do not.
 */
export function openChecksums(
  kernels: Kernels,
  reader: ByteReader,
  { metadata, tensors, start }: GgufHeader,
  fail: Refusal["fail"],
): GgufChecksums | undefined {
  const written = metadata.get(CHECKSUMS_KEY);
  if (written === undefined) return undefined;
  if (typeof written !== "string" || written.length !== DIGITS * (1 + tensors.size)) {
    return fail(`'${CHECKSUMS_KEY}' does not fit its ${tensors.size} tensors`);
  }
  const compare = (what: string, index: number, found: string): void => {
    const own = written.slice(DIGITS * index, DIGITS * (index + 1));
    if (found !== own) fail(`${what} is damaged: its checksum is ${found}, it was written as ${own}; copy it again`);
  };
  compare("its header", 0, headerChecksum(kernels, new Uint8Array(reader.read(0, start)), tensors.size));
  const indexes = new Map([...tensors.keys()].map((name, index) => [name, 1 + index]));
  let sum: InstanceType<Kernels["Checksum"]> | undefined;
  let [under, next] = ["", 0];
  const end = (): void => {
    sum?.free();
    sum = undefined;
    under = "";
  };
  return {
    seen(name, from, bytes): void {
      if (from === 0) {
        end();
        [under, next, sum] = [name, 0, new kernels.Checksum()];
      }
      // What is read in another order is not followed.
      if (name !== under || from !== next || sum === undefined) return end();
      sum.update(bytes);
      next += bytes.length;
      const { begin, end: last } = tensors.get(name)!;
      if (next < last - begin) return;
      const found = sum.digest();
      end();
      compare(`the tensor '${name}'`, indexes.get(name)!, found);
    },
    [Symbol.dispose]: end,
  };
}

/** The checksums of a file that is whole but for them. @param places First byte and length of each tensor, in its order. */
export function checksumsOf(
  kernels: Kernels,
  reader: ByteReader,
  start: number,
  places: readonly (readonly [at: number, length: number])[],
): string {
  const digits = [headerChecksum(kernels, new Uint8Array(reader.read(0, start)), places.length)];
  const memory = new Uint8Array(PIECE);
  for (const [at, length] of places) {
    const sum = new kernels.Checksum();
    for (let done = 0; done < length; done += PIECE) {
      const bytes = memory.subarray(0, Math.min(PIECE, length - done));
      reader.readInto(at + done, bytes);
      sum.update(bytes);
    }
    digits.push(sum.digest());
    sum.free();
  }
  return digits.join("");
}

function headerChecksum(kernels: Kernels, header: Uint8Array, tensors: number): string {
  header.fill(48, HASH_AT, HASH_AT + HASH_LENGTH);
  header.fill(48, CHECKSUMS_AT, CHECKSUMS_AT + noChecksums(tensors).length);
  const sum = new kernels.Checksum();
  sum.update(header);
  const found = sum.digest();
  sum.free();
  return found;
}
