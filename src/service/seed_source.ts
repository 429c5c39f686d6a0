/** Seeds that are drawn at once. */
const POOL = 1024;

/** Makes unsigned 32-bit numbers. @param fillRandom Fills with numbers that nobody can foresee. */
export function createSeedSource(fillRandom: (into: Uint8Array) => Uint8Array): () => number {
  const pool = new Uint32Array(POOL);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      fillRandom(new Uint8Array(pool.buffer));
      used = 0;
    }
    return pool[used++];
  };
}
