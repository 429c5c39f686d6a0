import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What every key starts with, so that people and scanners know one when they see it. */
const PREFIX = "eddy_";
/** Random bytes of a key. */
const KEY_BYTES = 32;

/**
 * A new key, to be shown once, and the hash that is kept of it.
 *
 * @param random 32 bytes that nobody can foresee.
 * @throws {RangeError} If there are more or fewer.
 */
export function createKey(random: Uint8Array): { readonly key: string; readonly hash: string } {
  if (random.length !== KEY_BYTES) {
    throw new RangeError(`Cannot make a key: ${random.length} random bytes, ${KEY_BYTES} are needed`);
  }
  const key = PREFIX + bytesToHex(random);
  return { key, hash: hashKey(key) };
}

/** What is kept of a key: SHA-256 in hex. Keys are random, so that no salt or slow hash is needed. */
export function hashKey(key: string): string {
  return bytesToHex(sha256(utf8ToBytes(key)));
}
