import { BLOCK, storedPart, storedWeights, type WeightFormat } from "./stored_weights.ts";

const PARTS = Array.from({ length: BLOCK / 4 }, (_, index) => index);

/** `x[row] (+)= scale · E[ids[row]]` for the ids of one piece of E's rows; others leave their row as it is. */
export const gather = (format: WeightFormat): string => `
struct Parameters { rows: u32, width: u32, first: u32, count: u32, scale: f32, adds: u32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
${storedWeights(format, 2)}
@group(0) @binding(4) var<storage, read_write> x: array<vec4f>;

fn put(row: u32, i: u32, value: vec4f) {
  let width = p.width / 4u;
  if (i >= width) { return; }
  if (p.adds != 0u) { x[row * width + i] += value; } else { x[row * width + i] = value; }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.x;
  let id = ids[row];
  if (id < p.first || id >= p.first + p.count) { return; }
  let blocks = (p.width + ${BLOCK - 1}u) / ${BLOCK}u;
  for (var block = thread; block < blocks; block += 64u) {
    let at = placeOf(id - p.first, block, blocks);
    let size = scaleOf(id - p.first, block, blocks);
${
  PARTS.map((part) => `    put(row, block * 8u + ${part}u, p.scale * (size * ${storedPart(format, part, "at")}));`)
    .join("\n")
}
  }
}
`;
