/**
 * How fast a language model learns from judged answers, by the weights that its adapter stands beside:
 *
 * ```sh
 * deno run -A test/learning/loop/adapter_learning_bench.ts --seeds 5
 * ```
 *
 * A tiny model with random weights answers three questions; an answer is right when its first
 * character has an odd code point, which it seldom is. Each seed draws other answers and another adapter.
 */
import { parseArgs } from "node:util";
import { createLanguageModelAgent } from "../../../src/agent/mod.ts";
import type { JudgedStep } from "../../../src/episode/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { createAdapterLearner, createFrozenLearner } from "../../../src/learning/mod.ts";
import { isLanguageModelAt, readLanguageModel } from "../../../src/policy/mod.ts";
import { CONFIGURATION } from "../../http/fakes.ts";
import { saveLoudChatModel } from "../tune/loud_chat_model.ts";

const ROUNDS = 8, JUDGED = 32;
const QUESTIONS = ["hello", "how are you today?", "ship O1"];
const ARMS = ["frozen", "f32", "q8", "e4"] as const;

const { values } = parseArgs({ options: { seeds: { type: "string", default: "5" } } });
const kernels = await loadKernels();
using model = saveLoudChatModel(kernels);
if (!isLanguageModelAt(kernels, model.folder)) throw new Error("Cannot measure: the model is no language model");

/** Share of right answers in each round. */
async function run(arm: typeof ARMS[number], seed: number): Promise<readonly number[]> {
  const weights = arm === "frozen" ? "f32" : arm;
  const { candidates: _, ...shared } = CONFIGURATION;
  const configuration = {
    ...shared,
    policy: { kind: "checkpoint" as const, path: model.folder, weights },
    mode: arm === "frozen" ? "frozen" as const : "learn" as const,
    update: { ...shared.update, judgements: JUDGED, learningRate: 0.01, staleness: 100 },
    gate: { ...shared.gate, heldOutShare: 0 },
  };
  const { snapshot, packed } = readLanguageModel(kernels, model.folder, { weights });
  using agent = createLanguageModelAgent(kernels, "tiny", configuration, snapshot, { packed });
  using learner = arm === "frozen" ? createFrozenLearner(snapshot) : createAdapterLearner(kernels, configuration, {
    ...{ model: agent.language().model, seed },
    lora: { rank: 8, alpha: 16, targetModules: "all-linear" },
  });
  const shares: number[] = [];
  for (let round = 0, sequence = 0; round < ROUNDS; round++) {
    const judged = Array.from({ length: JUDGED }, (): JudgedStep => {
      const place = sequence++;
      const id = `${seed}-${place}`;
      const { record: step } = agent.decide({
        ...{ stepId: id, episodeId: id, now: place, seed: 1000 * seed + place, temperature: 1 },
        turns: [{ role: "user", text: QUESTIONS[place % QUESTIONS.length] }],
      });
      const reward = (step.action.codePointAt(0) ?? 0) % 2;
      return { sequence: sequence, step, metric: configuration.learnsFrom, reward, source: "judged" } as JudgedStep;
    });
    shares.push(judged.reduce((sum, { reward }) => sum + reward, 0) / JUDGED);
    await learner.learn(judged, { now: sequence, flush: true });
    if (!learner.hasCandidate) continue;
    agent.install(round + 1, learner.payload(round, 0));
    agent.assign({ incumbent: round + 1 });
    if (round > 0) agent.uninstall(round);
  }
  return shares;
}

const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed + 1);
for (const arm of ARMS) {
  const began = performance.now();
  const runs: (readonly number[])[] = [];
  for (const seed of seeds) runs.push(await run(arm, seed));
  const ends = runs.map((shares) => shares.at(-1)!);
  const round = (x: number): string => x.toFixed(2);
  const means = runs[0].map((_, at) => round(runs.reduce((sum, shares) => sum + shares[at], 0) / runs.length));
  console.log(
    `${arm.padEnd(6)} mean of each round ${means.join(" ")}; last round ${ends.map(round).join(" ")}; ` +
      `${round((performance.now() - began) / 1000 / runs.length)} s a run`,
  );
}
