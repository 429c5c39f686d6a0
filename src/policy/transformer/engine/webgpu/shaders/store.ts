/** Copies keys and values of the rows of one slot into its cache: [capacity, width] keys, then as many values. */
export const store = `
struct Parameters { rows: u32, first: u32, base: u32, stride: u32, column: u32, width: u32, capacity: u32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> cache: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= 2u * p.width) { return; }
  let value = x[(p.first + id.y) * p.stride + p.column + id.x];
  let half = id.x / p.width;
  cache[(half * p.capacity + p.base + id.y) * p.width + id.x % p.width] = value;
}
`;
