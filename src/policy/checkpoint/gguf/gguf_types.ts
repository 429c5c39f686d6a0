/** How a tensor's numbers are stored. */
export interface GgufType {
  /** As `ggml_type` calls it. */
  readonly name: string;
  /** Numbers in a block. */
  readonly numbers: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** The kernels read it. */
  readonly readable: boolean;
}

const read = (name: string, numbers: number, bytes: number): GgufType => ({ name, numbers, bytes, readable: true });
const known = (name: string, numbers: number, bytes: number): GgufType => ({ name, numbers, bytes, readable: false });

/** Every type that is in use, by its number; the known ones are refused by name. */
export const GGUF_TYPES: ReadonlyMap<number, GgufType> = new Map([
  [0, read("F32", 1, 4)],
  [1, read("F16", 1, 2)],
  [2, read("Q4_0", 32, 18)],
  [3, read("Q4_1", 32, 20)],
  [6, read("Q5_0", 32, 22)],
  [7, read("Q5_1", 32, 24)],
  [8, read("Q8_0", 32, 34)],
  [9, known("Q8_1", 32, 36)],
  [10, read("Q2_K", 256, 84)],
  [11, read("Q3_K", 256, 110)],
  [12, read("Q4_K", 256, 144)],
  [13, read("Q5_K", 256, 176)],
  [14, read("Q6_K", 256, 210)],
  [15, known("Q8_K", 256, 292)],
  [16, known("IQ2_XXS", 256, 66)],
  [17, known("IQ2_XS", 256, 74)],
  [18, known("IQ3_XXS", 256, 98)],
  [19, known("IQ1_S", 256, 50)],
  [20, read("IQ4_NL", 32, 18)],
  [21, known("IQ3_S", 256, 110)],
  [22, known("IQ2_S", 256, 82)],
  [23, read("IQ4_XS", 256, 136)],
  [24, known("I8", 1, 1)],
  [25, known("I16", 1, 2)],
  [26, known("I32", 1, 4)],
  [27, known("I64", 1, 8)],
  [28, known("F64", 1, 8)],
  [29, known("IQ1_M", 256, 56)],
  [30, read("BF16", 1, 2)],
  [34, known("TQ1_0", 256, 54)],
  [35, known("TQ2_0", 256, 66)],
  [39, known("MXFP4", 32, 17)],
]);
