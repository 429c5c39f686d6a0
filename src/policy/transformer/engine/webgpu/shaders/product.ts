/** How a matrix is stored on the device. */
export type WeightFormat = "f32" | "f16";

/**
 * `y (+)= x · Wᵀ + b`, then the cap: one group of 64 threads makes 4 outputs of one row. For few rows.
 *
 * x [rows, inner], W [outer, inner], b [outer] or unused, y [rows, stride] from column `column` on.
 */
export const rowProduct = (format: WeightFormat): string => `
${productHead(format)}
var<workgroup> partial: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.y;
  let first = group.x * 4u;
  let width = p.inner / 4u;
  var sum = vec4f(0.0);
  for (var i = thread; i < width; i += 64u) {
    let a = x[row * width + i];
    for (var o = 0u; o < 4u; o++) {
      if (first + o < p.outer) { sum[o] += dot(a, weight((first + o) * width + i)); }
    }
  }
  partial[thread] = sum;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step /= 2u) {
    if (thread < step) { partial[thread] += partial[thread + step]; }
    workgroupBarrier();
  }
  if (thread < 4u && first + thread < p.outer) { finish(row, first + thread, partial[0][thread]); }
}
`;

/** The same for many rows: a group of 64 threads makes a tile of 32 rows and 32 outputs, each thread 4 by 4 of it. */
export const tileProduct = (format: WeightFormat): string => `
${productHead(format)}
// 8 numbers of the inner dimension of 32 rows and of 32 outputs.
var<workgroup> left: array<vec4f, 64>;
var<workgroup> right: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * 32u;
  let output = group.x * 32u;
  let width = p.inner / 4u;
  let across = thread % 8u;
  let down = thread / 8u;
  let line = thread / 2u;
  let half = thread % 2u;
  var sums: array<vec4f, 4>;
  for (var i = 0u; i < width; i += 2u) {
    let inside = i + half < width;
    left[thread] = vec4f(0.0);
    right[thread] = vec4f(0.0);
    if (inside && row + line < p.rows) { left[thread] = x[(row + line) * width + i + half]; }
    if (inside && output + line < p.outer) { right[thread] = weight((output + line) * width + i + half); }
    workgroupBarrier();
    for (var k = 0u; k < 2u; k++) {
      var b: array<vec4f, 4>;
      for (var n = 0u; n < 4u; n++) { b[n] = right[(across * 4u + n) * 2u + k]; }
      for (var m = 0u; m < 4u; m++) {
        let a = left[(down * 4u + m) * 2u + k];
        sums[m] += vec4f(dot(a, b[0]), dot(a, b[1]), dot(a, b[2]), dot(a, b[3]));
      }
    }
    workgroupBarrier();
  }
  for (var m = 0u; m < 4u; m++) {
    for (var n = 0u; n < 4u; n++) {
      let r = row + down * 4u + m;
      let o = output + across * 4u + n;
      if (r < p.rows && o < p.outer) { finish(r, o, sums[m][n]); }
    }
  }
}
`;

function productHead(format: WeightFormat): string {
  const stored = format === "f32" ? "vec4f" : "vec2u";
  const read = format === "f32" ? "w[i]" : "vec4f(unpack2x16float(w[i].x), unpack2x16float(w[i].y))";
  return `
struct Parameters { rows: u32, inner: u32, outer: u32, stride: u32, column: u32, biased: u32, adds: u32, cap: f32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<${stored}>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn weight(i: u32) -> vec4f { return ${read}; }

fn finish(row: u32, output: u32, product: f32) {
  let at = row * p.stride + p.column + output;
  var value = product;
  if (p.biased != 0u) { value += b[output]; }
  if (p.adds != 0u) { value += y[at]; }
  if (p.cap > 0.0) { value = p.cap * tanh(clamp(value / p.cap, -30.0, 30.0)); }
  y[at] = value;
}`;
}
