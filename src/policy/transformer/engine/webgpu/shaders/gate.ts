/** `activation(gate) ∘ up`, or `activation(up)` where there is no gate; `kind` 0 silu, 1 gelu by tanh, 2 gelu. One thread a number. */
export const gate = `
struct Parameters { rows: u32, width: u32, gated: u32, kind: u32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn normalShare(x: f32) -> f32 {
  // Abramowitz and Stegun 7.1.26.
  let t = 1.0 / (1.0 + 0.2316419 * abs(x));
  let tail = ((((1.0614054 * t - 1.453152) * t + 1.4214137) * t - 0.28449674) * t + 0.2548296) * t * exp(-0.5 * x * x) * 0.5;
  return select(1.0 - tail, tail, x < 0.0);
}

fn activated(x: f32) -> f32 {
  if (p.kind == 2u) { return x * normalShare(x); }
  var at = x;
  if (p.kind == 1u) { at = 1.595769 * x * (1.0 + 0.044715 * x * x); }
  return x / (1.0 + exp(-clamp(at, -80.0, 80.0)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.width) { return; }
  let width = p.width * (1u + p.gated);
  var value = activated(x[id.y * width + id.x]);
  if (p.gated != 0u) { value *= x[id.y * width + p.width + id.x]; }
  y[id.y * p.width + id.x] = value;
}
`;
