import { describe, it } from "@std/testing/bdd";
import { ok } from "node:assert/strict";
import { createPolicyAgent, type ServedAgent } from "../../../src/agent/mod.ts";
import { desk, type Split } from "../../../src/environment/mod.ts";
import type { StepRecord, Turn } from "../../../src/episode/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { parseToolCall } from "../../../src/language/mod.ts";
import { createGradientLearner } from "../../../src/learning/mod.ts";
import { deskConfiguration, tinySnapshot } from "../../agent/_desk_agent.ts";
import { type ServedEpisode, serveJudged, type Signal } from "./_served_desk.ts";

const kernels = await loadKernels();
const snapshot = tinySnapshot(kernels);
const CANDIDATES = ["get_order", "find_product", "get_product", "reply", "find_customer", "get_ticket"];
const configuration = {
  ...deskConfiguration,
  candidates: CANDIDATES,
  update: { judgements: 32, seconds: 3, staleness: 4, learningRate: 0.005 },
};

/** The agent names the next tool, the application fills in the call; a wrong tool ends the episode. */
function route(agent: ServedAgent, seed: number, split: Split = "train", explore = true): ServedEpisode {
  const environment = desk.create({ kinds: ["status", "stock"], distractorShare: 0 });
  const turns: Turn[] = [...environment.reset(seed, split).turns];
  const steps: StepRecord[] = [], rewards: number[] = [];
  for (let step = 0;; step++) {
    const gold = environment.gold!()!;
    const { record } = agent.decide({
      ...{ stepId: `${split}-${seed}-${step}`, episodeId: `${split} ${seed}`, now: 0, turns: [...turns] },
      ...{ seed: seed * 8 + step, explore },
    });
    const right = record.action === parseToolCall(gold)?.name;
    steps.push(record);
    rewards.push(Number(right));
    const outcome = right ? environment.step(gold) : undefined;
    if (!outcome || outcome.terminated) return { steps, rewards, success: right };
    turns.push({ role: "assistant", text: record.action }, ...outcome.turns);
  }
}

function heldOutRight(agent: ServedAgent): number {
  const episodes = Array.from({ length: 100 }, (_, seed) => route(agent, seed, "test", false));
  return episodes.filter(({ success }) => success).length / episodes.length;
}

describe("an agent that is served and judged", () => {
  it("gets better at requests nobody judged, and only by what is true", async () => {
    const after = async (signal: Signal): Promise<number> => {
      using agent = createPolicyAgent(kernels, "desk", configuration, { snapshot });
      using learner = createGradientLearner(kernels, configuration, { snapshot });
      await serveJudged(agent, learner, {
        ...{ judgements: 800, seed: 1, signal, delayEpisodes: 4, now: () => 0, play: route },
      });
      return heldOutRight(agent);
    };
    const [judged, coins, untold] = [await after("true"), await after("coins"), await after("none")];
    const figures = `held-out success: judged ${judged}, coins ${coins}, none ${untold}`;
    ok(judged > untold + 0.3 && judged > coins + 0.3, figures);
  });
});
