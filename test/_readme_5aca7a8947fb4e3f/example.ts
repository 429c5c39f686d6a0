import assert from "node:assert/strict";
import { loadKernels, overrideConfiguration, PRESETS, type RunState, train } from "@eddy/eddy";

const configuration = overrideConfiguration(PRESETS.spark, [["seed", 3]]);
const kept: RunState[] = [];
const done = await train(configuration, {
  kernels: await loadKernels(), // relaxed SIMD where the engine has it
  now: () => performance.now(),
  onEvent: (event) => event.event === "evaluation" && console.log(event.seconds, event.success),
  save: (_snapshot, state) => Promise.resolve(`kept ${kept.push(state)}`), // or saveRun(configuration, snapshot, state)
});
assert.ok(done && done.success > 0.9);
