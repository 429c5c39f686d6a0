/** Memory for `length` bytes: the beginning of `into` where that is long enough, otherwise new. */
export function memoryOf(length: number, into?: Uint8Array): Uint8Array {
  return into !== undefined && into.length >= length ? into.subarray(0, length) : new Uint8Array(length);
}
