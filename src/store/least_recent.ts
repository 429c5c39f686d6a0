/** A map of bounded size that forgets what was not used for longest. */
export interface LeastRecent<Value> {
  /** The value, which is then the most recent. */
  get(key: string): Value | undefined;
  /** Remembers. */
  set(key: string, value: Value): void;
  /** Forgets everything. */
  clear(): void;
}

/** Makes an empty one. @param size Values that it remembers. */
export function leastRecent<Value>(size: number): LeastRecent<Value> {
  const values = new Map<string, Value>();
  return {
    get(key: string): Value | undefined {
      const value = values.get(key);
      if (value === undefined) return undefined;
      values.delete(key);
      values.set(key, value);
      return value;
    },
    set(key: string, value: Value): void {
      values.delete(key);
      if (values.size >= size) values.delete(values.keys().next().value!);
      values.set(key, value);
    },
    clear: () => values.clear(),
  };
}
