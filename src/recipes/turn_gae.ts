/** Turn-level GAE: discount by decisions, not by words. @module */
import { type Environment, undo } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import { type Advantages, rankCorrelation, stepAdvantages, turnGae, whiten } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  environmentsOf,
  keyedEnvironment,
  type Measures,
  playEpisodes,
  reinforceSteps,
  spelled,
  stepColumns,
  successOf,
} from "../recipe/mod.ts";

const [EPISODES, EPOCHS] = [32, 2];
const LENGTHS = [1, 2, 3, 5, 6, 8];
const FILLERS = ["is", "the", "key", "that", "should", "be", "pressed"];
const TRACE = { gamma: 0.99, lambda: 0.9 };

/** @param level What discount and trace run over. @param wordy Whether phrases differ in length, or are one word each. */
const train = (level: "token" | "turn", wordy: boolean) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings: { learningRate, entropy }, budget, tasks, report } = cell;
  const options = { world: seed, sigils: 8, keys: 6, length: 3, horizon: 8, traps: 0, panelReward: 0, phrasings: 1 };
  const random = randomStream(kernels, seed, 0);
  const lengths = LENGTHS.map((length) => ({ length, order: random() })).sort((a, b) => a.order - b.order);
  const presses = undo.create(options).actions!().filter((action) => action !== "undo");
  const lengthOf = (action: string): number => wordy ? lengths[presses.indexOf(action)]?.length ?? 2 : 1;
  const phraseOf = (action: string): string[] => [action.split(" ").at(-1)!, ...FILLERS.slice(0, lengthOf(action) - 1)];
  const worlds = (count: number) =>
    environmentsOf(undo, count, options).map((world) => {
      const keyed = keyedEnvironment(world, (each: Environment) => each.gold!() ?? "none");
      return { keyed, world: spelled(keyed, phraseOf) };
    });
  const [practice, held] = [worlds(EPISODES), worlds(tasks)];
  using policy = createLinearPolicy(kernels, { bits: 14, bigrams: false, characters: false });
  const play = (pool: ReturnType<typeof worlds>, first: number, temperature: number) =>
    playEpisodes(kernels, policy, {
      environments: pool.map(({ world }) => world),
      tasks: pool.map((_, index) => first + index),
      seed,
      stream: first,
      temperature,
    });
  for (let first = 0; budget.left > 0; first += EPISODES) {
    const episodes = play(practice, first, 1);
    budget.spend(episodes.length);
    const columns = stepColumns(episodes);
    let turns = 0;
    const turnsPerEpisode = Uint32Array.from(practice, ({ world }) => world.said.length);
    const turnOf = Int32Array.from(practice.flatMap(({ world }) => {
      const own = world.turnOf.map((turn) => turns + turn);
      turns += world.said.length;
      return own;
    }));
    const raw: Advantages = level === "turn"
      ? turnGae(kernels, { ...columns, turnOf, turnsPerEpisode }, TRACE)
      : stepAdvantages(kernels, columns, TRACE);
    const credits = { ...raw, advantages: whiten(kernels, raw.advantages) };
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      reinforceSteps(kernels, policy, episodes, credits, { learningRate, entropy });
    }
    if (budget.spent % (8 * EPISODES) === 0) await report({ success: successOf(play(held, 1_000_000, 0)) });
  }
  const success = successOf(play(held, 2_000_000, 0));
  const pressed = held.flatMap(({ keyed, world }) =>
    keyed.keys.map((gold, turn) => ({ gold, right: Number(world.said[turn] === gold) }))
  ).filter(({ gold }) => presses.includes(gold));
  const shares = presses.map((press) => {
    const own = pressed.filter(({ gold }) => gold === press);
    return own.length ? own.reduce((sum, { right }) => sum + right, 0) / own.length : 0;
  });
  const correlation = rankCorrelation(shares, presses.map(lengthOf));
  return { success, "length correlation": Number.isFinite(correlation) ? correlation : 0 };
};

export default defineRecipe({
  name: "turn_gae",
  title: "Turn-level GAE",
  source: "Li et al. (2025), Turn-PPO: Turn-Level Advantage Estimation with PPO for Multi-Turn RL, arXiv 2512.17008",
  setting:
    "Panels whose wrong keys can be undone, rewarded only at the end; to press one of 6 keys takes 1 to 8 words, " +
    "each a decision of a linear policy. γ 0.99, λ 0.9 at both levels. Learning rate, entropy and the size of the world " +
    "were chosen on the tuning seeds.",
  unit: "episodes",
  metric: "success",
  arms: {
    token: arm("baseline", "discount and trace over words", train("token", true)),
    turn: arm("method", "discount and trace over turns, critic read at first words", train("turn", true)),
    brief: arm("ablation", "over words, where every action is one word", train("token", false)),
  },
  claims: [
    claim("Turns solve 0.05 more than words", "turn", "token", 0.05),
    claim(
      "Rank correlation of being right with the length of what is right: 0.2 nearer to none from below",
      "turn",
      "token",
      0.2,
      "length correlation",
    ),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 64, tasks: 10 },
    claim: { seeds: 8, budget: 1920, tasks: 100 },
    full: { seeds: 20, budget: 1920, tasks: 200 },
  },
  tuning: { seeds: [901, 902, 903], settings: [{ learningRate: 0.3, entropy: 0.05 }] },
});
