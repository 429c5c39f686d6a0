/** `ln softmax(logits)[target]` of rows; one group of 64 threads a row. */
export const score = `
struct Parameters { vocabulary: u32, first: u32 }
@group(0) @binding(0) var<uniform> p: Parameters;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let at = group.x * p.vocabulary;
  var most = -3.4e38;
  for (var i = thread; i < p.vocabulary; i += 64u) { most = max(most, logits[at + i]); }
  partial[thread] = most;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step /= 2u) {
    if (thread < step) { partial[thread] = max(partial[thread], partial[thread + step]); }
    workgroupBarrier();
  }
  most = partial[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var i = thread; i < p.vocabulary; i += 64u) { sum += exp(logits[at + i] - most); }
  partial[thread] = sum;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step /= 2u) {
    if (thread < step) { partial[thread] += partial[thread + step]; }
    workgroupBarrier();
  }
  if (thread == 0u) {
    let row = p.first + group.x;
    out[row] = logits[at + targets[row]] - most - log(partial[0]);
  }
}
`;
