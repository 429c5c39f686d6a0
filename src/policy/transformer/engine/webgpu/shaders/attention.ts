/** Largest head that the shader has room for. */
export const LARGEST_HEAD = 256;

/**
 * Causal attention of the rows of one slot over its cache, by a running softmax over tiles of 64 keys. One group of 64 threads a
 * row and head: each thread scores one key of a tile, then sums the values in up to 4 places of the head.
 */
export const attention = `
struct Parameters {
  first: u32, base: u32, stride: u32, heads: u32, group: u32, dimension: u32, capacity: u32, window: u32, scale: f32, cap: f32
}
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> cache: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
var<workgroup> query: array<f32, ${LARGEST_HEAD}>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = p.first + group.x;
  let head = group.y;
  let end = p.base + group.x + 1u;
  var start = 0u;
  if (p.window > 0u && end > p.window) { start = end - p.window; }
  let width = p.heads / p.group * p.dimension;
  let column = head / p.group * p.dimension;
  for (var i = thread; i < p.dimension; i += 64u) { query[i] = x[row * p.stride + head * p.dimension + i]; }
  workgroupBarrier();
  var most = -3.4e38;
  var sum = 0.0;
  var out = vec4f(0.0);
  for (var tile = start; tile < end; tile += 64u) {
    let key = tile + thread;
    var score = -3.4e38;
    if (key < end) {
      score = 0.0;
      for (var i = 0u; i < p.dimension; i++) { score += query[i] * cache[key * width + column + i]; }
      score *= p.scale;
      if (p.cap > 0.0) { score = p.cap * tanh(clamp(score / p.cap, -30.0, 30.0)); }
    }
    partial[thread] = score;
    workgroupBarrier();
    for (var step = 32u; step > 0u; step /= 2u) {
      if (thread < step) { partial[thread] = max(partial[thread], partial[thread + step]); }
      workgroupBarrier();
    }
    let highest = max(most, partial[0]);
    workgroupBarrier();
    var weight = 0.0;
    if (key < end) { weight = exp(score - highest); }
    weights[thread] = weight;
    partial[thread] = weight;
    workgroupBarrier();
    for (var step = 32u; step > 0u; step /= 2u) {
      if (thread < step) { partial[thread] += partial[thread + step]; }
      workgroupBarrier();
    }
    let shrink = exp(most - highest);
    sum = sum * shrink + partial[0];
    out *= shrink;
    most = highest;
    let count = min(64u, end - tile);
    for (var part = 0u; part < 4u; part++) {
      let i = part * 64u + thread;
      if (i < p.dimension) {
        var value = 0.0;
        for (var k = 0u; k < count; k++) {
          value += weights[k] * cache[(p.capacity + tile + k) * width + column + i];
        }
        out[part] += value;
      }
    }
    workgroupBarrier();
  }
  for (var part = 0u; part < 4u; part++) {
    let i = part * 64u + thread;
    if (i < p.dimension) { y[row * p.heads * p.dimension + head * p.dimension + i] = out[part] / sum; }
  }
}
`;
