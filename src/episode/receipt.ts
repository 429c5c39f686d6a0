import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { EddyError } from "../errors.ts";

/** What a receipt says: whose step may be judged, in which metrics, until when. */
export interface ReceiptClaims {
  /** UUID of the attempt. */
  readonly episodeId: string;
  /** UUID of the decision. */
  readonly stepId: string;
  /** The agent that acted. */
  readonly agent: string;
  /** Version whose weights chose. */
  readonly policyVersion: number;
  /** Metrics that may be judged with it. */
  readonly metrics: readonly string[];
  /** Seconds since 1970 after which it is worth nothing. */
  readonly expiresAt: number;
}

/** Signs receipts and tells real ones from others. */
export interface ReceiptBook {
  /** A receipt, in letters that a URL may hold. @throws {RangeError} If an id is no UUID or a text is too long. */
  sign(claims: ReceiptClaims): string;
  /**
   * What a receipt says.
   *
   * @param now Seconds since 1970.
   * @throws {EddyError} `receipt_expired`; `receipt_invalid` If it was not signed with a secret of this book, bit for bit.
   */
  verify(receipt: string, now: number): ReceiptClaims;
}

const FORMAT = 1;
const MAC_BYTES = 16;
/** Format, key, expiry, version of the policy, two ids. */
const FIXED_BYTES = 1 + 4 + 4 + 4 + 16 + 16;
const LONGEST_RECEIPT = 2048;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Receipts with HMAC-SHA256, cut to 128 bits (NIST SP 800-107 allows that), in base64url.
 *
 * ```text
 * 1 format | 4 key id | 4 expiry | 4 policy version | 16 episode | 16 step | 1 + agent | 1 count | (1 + metric) … | 16 MAC
 * ```
 *
 * The key id is the start of the secret's own hash, so secrets can change while old receipts stay good.
 *
 * @param secrets 32 bytes each, newest first: the first signs, all verify.
 * @throws {RangeError} If there is no secret, or one is short.
 */
export function createReceiptBook(secrets: readonly Uint8Array[]): ReceiptBook {
  if (secrets.length === 0) throw new RangeError("Cannot sign receipts: there is no secret");
  const keys = secrets.map((secret) => {
    if (secret.length < 32) throw new RangeError(`Cannot sign receipts: a secret has ${secret.length} bytes, not 32`);
    return { id: new DataView(sha256(secret).buffer).getUint32(0), keyed: hmac.create(sha256, secret) };
  });
  const byId = new Map(keys.toReversed().map((key) => [key.id, key]));
  return {
    sign(claims): string {
      const texts = [claims.agent, ...claims.metrics].map((text) => encoder.encode(text));
      const long = texts.findIndex((text) => text.length > 255);
      if (long >= 0 || claims.metrics.length > 255) {
        throw new RangeError("Cannot sign: a name is longer than 255 bytes");
      }
      const length = FIXED_BYTES + 1 + texts.reduce((sum, text) => sum + 1 + text.length, 0);
      const bytes = new Uint8Array(length + MAC_BYTES);
      const view = new DataView(bytes.buffer);
      bytes[0] = FORMAT;
      view.setUint32(1, keys[0].id);
      view.setUint32(5, claims.expiresAt);
      view.setUint32(9, claims.policyVersion);
      writeUuid(claims.episodeId, bytes, 13);
      writeUuid(claims.stepId, bytes, 29);
      let at = FIXED_BYTES;
      texts.forEach((text, index) => {
        bytes[at++] = text.length;
        bytes.set(text, at);
        at += text.length;
        if (index === 0) bytes[at++] = claims.metrics.length;
      });
      bytes.set(macOf(keys[0].keyed, bytes.subarray(0, length)), length);
      return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    },
    verify(receipt, now): ReceiptClaims {
      const bytes = decode(receipt);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const key = bytes[0] === FORMAT ? byId.get(view.getUint32(1)) : undefined;
      const signed = bytes.subarray(0, bytes.length - MAC_BYTES);
      if (!key || !equal(macOf(key.keyed, signed), bytes.subarray(bytes.length - MAC_BYTES))) throw invalid();
      const claims = read(signed, view);
      if (claims.expiresAt <= now) {
        throw new EddyError("receipt_expired", "Cannot judge: the receipt has expired; judge sooner, or with a key");
      }
      return claims;
    },
  };
}

type Keyed = ReturnType<typeof hmac.create>;

function macOf(keyed: Keyed, bytes: Uint8Array): Uint8Array {
  return keyed.clone().update(bytes).digest().subarray(0, MAC_BYTES);
}

/** Takes the same time wherever they differ. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

/** Only the one spelling that `sign` gives: other letters for the same bits are refused. */
function decode(receipt: string): Uint8Array {
  if (receipt.length > LONGEST_RECEIPT || !/^[\w-]+$/.test(receipt)) throw invalid();
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(receipt, { alphabet: "base64url", lastChunkHandling: "loose" });
  } catch {
    throw invalid();
  }
  const canonical = bytes.toBase64({ alphabet: "base64url", omitPadding: true }) === receipt;
  if (!canonical || bytes.length < FIXED_BYTES + 2 + MAC_BYTES) throw invalid();
  return bytes;
}

/** Reads what was signed: it is as long as it says. */
function read(bytes: Uint8Array, view: DataView): ReceiptClaims {
  let at = FIXED_BYTES;
  const text = (): string => {
    const length = bytes[at++];
    return decoder.decode(bytes.subarray(at, at += length));
  };
  const agent = text();
  const metrics = Array.from({ length: bytes[at++] }, text);
  return {
    episodeId: readUuid(bytes, 13),
    stepId: readUuid(bytes, 29),
    agent,
    policyVersion: view.getUint32(9),
    metrics,
    expiresAt: view.getUint32(5),
  };
}

function writeUuid(uuid: string, into: Uint8Array, at: number): void {
  const hex = uuid.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new RangeError(`Cannot sign: '${uuid}' is no UUID`);
  into.set(Uint8Array.fromHex(hex), at);
}

function readUuid(bytes: Uint8Array, at: number): string {
  const hex = bytes.subarray(at, at + 16).toHex();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function invalid(): EddyError {
  return new EddyError("receipt_invalid", "Cannot judge: the receipt was not signed here, or was changed on the way");
}
