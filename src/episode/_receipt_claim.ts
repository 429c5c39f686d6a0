import type { ReceiptClaims } from "./receipt.ts";

/** The first byte of a receipt; another layout gets another number. */
const VERSION = 1;
/** Bytes that name the secret it was signed with. */
export const KEY_ID_BYTES = 4;
/** Longest claim: names are at most 255 bytes each. */
const SCRATCH = new Uint8Array(64 * 1024);
const scratchView = new DataView(SCRATCH.buffer);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HYPHEN = 0x2d;
/** Values of the digits of a UUID by their character codes; what is none has none. */
const NIBBLES = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) NIBBLES["0123456789abcdef".charCodeAt(i)] = i;

/**
 * The claims of a receipt in bytes; a view that is overwritten by the next call.
 *
 * ```text
 * version 1 | key id 4 | expires 5, seconds | policy version 4 | episode | step | agent | count of metrics 1 | metrics
 * name: length 1, UTF-8        UUID: 0, 16 bytes
 * ```
 *
 * @throws {RangeError} If a name is empty or longer than 255 bytes, or a number does not fit.
 */
export function encodeClaim(claims: ReceiptClaims, keyId: Uint8Array): Uint8Array {
  const { expiresAt, policyVersion, metrics } = claims;
  const seconds = Math.ceil(expiresAt / 1000);
  if (!(seconds >= 0 && seconds < 2 ** 40)) throw new RangeError(`Cannot sign: expiresAt is ${expiresAt}`);
  if (!(policyVersion >= 0 && policyVersion < 2 ** 32)) {
    throw new RangeError(`Cannot sign: policyVersion is ${policyVersion}`);
  }
  if (metrics.length > 255) throw new RangeError(`Cannot sign: ${metrics.length} metrics are more than 255`);
  SCRATCH[0] = VERSION;
  SCRATCH.set(keyId, 1);
  SCRATCH[5] = Math.floor(seconds / 2 ** 32);
  scratchView.setUint32(6, seconds % 2 ** 32);
  scratchView.setUint32(10, policyVersion);
  let at = writeId(claims.episodeId, 14);
  at = writeId(claims.stepId, at);
  at = writeName(claims.agent, at);
  SCRATCH[at++] = metrics.length;
  for (const metric of metrics) at = writeName(metric, at);
  return SCRATCH.subarray(0, at);
}

/** What `encodeClaim` wrote; undefined for anything else. */
export function decodeClaim(bytes: Uint8Array): ReceiptClaims | undefined {
  if (bytes.length < 15 || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const expiresAt = (bytes[5] * 2 ** 32 + view.getUint32(6)) * 1000;
  const policyVersion = view.getUint32(10);
  let at = 14;
  const name = (): string => {
    const length = bytes[at++];
    const end = at + (length || 16);
    if (!(end <= bytes.length)) throw new RangeError("Cannot read a claim: it ends early");
    const part = bytes.subarray(at, at = end);
    return length === 0 ? uuidOf(part) : decoder.decode(part);
  };
  try {
    const [episodeId, stepId, agent] = [name(), name(), name()];
    const metrics = Array.from({ length: bytes[at++] }, name);
    return at === bytes.length ? { episodeId, stepId, agent, policyVersion, metrics, expiresAt } : undefined;
  } catch {
    // Signed, yet not of this layout: as good as not signed.
    return undefined;
  }
}

function writeId(id: string, at: number): number {
  if (id.length !== 36) return writeName(id, at);
  SCRATCH[at] = 0;
  let to = at + 1;
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (id.charCodeAt(i) !== HYPHEN) return writeName(id, at);
      i++;
    }
    const [high, low] = [nibble(id.charCodeAt(i)), nibble(id.charCodeAt(i + 1))];
    if (high < 0 || low < 0) return writeName(id, at);
    SCRATCH[to++] = high << 4 | low;
  }
  return to;
}

function writeName(name: string, at: number): number {
  const { read, written } = encoder.encodeInto(name, SCRATCH.subarray(at + 1, at + 256));
  if (read < name.length || written === 0) {
    throw new RangeError(`Cannot sign: a name has ${name.length} characters, 1 to 255 bytes fit`);
  }
  SCRATCH[at] = written;
  return at + 1 + written;
}

function nibble(code: number): number {
  return code < 128 ? NIBBLES[code] : -1;
}

function uuidOf(bytes: Uint8Array): string {
  let text = "";
  bytes.forEach((byte, index) => {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += (byte >> 4).toString(16) + (byte & 15).toString(16);
  });
  return text;
}
