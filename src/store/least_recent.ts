/** A map of bounded size that forgets what was not used for long. */
export interface LeastRecent<Value> {
  /** The value, which is then among the recent ones. */
  get(key: string): Value | undefined;
  /** Remembers. */
  set(key: string, value: Value): void;
}

/**
 * Makes an empty one: two halves, of which the older is dropped when the younger is full. So the `size / 2` values used
 * last are always there, and nothing has to be moved one by one.
 *
 * @param size Most values that it remembers.
 */
export function leastRecent<Value>(size: number): LeastRecent<Value> {
  const half = Math.max(1, Math.floor(size / 2));
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  function set(key: string, value: Value): void {
    if (young.size >= half && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }

  return {
    get(key: string): Value | undefined {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
}
