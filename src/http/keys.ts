import { sha256 } from "@noble/hashes/sha2.js";
import type { Scope, StoredKey } from "../store/mod.ts";
import type { Access } from "./app_dependencies.ts";

const PREFIX = "eddy_";

/** A new key, to be shown once, and what is kept of it. @param random 32 bytes that nobody can foresee. */
export function createKey(random: Uint8Array): { readonly key: string; readonly hash: string } {
  if (random.length < 32) throw new RangeError(`Cannot make a key: ${random.length} random bytes, not 32`);
  const key = PREFIX + random.toBase64({ alphabet: "base64url", omitPadding: true });
  return { key, hash: hashKey(key) };
}

/** SHA-256 of a key, hex: a key is 256 random bits, so it needs no salt and no slow hash. */
export function hashKey(key: string): string {
  return sha256(new TextEncoder().encode(key)).toHex();
}

/**
 * Who may do what, from the keys that are kept. Looking a hash up tells an attacker nothing: it is the key that is secret.
 *
 * @param anonymous What a request without a key may do.
 */
export function createAccess(keys: readonly StoredKey[], anonymous: readonly Scope[]): Access {
  const byHash = new Map(keys.filter(({ revokedAt }) => revokedAt === undefined).map((key) => [key.hash, key]));
  const seen = new Map<string, string>();
  const hashed = (key: string): string => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const hash = hashKey(key);
    if (byHash.has(hash)) seen.set(key, hash); // only real keys are remembered: their number is bounded
    return hash;
  };
  return {
    anonymous,
    verify(key): { readonly name: string; readonly scopes: readonly Scope[] } | undefined {
      return key.startsWith(PREFIX) && key.length < 200 ? byHash.get(hashed(key)) : undefined;
    },
  };
}
