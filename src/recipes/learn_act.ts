/** LearnAct: actions made of actions, mined from what was solved, kept when they help. @module */
import { craft, type Environment } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { PlayedEpisode } from "../learning/mod.ts";
import { createLinearPolicy, type Policy } from "../policy/mod.ts";
import { stepAdvantages } from "../rl/mod.ts";
import {
  type Cell,
  defineRecipe,
  environmentsOf,
  type Macro,
  type Measures,
  measureSuccess,
  mineMacros,
  mutateMacro,
  playEpisodes,
  reinforceSteps,
  stepColumns,
  successOf,
  withMacros,
} from "../recipe/mod.ts";

const [EPISODES, EPOCHS, ROUNDS, CANDIDATES, MACROS] = [32, 2, 3, 4, 8];
/** Chance that a mined macro is changed. */
const NOISE = 0.3;

/** An agent with its actions. */
interface Agent {
  readonly policy: Policy;
  readonly macros: ReadonlyMap<string, Macro>;
  /** Share of its last training tasks that it solved. */
  readonly score: number;
  readonly episodes: readonly PlayedEpisode[];
}

/** How macros come to stay: the best of several each round, one after the other unless worse, at random, not at all. */
type Rule = "none" | "random" | "best of" | "not worse";

const train = (rule: Rule) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate, entropy }, budget, tasks, report } = cell;
  const options = { world: seed, everyStage: true, raws: 2, tools: 1, decoys: 1, odds: 0.8, horizon: 40 };
  const random = randomStream(kernels, seed, 0);
  const [worlds, held] = [EPISODES, tasks].map((count) => environmentsOf(craft, count, options));
  const features = { bits: 15, characters: false } as const;
  let steps = 0;
  let batch = 0;

  const learn = async (from: Agent, macros: Agent["macros"], until: number): Promise<Agent> => {
    const policy = createLinearPolicy(kernels, features, from.policy.snapshot({ resume: true }));
    const environments = worlds.map((world) => withMacros(world, macros));
    const episodes: PlayedEpisode[] = [];
    while (budget.spent < until) {
      const few = environments.slice(0, Math.ceil(Math.min(EPISODES, (until - budget.spent) / 40)));
      if (few.length * 40 > budget.left) budget.spend(budget.left);
      else {
        const played = playEpisodes(kernels, policy, {
          environments: few,
          tasks: few.map((_, i) => batch * EPISODES + i),
          seed,
          stream: batch * EPISODES,
          keepTurns: true,
        });
        batch++;
        const columns = stepColumns(played);
        budget.spend(columns.rewards.length);
        const credits = stepAdvantages(kernels, columns, { gamma: 0.95, lambda: 0.95, normalize: true });
        for (let epoch = 0; epoch < EPOCHS; epoch++) {
          reinforceSteps(kernels, policy, played, credits, { learningRate, entropy });
        }
        episodes.push(...played);
      }
    }
    steps += environments.reduce((sum, each) => sum + each.primitiveSteps, 0);
    const last = episodes.slice(-4 * EPISODES);
    return { policy, macros, score: successOf(last), episodes: last };
  };
  const propose = ({ episodes, macros }: Agent): Map<string, Macro> => {
    const actions = worlds[0].actions!();
    const solved = episodes.filter(({ success }) => success);
    const mined = rule === "random"
      ? new Map(Array.from({ length: MACROS }, () => {
        const parts = Array.from({ length: 2 + Math.floor(random() * 3) }, () =>
          actions[Math.floor(random() * actions.length)]);
        return [`macro ${parts.join(", ")}`, { sequence: parts }];
      }))
      : mineMacros(
        solved.map(({ decisions, turns }) => ({
          actions: decisions.map(({ text }) => text),
          shown: turns.slice(1).map((said) => said.map(({ text }) => text).join("\n")),
        })),
        { most: MACROS, known: macros },
      );
    const conditions = actions.map((action) => `1 ${action.split(" ")[1]}`);
    const noisy = [...mined].map(([name, macro]): [string, Macro] => {
      if (rule === "random" || random() >= NOISE) return [name, macro];
      const changed = mutateMacro(macro, { actions, conditions, random });
      return [`macro ${JSON.stringify(changed)}`, changed];
    });
    const used = [...macros].filter(([name]) =>
      episodes.some(({ decisions }) => decisions.some(({ text }) => text === name))
    );
    return new Map([...noisy, ...used].slice(0, MACROS + 4));
  };

  const { amount } = budget;
  let agent = await learn(
    { policy: createLinearPolicy(kernels, features), macros: new Map(), score: 0, episodes: [] },
    new Map(),
    amount * 0.2,
  );
  for (let round = 0; round < ROUNDS; round++) {
    const start = budget.spent;
    const share = (candidate: number): number => start + amount * 0.2 * (candidate + 1) / CANDIDATES;
    if (rule === "none") agent = await learn(agent, agent.macros, share(CANDIDATES - 1));
    else if (rule === "random") agent = await learn(agent, propose(agent), share(CANDIDATES - 1));
    else {
      let best: Agent = rule === "best of" ? { ...agent, score: -1 } : agent;
      for (let candidate = 0; candidate < CANDIDATES; candidate++) {
        const from = rule === "best of" ? agent : best;
        const next = await learn(from, propose(from), share(candidate));
        if (next.score >= best.score) best = next;
      }
      agent = best;
    }
    await report({ success: agent.score });
    if (Deno.env.get("V")) console.log(rule, round, agent.score.toFixed(2), [...agent.macros.keys()].join(" | "));
  }
  agent = await learn(agent, agent.macros, amount);
  const environments = held.map((world) => withMacros(world, agent.macros));
  return {
    success: measureSuccess(kernels, agent.policy, { environments, first: 2_000_000, seed, temperature: 1 }),
    "steps in training": steps,
    "steps an episode": environments.reduce((sum, each) => sum + each.primitiveSteps, 0) / tasks,
  };
};

export default defineRecipe({
  name: "learn_act",
  title: "LearnAct: learning actions",
  source: "Zhao et al. (2024), Empowering Large Language Model Agents through Action Learning, COLM, arXiv 2402.15809",
  setting: "x",
  unit: "decisions",
  metric: "success",
  arms: {
    primitives: { role: "baseline", meaning: "the world's own actions", run: train("none") },
    random: { role: "ablation", meaning: "macros at random", run: train("random") },
    learn_act: { role: "method", meaning: "best of 4 each round", run: train("best of") },
    optimizer: { role: "method", meaning: "AgentOptimizer's rule", run: train("not worse") },
  },
  claims: [
    { sentence: "x 0.2", method: "learn_act", against: "primitives", atLeast: 0.2 },
    { sentence: "x 0.15", method: "learn_act", against: "random", atLeast: 0.15 },
  ],
  profiles: {
    smoke: { seeds: 2, budget: 4000, tasks: 20 },
    claim: { seeds: 10, budget: 40_000, tasks: 200 },
    full: { seeds: 20, budget: 40_000, tasks: 200 },
  },
  tuning: { seeds: [901], settings: [{ learningRate: 0.3, entropy: 0.03 }] },
});
