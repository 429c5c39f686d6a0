/** Masks one below the other, each once. */
export interface MaskTable {
  /** [rows, and room for more] */
  readonly masks: Uint32Array;
  /** The row of a mask; a new one where it is not there yet. @throws {RangeError} If it is full. */
  add(mask: Uint32Array): number;
}

/** More rows' words than this (256 MiB) are refused. */
const MOST_WORDS = 2 ** 26;

/** An empty table of rows of so many words. */
export function maskTable(words: number): MaskTable {
  let masks = new Uint32Array(8 * words);
  let rows = 0;
  const byHash = new Map<number, number[]>();

  const equal = (row: number, mask: Uint32Array): boolean => {
    for (let word = 0; word < words; word++) if (masks[row * words + word] !== mask[word]) return false;
    return true;
  };

  return {
    get masks(): Uint32Array {
      return masks;
    },
    add(mask): number {
      const hash = hashOf(mask);
      const alike = byHash.get(hash) ?? [];
      const found = alike.find((row) => equal(row, mask));
      if (found !== undefined) return found;
      if ((rows + 1) * words > masks.length) {
        if (masks.length * 2 > MOST_WORDS) {
          throw new RangeError(`Cannot keep masks: ${rows} rows of ${words} words are too many`);
        }
        const longer = new Uint32Array(masks.length * 2);
        longer.set(masks);
        masks = longer;
      }
      masks.set(mask, rows * words);
      byHash.set(hash, [...alike, rows]);
      return rows++;
    },
  };
}

/** FNV-1a over words. */
function hashOf(mask: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let word = 0; word < mask.length; word++) hash = Math.imul(hash ^ mask[word], 0x01000193);
  return hash;
}
