import type { AgentConfiguration, AgentRequest } from "../../src/agent/mod.ts";
import { desk } from "../../src/environment/mod.ts";
import type { Turn } from "../../src/episode/mod.ts";
import type { Kernels } from "../../src/kernels/mod.ts";
import { newPolicy } from "../../src/learning/new_policy.ts";
import type { PolicySnapshot } from "../../src/policy/mod.ts";
import { configuration } from "../learning/loop/fixtures.ts";
import { tinyDesk } from "../learning/tiny.ts";

/** An agent at the service desk that learns right or wrong. */
export const deskConfiguration: AgentConfiguration = {
  ...configuration,
  policy: { kind: "checkpoint", path: "runs/desk" },
  candidates: undefined,
  exploration: { kind: "softmax", temperature: 1 },
  update: { judgements: 16, seconds: 3, staleness: 4, learningRate: 0.003 },
  gate: {
    ...configuration.gate,
    ...{ everyJudgements: 8, delayJudgements: 0, canaryShare: 0, canaryJudgements: 10, heldOutShare: 0 },
  },
};

let kept: PolicySnapshot | undefined;

/** A tiny model with random weights that can write the desk's tool calls; always the same. */
export function tinySnapshot(kernels: Kernels): PolicySnapshot {
  return kept ??= newPolicy(kernels, desk, tinyDesk(""));
}

/** A question to an agent. */
export function ask(episode: number, step: number, turns: readonly Turn[], more: object = {}): AgentRequest {
  return {
    ...{ stepId: `${episode}-${step}`, episodeId: `episode ${episode}`, now: 5, turns },
    ...{ seed: episode * 7919 + step, ...more },
  };
}

/** Plays an episode as a client would: sends the whole conversation each time. @returns What the desk said. */
export function playDesk(
  seed: number,
  decide: (turns: readonly Turn[], step: number) => string,
): { readonly rewards: readonly number[]; readonly success: boolean } {
  const environment = desk.create();
  const turns: Turn[] = [...environment.reset(seed, "train").turns];
  const rewards: number[] = [];
  for (let step = 0;; step++) {
    const action = decide([...turns], step);
    const outcome = environment.step(action);
    rewards.push(outcome.reward);
    if (outcome.terminated || outcome.truncated) return { rewards, success: outcome.success };
    turns.push({ role: "assistant", text: action }, ...outcome.turns);
  }
}
