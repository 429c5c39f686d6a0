/** What may be written, before it is compiled to an automaton over tokens. Plain data; only finite languages. */
export type Grammar =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "choice"; readonly of: readonly Grammar[] }
  | { readonly kind: "sequence"; readonly of: readonly Grammar[] }
  | { readonly kind: "digits"; readonly count: number }
  | { readonly kind: "integer"; readonly minimum: number; readonly maximum: number };

/** Exactly this text. */
export function text(text: string): Grammar {
  return { kind: "text", text };
}

/** One of these. */
export function choice(...of: readonly Grammar[]): Grammar {
  return { kind: "choice", of };
}

/** These, one after the other. */
export function sequence(...of: readonly Grammar[]): Grammar {
  return { kind: "sequence", of };
}

/**
 * Exactly `count` decimal digits.
 *
 * @throws {RangeError} If `count` is not a whole number of 0 to 64.
 */
export function digits(count: number): Grammar {
  if (!Number.isInteger(count) || count < 0 || count > 64) {
    throw new RangeError(`Cannot constrain digits: count is ${count}, expected 0 to 64`);
  }
  return { kind: "digits", count };
}

/**
 * A whole number within bounds, in decimal, without leading zeros.
 *
 * @throws {RangeError} If a bound is not a safe integer, or the minimum is above the maximum.
 */
export function integer(minimum: number, maximum: number): Grammar {
  if (!Number.isSafeInteger(minimum) || !Number.isSafeInteger(maximum) || minimum > maximum) {
    throw new RangeError(`Cannot constrain integer: bounds are ${minimum} and ${maximum}`);
  }
  return { kind: "integer", minimum, maximum };
}
