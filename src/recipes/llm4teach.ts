/** LLM4Teach: kick-started by a teacher that errs, then left alone. @module */
import { lock } from "../environment/mod.ts";
import { createLinearPolicy, type ScoredQuestion } from "../policy/mod.ts";
import { distillation, stepAdvantages } from "../rl/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  environmentsOf,
  keyedEnvironment,
  type Measures,
  measureSuccess,
  playEpisodes,
  reinforceSteps,
  stepColumns,
} from "../recipe/mod.ts";

const [EPISODES, EPOCHS, KEYS] = [128, 4, 6];

/** The teacher is this sure of what it says, right or wrong, and holds the other keys to be equally likely. */
const SURE = 0.7;

/** @param pull Weight of the teacher from what share of the updates is done. @param rewarded Whether PPO learns, too. */
const train = (pull: (share: number) => number, rewarded = true) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, settings, budget, tasks, report } = cell;
  const world = { world: seed, sigils: 40, keys: KEYS, length: 6, traps: 6, noise: 0, panelReward: 0, phrasings: 1 };
  const environments = environmentsOf(lock, EPISODES, world)
    .map((each) => keyedEnvironment(each, (lock) => lock.expert!(() => 0.999))); // its usual answer: a trap's wrong key
  const candidates = environments[0].actions!();
  const held = environmentsOf(lock, tasks, world);
  using policy = createLinearPolicy(kernels, { bits: 13, bigrams: false, characters: false });
  const measure = (first: number): Measures => ({
    success: measureSuccess(kernels, policy, { environments: held, first, seed }),
  });
  const follow = (questions: readonly ScoredQuestion[], answers: readonly string[], weight: number): void => {
    const logits = policy.scores(questions);
    const teacher = answers.flatMap((answer) =>
      candidates.map((each) => Math.log(each === answer ? SURE : (1 - SURE) / (KEYS - 1)))
    );
    const columns = { logits, teacherLogits: Float32Array.from(teacher), tokens: questions.length };
    policy.backwardScores(distillation(kernels, columns, { beta: 0 }).dLogits.map((gradient) => weight * gradient));
  };
  for (let update = 0; budget.left > 0; update++) {
    const drawn = environments.map((_, index) => update * EPISODES + index);
    const play = { environments, tasks: drawn, seed, stream: update * EPISODES, keepTurns: true };
    const episodes = playEpisodes(kernels, policy, play);
    const weight = pull(update * EPISODES / budget.amount);
    budget.spend(EPISODES);
    const questions = episodes.flatMap(({ decisions, turns }) =>
      decisions.map((_, step) => ({ text: turns[step][0].text, candidates }))
    );
    const credits = stepAdvantages(kernels, stepColumns(episodes), { gamma: 0.95, lambda: 0.95, normalize: true });
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      if (weight > 0) follow(questions, environments.flatMap(({ keys }) => keys), weight);
      const { learningRate } = settings;
      if (rewarded) reinforceSteps(kernels, policy, episodes, credits, { learningRate, entropy: 0.01 });
      else policy.update({ learningRate });
    }
    if (update % 10 === 0) await report(measure(1_000_000));
  }
  return measure(2_000_000);
};

export default defineRecipe({
  name: "llm4teach",
  title: "LLM4Teach: a teacher to start with",
  source: "Zhou et al. (2023), Large Language Model as a Policy Teacher for Training Reinforcement Learning Agents, " +
    "arXiv 2311.13373",
  setting:
    "6 locks in a row, 6 keys, rewarded only at the end; a teacher that gives the wrong key 0.7 of its belief on " +
    "6 of 40 signs, and the right one on the others; a linear policy. The rate is tuned for each arm.",
  unit: "episodes",
  metric: "success",
  arms: {
    ppo: arm("baseline", "PPO alone", train(() => 0)),
    distil: arm("baseline", "the teacher alone, where the student goes", train(() => 1, false)),
    constant: arm("ablation", "PPO, with the teacher at weight 1", train(() => 1)),
    annealed: arm(
      "method",
      "PPO, with the teacher from weight 3 to none half-way",
      train((share) => 3 * Math.max(0, 1 - 2 * share)),
    ),
  },
  claims: [
    claim("The student passes its teacher: 0.4 more than by distillation", "annealed", "distil", 0.4),
    claim("It is worth 0.9 over PPO alone", "annealed", "ppo", 0.9),
    claim("A teacher that stays costs 0.4 of it", "annealed", "constant", 0.4),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 256, tasks: 20 },
    claim: { seeds: 8, budget: 80 * EPISODES, tasks: 300 },
    full: { seeds: 20, budget: 80 * EPISODES, tasks: 500 },
  },
  tuning: { seeds: [901, 902], settings: [{ learningRate: 1 }, { learningRate: 3 }] },
});
