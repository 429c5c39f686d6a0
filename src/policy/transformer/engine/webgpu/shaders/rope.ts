/**
 * Turns the first `heads` heads of rows by their positions, in place: `(a, b) → (a·cos − b·sin, b·cos + a·sin)`, where b lies
 * `pairs` behind a. One thread a pair.
 */
export const rope = `
struct Parameters { rows: u32, stride: u32, heads: u32, dimension: u32, pairs: u32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> positions: array<u32>;
// [positions, pairs] cosines, then sines.
@group(0) @binding(2) var<storage, read> turns: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  if (id.x >= p.heads * p.pairs) { return; }
  let head = id.x / p.pairs;
  let pair = id.x % p.pairs;
  let turn = turns[positions[row] * p.pairs + pair];
  let at = row * p.stride + head * p.dimension + pair;
  let a = x[at];
  let b = x[at + p.pairs];
  x[at] = a * turn.x - b * turn.y;
  x[at + p.pairs] = b * turn.x + a * turn.y;
}
`;
