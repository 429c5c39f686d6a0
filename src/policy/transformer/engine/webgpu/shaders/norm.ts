/**
 * Norms of pieces of rows: `kind` 0 `x/rms ∘ w`, 1 `x/rms ∘ (1 + w)`, 2 `(x − mean)/deviation ∘ w + b`, b behind w.
 *
 * A piece is `width` numbers from `row · stride + column + piece · width` on. Adds to y where `adds`, else replaces. One group
 * of 64 threads a piece.
 */
const NORM = `
struct Parameters { width: u32, pieces: u32, stride: u32, column: u32, kind: u32, adds: u32, epsilon: f32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> w: array<f32>;
var<workgroup> partial: array<f32, 64>;

fn total(thread: u32, value: f32) -> f32 {
  partial[thread] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step /= 2u) {
    if (thread < step) { partial[thread] += partial[thread + step]; }
    workgroupBarrier();
  }
  let sum = partial[0];
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let at = group.x * p.stride + p.column + group.y * p.width;
  var mean = 0.0;
  if (p.kind == 2u) {
    var sum = 0.0;
    for (var i = thread; i < p.width; i += 64u) { sum += input(at + i); }
    mean = total(thread, sum) / f32(p.width);
  }
  var squares = 0.0;
  for (var i = thread; i < p.width; i += 64u) {
    let d = input(at + i) - mean;
    squares += d * d;
  }
  let inverse = 1.0 / sqrt(total(thread, squares) / f32(p.width) + p.epsilon);
  for (var i = thread; i < p.width; i += 64u) {
    var factor = w[i];
    if (p.kind == 1u) { factor += 1.0; }
    var value = (input(at + i) - mean) * inverse * factor;
    if (p.kind == 2u) { value += w[p.width + i]; }
    if (p.adds != 0u) { value += y[at + i]; }
    y[at + i] = value;
  }
}
`;

/** From x to y. */
export const norm = `
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
fn input(i: u32) -> f32 { return x[i]; }
${NORM}`;

/** Of y in place. */
export const normInPlace = `
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
fn input(i: u32) -> f32 { return y[i]; }
${NORM}`;
