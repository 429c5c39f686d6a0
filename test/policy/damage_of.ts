import { randomStream } from "../../src/kernels/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";

/** Numbers that files should not have where they are. */
const EDGES = [0n, 1n, 2n ** 32n, 2n ** 40n, 2n ** 63n - 1n, 2n ** 64n - 1n];
const WEIRD = [null, -1, 0, 1e308, 0.5, 2 ** 31, 2 ** 53, "", "x", "\0", [], {}, true, [null], { a: {} }, 1024];

/** What damage does to bytes and texts, from a seed: equal seeds, equal damage. */
export interface Damage {
  /** Bytes cut off, flipped, overwritten, left out; mostly among the first `head`. */
  bytes(bytes: Uint8Array, head: number): Uint8Array<ArrayBuffer>;
  /** A JSON text with a few values changed, or cut off, or nested deeply. */
  json(text: string): string;
  /** A whole number below `count`. */
  below(count: number): number;
}

export function damageOf(kernels: Kernels, seed: number): Damage {
  const random = randomStream(kernels, seed, 0);
  const below = (count: number): number => Math.min(count - 1, Math.floor(random() * count));

  function changeValue(root: unknown): void {
    let parent: Record<string, unknown> | undefined, key = "", node = root;
    for (let depth = 1 + below(5); depth > 0 && typeof node === "object" && node !== null; depth--) {
      const keys = Object.keys(node);
      if (keys.length === 0) break;
      [parent, key] = [node as Record<string, unknown>, keys[below(keys.length)]];
      node = parent[key];
    }
    if (parent === undefined) return;
    const how = below(4);
    if (how === 0) delete parent[key];
    else if (how === 1 && typeof node === "number") parent[key] = [node * 2, node + 1, -node, node * 1e6][below(4)];
    else if (how === 2 && typeof node === "string") parent[key] = node.slice(1);
    else parent[key] = WEIRD[below(WEIRD.length)];
  }

  return {
    below,
    bytes(bytes, head): Uint8Array<ArrayBuffer> {
      const copy = new Uint8Array(bytes);
      const at = (): number => below(random() < 0.8 ? Math.min(head, copy.length) : copy.length);
      const how = below(5), place = at();
      if (how === 0) return copy.slice(0, place);
      if (how === 1) return new Uint8Array([...copy.subarray(0, place), ...copy.subarray(place + below(64))]);
      if (how === 2 && place + 8 <= copy.length) {
        new DataView(copy.buffer).setBigUint64(place, EDGES[below(EDGES.length)], true);
        return copy;
      }
      for (let count = 1 + below(4); count > 0; count--) copy[at()] ^= how === 3 ? 1 << below(8) : below(256);
      return copy;
    },
    json(text): string {
      const how = below(20);
      if (how === 0) return text.slice(0, below(text.length));
      if (how === 1) return "[".repeat(50_000) + "]".repeat(50_000);
      const root: unknown = JSON.parse(text);
      for (let count = 1 + below(2); count > 0; count--) changeValue(root);
      return JSON.stringify(root);
    },
  };
}
