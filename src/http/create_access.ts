import type { Scope, StoredKey } from "../store/mod.ts";
import type { Access } from "./app_dependencies.ts";
import { hashKey } from "./keys.ts";

/** Who may do what, from the keys that are kept; keys may come and go while it is used. */
export interface KeyedAccess extends Access {
  /** Takes the place of all keys: after one was made or withdrawn. */
  replace(keys: readonly StoredKey[]): void;
}

/** Longer texts are no keys: nothing is computed for them. */
const LONGEST_KEY = 256;
/** Characters of a hash that keys are found by; the rest is compared in constant time. */
const FOUND_BY = 8;

/** Access by keys that are kept as hashes. @param anonymous What requests without a key may do. */
export function createAccess(keys: readonly StoredKey[], anonymous: readonly Scope[]): KeyedAccess {
  let found = index(keys);
  return {
    anonymous,
    verify: (key) => {
      if (key.length > LONGEST_KEY) return undefined;
      const hash = hashKey(key);
      return found.get(hash.slice(0, FOUND_BY))?.find((kept) => equalInConstantTime(kept.hash, hash));
    },
    replace: (keys) => {
      found = index(keys);
    },
  };
}

function index(keys: readonly StoredKey[]): Map<string, StoredKey[]> {
  const valid = keys.filter(({ revokedAt }) => revokedAt === undefined);
  return Map.groupBy(valid, ({ hash }) => hash.slice(0, FOUND_BY));
}

function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
