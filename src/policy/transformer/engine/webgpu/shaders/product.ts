import { BLOCK, isPackedFormat, storedPart, storedWeights, type WeightFormat } from "./stored_weights.ts";

/** Blocks whose sum is made before it is added to the others: what one thread of `rowProduct` sums. */
const CHUNK = 8;
const PARTS = Array.from({ length: BLOCK / 4 }, (_, index) => index);

/**
 * `y (+)= x · Wᵀ + b`, then the cap: a group of 64 threads makes 64 / lanes outputs of one row. For few rows.
 *
 * ```text
 * c(r, o, chunk) = Σ_{block of the chunk, in order} scale(o, block) · Σ_{k of the block, in order} x(r, k) · q(o, k)
 * y(r, o)        = Σ_{chunk, in order} c(r, o, chunk)                        a chunk is 8 blocks of 32
 * ```
 *
 * `rowProduct` and `tileProduct` add in this one order, so a row's numbers do not depend on the rows that are read with
 * it: acting and evaluating give equal bits.
 *
 * x [rows, inner], W [outer, inner], b [outer] or unused, y [rows, stride] from column `column` on.
 */
export const rowProduct = (format: WeightFormat): string => `
${productHead(format)}
var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.y;
  let across = 64u / p.lanes;
  let output = group.x * across + thread % across;
  let lane = thread / across;
  let width = p.inner / 4u;
  let blocks = (p.inner + ${BLOCK - 1}u) / ${BLOCK}u;
  let chunks = (blocks + ${CHUNK - 1}u) / ${CHUNK}u;
  var total = 0.0;
  for (var first = 0u; first < chunks; first += p.lanes) {
    var sum = 0.0;
    let chunk = first + lane;
    if (chunk < chunks && output < p.outer) {
      let end = min(blocks, (chunk + 1u) * ${CHUNK}u);
      for (var block = chunk * ${CHUNK}u; block < end; block++) {
        let at = placeOf(output, block, blocks);
        var inside = 0.0;
        var a: vec4f;
        var b: vec4f;
${
  PARTS.map((part) =>
    `        a = input(row, block * 8u + ${part}u, width);
        b = ${storedPart(format, part, "at")};
        inside = fma(a.w, b.w, fma(a.z, b.z, fma(a.y, b.y, fma(a.x, b.x, inside))));`
  ).join("\n")
}
        sum = ${isPackedFormat(format) ? "fma(scaleOf(output, block, blocks), inside, sum)" : "sum + inside"};
      }
    }
    partial[thread] = sum;
    workgroupBarrier();
    if (lane == 0u) {
      for (var other = 0u; other < min(p.lanes, chunks - first); other++) { total += partial[other * across + thread]; }
    }
    workgroupBarrier();
  }
  if (lane == 0u && output < p.outer) { finish(row, output, total); }
}
`;

/** The same for many rows: a group of 64 threads makes a tile of 32 rows and 32 outputs, each thread 4 by 4 of it. */
export const tileProduct = (format: WeightFormat): string => `
${productHead(format)}
// A block of 32 rows, and of 32 outputs without their scales.
var<workgroup> left: array<vec4f, 256>;
var<workgroup> right: array<vec4f, 256>;
var<workgroup> sizes: array<f32, 32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * 32u;
  let output = group.x * 32u;
  let width = p.inner / 4u;
  let blocks = (p.inner + ${BLOCK - 1}u) / ${BLOCK}u;
  let across = thread % 8u;
  let down = thread / 8u;
  let line = thread % 32u;
  var sums: array<vec4f, 4>;
  var totals: array<vec4f, 4>;
  for (var block = 0u; block < blocks; block++) {
    for (var k = 0u; k < 4u; k++) {
      let place = thread + 64u * k;
      left[place] = vec4f(0.0);
      if (row + place / 8u < p.rows) { left[place] = input(row + place / 8u, block * 8u + place % 8u, width); }
    }
    let at = placeOf(output + line, block, blocks);
    let there = output + line < p.outer;
    if (thread < 32u) {
      sizes[line] = 0.0;
      if (there) { sizes[line] = scaleOf(output + line, block, blocks); }
      if (there) {
${
  PARTS.slice(0, 4).map((part) => `        right[line * 8u + ${part}u] = ${storedPart(format, part, "at")};`).join("\n")
}
      }
    } else if (there) {
${PARTS.slice(4).map((part) => `      right[line * 8u + ${part}u] = ${storedPart(format, part, "at")};`).join("\n")}
    }
    workgroupBarrier();
    var inside: array<vec4f, 4>;
    for (var i = 0u; i < 8u; i++) {
      let b0 = right[across * 32u + i];
      let b1 = right[across * 32u + 8u + i];
      let b2 = right[across * 32u + 16u + i];
      let b3 = right[across * 32u + 24u + i];
      for (var m = 0u; m < 4u; m++) {
        let a = left[(down * 4u + m) * 8u + i];
        inside[m] = fma(vec4f(a.x), vec4f(b0.x, b1.x, b2.x, b3.x), inside[m]);
        inside[m] = fma(vec4f(a.y), vec4f(b0.y, b1.y, b2.y, b3.y), inside[m]);
        inside[m] = fma(vec4f(a.z), vec4f(b0.z, b1.z, b2.z, b3.z), inside[m]);
        inside[m] = fma(vec4f(a.w), vec4f(b0.w, b1.w, b2.w, b3.w), inside[m]);
      }
    }
    let size = vec4f(sizes[across * 4u], sizes[across * 4u + 1u], sizes[across * 4u + 2u], sizes[across * 4u + 3u]);
    let closes = block % ${CHUNK}u == ${CHUNK - 1}u || block + 1u == blocks;
    for (var m = 0u; m < 4u; m++) {
      sums[m] = ${isPackedFormat(format) ? "fma(size, inside[m], sums[m])" : "sums[m] + inside[m]"};
      if (closes) {
        totals[m] += sums[m];
        sums[m] = vec4f(0.0);
      }
    }
    workgroupBarrier();
  }
  for (var m = 0u; m < 4u; m++) {
    for (var n = 0u; n < 4u; n++) {
      let r = row + down * 4u + m;
      let o = output + across * 4u + n;
      if (r < p.rows && o < p.outer) { finish(r, o, totals[m][n]); }
    }
  }
}
`;

/** Threads that share an output of `rowProduct`: as many as there are chunks, at most 8. */
export function lanesOf(inner: number): number {
  const chunks = Math.ceil(inner / (BLOCK * CHUNK));
  return chunks > 4 ? 8 : chunks > 2 ? 4 : chunks;
}

function productHead(format: WeightFormat): string {
  return `
struct Parameters {
  rows: u32, inner: u32, outer: u32, stride: u32, column: u32, biased: u32, adds: u32, lanes: u32, cap: f32
}
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
${storedWeights(format, 2)}
@group(0) @binding(4) var<storage, read> b: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

// Nothing stands behind a row's end, whatever the next row begins with.
fn input(row: u32, i: u32, width: u32) -> vec4f {
  if (i < width) { return x[row * width + i]; }
  return vec4f(0.0);
}

fn finish(row: u32, output: u32, product: f32) {
  let at = row * p.stride + p.column + output;
  var value = product;
  if (p.biased != 0u) { value += b[p.column + output]; }
  if (p.adds != 0u) { value += y[at]; }
  if (p.cap > 0.0) { value = p.cap * tanh(clamp(value / p.cap, -30.0, 30.0)); }
  y[at] = value;
}`;
}
