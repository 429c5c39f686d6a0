/**
 * How a matrix is stored on the device: floats, or 32 weights of a row under one float16 scale, the formats of the packed
 * kernels (`e4`: 4.5 bits a weight; `e7`, `q8`: 8.5).
 */
export type WeightFormat = "f32" | "f16" | "e4" | "e7" | "q8";

/** Weights of a row that lie together; for the packed formats those under one scale. */
export const BLOCK = 32;
/** Rows whose blocks lie side by side, so that neighbouring threads read neighbouring words. */
export const TILE_ROWS = 8;

/** Vectors of four words that hold a block. */
export const QUADS: Readonly<Record<WeightFormat, number>> = { f32: 8, f16: 4, e7: 2, q8: 2, e4: 1 };

/** Whether blocks have scales. */
export function isPackedFormat(format: WeightFormat): format is "e4" | "e7" | "q8" {
  return format === "e4" || format === "e7" || format === "q8";
}

const AXES = "xyzw";

/**
 * Numbers 4·index .. 4·index + 3 of a block, without its scale.
 *
 * @param index 0 to 7. @param at Where the block's first vector stands in `w`, as WGSL.
 */
export function storedPart(format: WeightFormat, index: number, at: string): string {
  const quad = (which: number): string => `w[${at} + ${which * TILE_ROWS}u]`;
  if (format === "f32") return `bitcast<vec4f>(${quad(index)})`;
  if (format === "f16") return `halves(${quad(index >> 1)}.${index % 2 === 0 ? "xy" : "zw"})`;
  const word = AXES[index % 4];
  return format === "e4" ? `nibbles(${quad(0)}.${word}, ${index < 4 ? 0 : 4}u)` : `bytes(${quad(index >> 2)}.${word})`;
}

/**
 * What reads a matrix of `blocks` blocks a row at bindings `binding` (`w`) and `binding + 1` (`scales`):
 *
 * ```text
 * w       [tiles, blocks, QUADS, TILE_ROWS] vectors of four words: a block as its file has it
 * scales  [tiles, blocks, TILE_ROWS / 2] words of two float16; one unused word for floats
 * ```
 */
export const storedWeights = (format: WeightFormat, binding: number): string => `
@group(0) @binding(${binding}) var<storage, read> w: array<vec4u>;
@group(0) @binding(${binding + 1}) var<storage, read> scales: array<u32>;

fn placeOf(row: u32, block: u32, blocks: u32) -> u32 {
  return ((row / ${TILE_ROWS}u * blocks + block) * ${QUADS[format]}u) * ${TILE_ROWS}u + row % ${TILE_ROWS}u;
}
fn scaleOf(row: u32, block: u32, blocks: u32) -> f32 {
  ${
  isPackedFormat(format)
    ? `let pair = unpack2x16float(scales[(row / ${TILE_ROWS}u * blocks + block) * ${
      TILE_ROWS / 2
    }u + row % ${TILE_ROWS}u / 2u]);
  return select(pair.x, pair.y, (row & 1u) == 1u);`
    : "return 1.0;"
}
}
fn halves(words: vec2u) -> vec4f { return vec4f(unpack2x16float(words.x), unpack2x16float(words.y)); }
fn bytes(word: u32) -> vec4f {
  return vec4f(bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u));
}
fn nibbles(word: u32, shift: u32) -> vec4f {
  return vec4f((vec4u(word) >> (vec4u(0u, 8u, 16u, 24u) + shift)) & vec4u(15u)) - 8.0;
}
`;
