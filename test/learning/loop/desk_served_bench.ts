/**
 * What judgements of single steps are worth: a checkpoint of `deno task train --preset desk` with a warm start alone is
 * served, every step is judged, and held-out success is measured before and after, against no judgements and coins.
 *
 * ```sh
 * deno run -A test/learning/loop/desk_served_bench.ts FOLDER [judgements] [seeds] [key=value of the recipe ...]
 * ```
 */
import { createPolicyAgent } from "../../../src/agent/mod.ts";
import { desk } from "../../../src/environment/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { createGradientLearner, loadRun } from "../../../src/learning/mod.ts";
import { deskConfiguration } from "../../agent/_desk_agent.ts";
import { heldOutSuccess, serveJudged, type Signal } from "./_served_desk.ts";

const [folder = "runs/warm", budget = "8000", seeds = "1", signals = "true", ...changes] = Deno.args;
const settings = Object.fromEntries(changes.map((change) => change.split("=")).map(([key, value]) => [key, +value]));
const { learningRate = 1e-3, judgements = 64, staleness = 4, delay = 8, ...options } = settings;
const kernels = await loadKernels();
const { snapshot } = loadRun(folder);
const configuration = { ...deskConfiguration, update: { judgements, seconds: 3, staleness, learningRate } };

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];

for (let seed = 1; seed <= +seeds; seed++) {
  for (const signal of signals.split(",") as Signal[]) {
    using agent = createPolicyAgent(kernels, "desk", configuration, { snapshot, tools: desk.tools });
    // Longest time that the event loop was not free.
    let longest = 0, before = performance.now();
    const pause = (): Promise<void> => {
      longest = Math.max(longest, performance.now() - before);
      return new Promise((resolve) =>
        setTimeout(() => {
          before = performance.now();
          resolve();
        }, 0)
      );
    };
    using learner = createGradientLearner(kernels, configuration, { snapshot, tools: desk.tools, options, pause });
    const start = heldOutSuccess(agent, 512);
    const began = performance.now();
    const { judgements, updates, latenciesMs } = await serveJudged(agent, {
      ...learner,
      learn: (steps, given) => {
        before = performance.now();
        return learner.learn(steps, given);
      },
      get learnedUpTo() {
        return learner.learnedUpTo;
      },
      get hasCandidate() {
        return learner.hasCandidate;
      },
    }, { judgements: +budget, seed, signal, delayEpisodes: delay, now: () => performance.now() });
    const seconds = (performance.now() - began) / 1000;
    const every = Math.max(1, Math.floor(updates.length / 8));
    for (const [i, report] of updates.entries()) {
      if (i % every !== 0) continue;
      const shown = ["reward", "entropy", "approximateKl", "clipFraction", "klK3", "explainedVariance", "gradientNorm"];
      console.log(`  ${i}: ${shown.map((name) => `${name} ${report[name]?.toFixed(3)}`).join(" · ")}`);
    }
    console.log(JSON.stringify({
      ...{ seed, signal, judgements, updates: updates.length, before: start, after: heldOutSuccess(agent, 512) },
      ...{ seconds: Math.round(seconds), longestStallMs: Math.round(longest) },
      ...{ latencyMsP50: quantile(latenciesMs, 0.5), latencyMsP99: quantile(latenciesMs, 0.99) },
    }));
  }
}
