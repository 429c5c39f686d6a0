/** Marks numbers that are kept as the bytes of 32-bit floats. */
const FLOATS = "f32:";

/** Numbers in one text: those that are 32-bit floats, as probabilities of the kernels are, in their own bytes; else JSON. */
export const floatColumn = {
  /** @param numbers Any finite numbers; `read` gives back the same ones. */
  of(numbers: readonly number[]): string {
    const floats = Float32Array.from(numbers);
    if (!numbers.every((number, i) => number === floats[i])) return JSON.stringify(numbers);
    return FLOATS + new Uint8Array(floats.buffer).toBase64();
  },

  /** What `of` wrote. */
  read(text: string): number[] {
    if (!text.startsWith(FLOATS)) return JSON.parse(text);
    return [...new Float32Array(Uint8Array.fromBase64(text.slice(FLOATS.length)).buffer)];
  },
};
