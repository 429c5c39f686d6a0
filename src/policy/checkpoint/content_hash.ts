import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** `sha256:` and the hash of some bytes, in hexadecimal. */
export function contentHash(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** {@linkcode contentHash} of a file, read piece by piece. */
export function fileHash(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const piece = new Uint8Array(1 << 20);
    for (let count; (count = readSync(descriptor, piece, 0, piece.length, null)) > 0;) {
      hash.update(piece.subarray(0, count));
    }
    return `sha256:${hash.digest("hex")}`;
  } finally {
    closeSync(descriptor);
  }
}
