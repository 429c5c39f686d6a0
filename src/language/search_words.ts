/**
 * The words of a text as an index reads them: letters and digits, lower-cased, cut where small letters meet capitals and at
 * every other sign, a plural's `s` taken off.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { searchWords } from "@eddy/eddy";
 * deepEqual(searchWords("getUserOrders: lists HTTP-2 orders"), ["get", "user", "order", "list", "http", "2", "order"]);
 * ```
 */
export function searchWords(text: string): string[] {
  const parted = text.replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2").toLowerCase();
  const words = parted.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word);
}
