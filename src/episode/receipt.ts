import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { EddyError } from "../errors.ts";
import { fromBase64Url, toBase64Url } from "./_base64url.ts";
import { decodeClaim, encodeClaim, KEY_ID_BYTES } from "./_receipt_claim.ts";

/** What a receipt says: who may judge what, until when. */
export interface ReceiptClaims {
  /** The attempt. */
  readonly episodeId: string;
  /** The decision. */
  readonly stepId: string;
  /** The agent that decided. */
  readonly agent: string;
  /** The version that decided. */
  readonly policyVersion: number;
  /** Declared metrics that its holder may judge. */
  readonly metrics: readonly string[];
  /** Milliseconds since 1970, rounded up to a second. */
  readonly expiresAt: number;
}

/** Signs receipts and tells signed ones from all others. */
export interface ReceiptBook {
  /** The claims as a text that nobody else can write. @throws {RangeError} If a name is longer than 255 bytes. */
  sign(claims: ReceiptClaims): string;
  /**
   * The claims of a receipt.
   *
   * @param now Milliseconds since 1970.
   * @throws {EddyError} `receipt_expired` If its time is over; `receipt_invalid` If it is anything else than what `sign`
   * wrote with one of the secrets.
   */
  verify(text: string, now: number): ReceiptClaims;
}

/** One secret, ready to sign. */
interface Signer {
  readonly keyId: Uint8Array;
  /** The code of a message; the next call writes over it. */
  mac(message: Uint8Array): Uint8Array;
}

const MAC_BYTES = 32;
/** Longer texts are no receipts: nothing is computed for them. */
const LONGEST = 8192;
/** The fewest bytes of a secret: as many as the hash has. */
const SECRET_BYTES = 32;

/**
 * Signs the claims of receipts with HMAC-SHA-256 and verifies them in constant time.
 *
 * ```text
 * receipt = base64url(claim ‖ HMAC-SHA-256(secret, claim)),  the secret named inside by the start of SHA-256(secret)
 * ```
 *
 * Each receipt has one text: what is padded, has white space or stray bits is refused, so a receipt cannot be altered in
 * any character and stay valid.
 *
 * @param secrets At least one, 32 bytes or more each, newest first: the newest signs, all verify.
 * @throws {RangeError} If there is none or one is shorter.
 *
 * @see RFC 2104
 */
export function createReceiptBook(secrets: readonly Uint8Array[]): ReceiptBook {
  if (secrets.length === 0) throw new RangeError("Cannot sign receipts: there is no secret");
  const signers = secrets.map(signerOf);
  const [newest] = signers;
  return {
    sign: (claims) => {
      const claim = encodeClaim(claims, newest.keyId);
      const bytes = new Uint8Array(claim.length + MAC_BYTES);
      bytes.set(claim);
      bytes.set(newest.mac(claim), claim.length);
      return toBase64Url(bytes);
    },
    verify: (text, now) => {
      const bytes = text.length <= LONGEST ? fromBase64Url(text) : undefined;
      if (!bytes || bytes.length <= MAC_BYTES + KEY_ID_BYTES) throw invalid();
      const claim = bytes.subarray(0, -MAC_BYTES);
      const mac = bytes.subarray(-MAC_BYTES);
      const signer = signers.find(({ keyId }) => keyId.every((byte, i) => byte === claim[1 + i]));
      if (!signer || !equalInConstantTime(signer.mac(claim), mac)) throw invalid();
      const claims = decodeClaim(claim);
      if (!claims) throw invalid();
      if (claims.expiresAt <= now) {
        throw new EddyError("receipt_expired", "Cannot judge: the receipt expired; judge sooner, or with a key");
      }
      return claims;
    },
  };
}

function signerOf(secret: Uint8Array): Signer {
  if (secret.length < SECRET_BYTES) {
    throw new RangeError(
      `Cannot sign receipts: a secret has ${secret.length} bytes, at least ${SECRET_BYTES} are needed`,
    );
  }
  // The two blocks that depend on the secret alone are hashed once.
  const keyed = hmac.create(sha256, secret);
  const scratch = keyed.clone();
  const mac = new Uint8Array(MAC_BYTES);
  return {
    keyId: sha256(secret).slice(0, KEY_ID_BYTES),
    mac: (message) => {
      keyed._cloneInto(scratch).update(message).digestInto(mac);
      return mac;
    },
  };
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

function invalid(): EddyError {
  return new EddyError("receipt_invalid", "Cannot judge: the receipt is not one of ours; send it exactly as it came");
}
