import type { WeightFormat } from "./product.ts";

/** `x[row] (+)= scale · E[ids[row]]` for the ids of one block of E's rows; others leave their row as it is. */
export const gather = (format: WeightFormat): string => `
struct Parameters { rows: u32, width: u32, first: u32, count: u32, scale: f32, adds: u32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> e: array<${format === "f32" ? "vec4f" : "vec2u"}>;
@group(0) @binding(3) var<storage, read_write> x: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.x;
  let id = ids[row];
  if (id < p.first || id >= p.first + p.count) { return; }
  for (var i = thread; i < p.width / 4u; i += 64u) {
    let stored = e[(id - p.first) * (p.width / 4u) + i];
    let value = p.scale * ${
  format === "f32" ? "stored" : "vec4f(unpack2x16float(stored.x), unpack2x16float(stored.y))"
};
    let at = row * (p.width / 4u) + i;
    if (p.adds != 0u) { x[at] += value; } else { x[at] = value; }
  }
}
`;
