import { v7 } from "uuid";

/** Random bytes that one id takes. */
const ID_BYTES = 16;

/**
 * Makes UUIDv7 ids that rise, also within one millisecond and when the clock goes back.
 *
 * @param now Milliseconds since 1970. @param fillRandom Fills with numbers that nobody can foresee.
 */
export function createIdSource(now: () => number, fillRandom: (into: Uint8Array) => Uint8Array): () => string {
  const pool = new Uint8Array(256 * ID_BYTES);
  let used = pool.length;
  const bytes = new Uint8Array(ID_BYTES);
  let last = 0;
  let sequence = 0;
  return () => {
    if (used === pool.length) {
      fillRandom(pool);
      used = 0;
    }
    const random = pool.subarray(used, used += ID_BYTES);
    const milliseconds = Math.max(now(), last);
    sequence = milliseconds === last ? sequence + 1 : random[6] << 8 | random[7];
    last = milliseconds;
    const hex = v7({ msecs: milliseconds, seq: sequence, random }, bytes).toHex();
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
