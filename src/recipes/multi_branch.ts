/** Multi-branch reasoning: a judge looks at each step, and the agent goes back to try another. @module */
import { branch, openSearchWorld, searchPolicy, tryAgain } from "../agent/mod.ts";
import type { Moment, SearchPolicy, SearchWorld } from "../agent/mod.ts";
import { mix } from "../dataset/mod.ts";
import { type Environment, lock, undo } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import type { Cell, Measures } from "../recipe/mod.ts";
import {
  arm,
  claim,
  defineRecipe,
  demonstrate,
  environmentsOf,
  imitate,
  measureSuccess,
  transcribe,
} from "../recipe/mod.ts";

const EPISODES = 40;
const BATCH = 8;
/** Steps of the world that every arm may take for a task. */
const STEPS = 40;

type Panels = { readonly solved: number; readonly light: boolean } | undefined;

/** A step that opens a panel, or puts the light out, went well. */
const wentWell = (before: Moment, after: Moment): boolean => {
  const [was, is] = [before.snapshot as Panels, after.snapshot as Panels];
  return after.success || (is !== undefined && (is.solved > was!.solved || (was!.light && !is.light)));
};

/** Share of steps that press a key while the light is on, or undo while it is off. */
const uselessOf = ({ steps }: Moment): number => {
  const lit = steps.map(({ turns }) => turns.some(({ text }) => text.includes("light on")));
  return steps.filter(({ action }, step) => lit[step] !== (action === "undo")).length / steps.length;
};

type Solve = (world: SearchWorld, policy: SearchPolicy, start: Moment, random: () => number) => Moment;

/** @param accuracy How often the judge is right. */
const branching = (branches: number, accuracy = 1): Solve => (world, policy, start, random) =>
  branch(world, policy, start, {
    branches,
    judge: (before, after) => wentWell(before, after) === random() < accuracy,
    environmentSteps: STEPS,
  }).end;

const again = (accuracy: number): Solve => (world, policy, start, random) =>
  tryAgain(world, policy, start, {
    accept: ({ success }) => success === random() < accuracy,
    environmentSteps: STEPS - undo.horizon, // the last attempt may take as many
  }).end;

/** @param solve How a task is solved. @param tuned Whether agent data is among what is learned. */
const train = (solve: Solve, tuned = true) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate, share }, budget, tasks, report } = cell;
  const random = randomStream(kernels, seed, 0);
  const record = (environment: Environment, act: (each: Environment) => string) =>
    Array.from({ length: EPISODES }, (_, task) => transcribe(environment, { task }, act));
  using policy = createLinearPolicy(kernels, { bits: 14, bigrams: false, characters: false });
  const environment = undo.create({ world: seed, traps: 6 });
  const agent = record(environment, (each) => each.expert!(random));
  const others = environmentsOf(lock, tasks, { world: seed + 10_000 });
  const other = record(others[0], (each) => each.gold!()!);
  const { items } = mix({
    agent: { items: agent, weight: tuned ? share : 0 },
    general: { items: other, weight: 1 - share },
  }, { budget: budget.amount * BATCH, random });
  const world = openSearchWorld(environment);
  const measure = (): Measures => {
    const [before, judge] = [world.environmentSteps, randomStream(kernels, seed, 1)];
    using search = searchPolicy(policy, { seed });
    const ends = Array.from({ length: tasks }, (_, task) => solve(world, search, world.start(1_000_000 + task), judge));
    const [solved, steps] = [ends.filter(({ success }) => success).length, world.environmentSteps - before];
    const useless = ends.reduce((sum, end) => sum + uselessOf(end), 0) / tasks;
    return {
      success: solved / tasks,
      useless,
      steps: steps / tasks,
      "steps for a success": steps / Math.max(1, solved),
    };
  };
  const untuned = measure().useless;
  while (budget.left > 0) {
    const batch = items.slice(budget.spent * BATCH, (budget.spent + 1) * BATCH);
    imitate(kernels, policy, batch.map((each) => demonstrate(policy, each)), { learningRate });
    budget.spend(1);
    if (budget.spent % 30 === 0) await report(measure());
  }
  const measures = measure();
  const general = measureSuccess(kernels, policy, { environments: others, first: 1_000_000, seed });
  return { ...measures, "useless, of before": measures.useless / untuned, "in the other world": general };
};

export default defineRecipe({
  name: "multi_branch",
  title: "Low-parameter tuning and multi-branch reasoning",
  source: "Zhou et al. (2024), Enhancing the General Agent Capabilities of Low-Parameter LLMs through Tuning and " +
    "Multi-Branch Reasoning, NAACL, arXiv 2403.19962",
  setting:
    "Panels whose wrong keys can be undone; a linear policy has learned from an expert who errs on 6 of 16 sigils, " +
    "and from sound play in another world. At most 40 steps of the world for a task, those taken back counted.",
  unit: "updates",
  metric: "success",
  arms: {
    single: arm("baseline", "the likeliest step, never taken back", train(branching(1))),
    again: arm("baseline", "whole attempts until a judge of 0.8 is content", train(again(0.8))),
    untuned: arm("baseline", "as single, without agent data", train(branching(1), false)),
    branch: arm("method", "three branches, a judge who is right 0.8 of the time", train(branching(3, 0.8))),
    oracle: arm("method", "three branches, a judge who is always right", train(branching(3))),
    coin: arm("ablation", "three branches, a judge by lot", train(branching(3, 0.5))),
  },
  claims: [
    claim("Three branches solve 0.15 more than one", "branch", "single", 0.15),
    claim("A judge by lot is worth less than 0.15", "single", "coin", -0.15),
    {
      sentence: "Agent data leaves at most 0.5 of the useless steps",
      ...{ method: "untuned", against: "single", atLeast: 0.5, measure: "useless, of before" },
    },
    claim("Branches solve 0.15 more than trying again", "branch", "again", 0.15),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 10, tasks: 10 },
    claim: { seeds: 8, budget: 60, tasks: 150 },
    full: { seeds: 20, budget: 60, tasks: 400 },
  },
  tuning: { seeds: [901, 902], settings: [1, 3].map((learningRate) => ({ learningRate, share: 0.7 })) },
});
