/** LearnAct: actions made of actions, mined from what was solved, kept when they help. @module */
import { craft, type Environment } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import {
  arm,
  type Cell,
  claim,
  defineRecipe,
  environmentsOf,
  type Macro,
  type MacroEnvironment,
  type Measures,
  proposeMacros,
  rightSteps,
  successOf,
  transcribe,
  type Transcript,
  withMacros,
} from "../recipe/mod.ts";

const [ROUNDS, CANDIDATES, MOST_MACROS, MOST_DECISIONS] = [3, 4, 8, 8];
/** How often the agent, whose weights are frozen, knows what to do; and how often a mined macro is changed. */
const [COMPETENCE, NOISE] = [0.75, 0.5];

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

type Macros = ReadonlyMap<string, Macro>;
/** How macros come to stay: the best of several a round, one after the other unless worse, by lot, not at all. */
type Rule = "none" | "random" | "best" | "not worse";
interface Trial {
  readonly macros: Macros;
  readonly score: number;
  readonly transcripts: readonly Transcript[];
}

const train = (rule: Rule) => async (cell: Cell): Promise<Measures> => {
  const { kernels, seed, budget, tasks, report } = cell;
  const random = randomStream(kernels, seed, 0);
  const [world] = environmentsOf(craft, 1, { world: seed, everyStage: true, raws: 2, tools: 1, decoys: 1, odds: 0.8 });
  const primitives = world.actions!();
  const conditions = primitives.map((action) => `1 ${action.split(" ")[1]}`);
  const change = { actions: primitives, conditions, random, most: MOST_MACROS, noise: NOISE };
  const one = <Thing>(things: readonly Thing[]): Thing => things[Math.floor(random() * things.length)];
  const act = (macros: Macros) => (environment: Environment): string => {
    const right = random() < COMPETENCE && world.gold!();
    if (!right) return one(environment.actions!());
    const { shown } = environment as MacroEnvironment;
    const ranked = [...macros].map(([name, macro]) => ({ name, steps: rightSteps(world, macro, shown) }));
    return ranked.reduce((best, next) => next.steps > best.steps ? next : best, { name: right, steps: 1 }).name;
  };
  const play = (macros: Macros, first: number, count: number) => {
    const environment = withMacros(world, macros, MOST_DECISIONS);
    const transcripts = Array.from(
      { length: count },
      (_, index) => transcribe(environment, { task: first + index }, act(macros)),
    );
    return { macros, transcripts, score: successOf(transcripts), steps: environment.primitiveSteps / count };
  };
  const count = budget.amount / (1 + ROUNDS * CANDIDATES);
  const attempt = (macros: Macros): Trial => {
    budget.spend(count);
    return play(macros, budget.spent, count);
  };
  const propose = ({ macros, transcripts }: Trial): Macros => {
    if (rule === "none") return macros;
    if (rule === "random") {
      return new Map(
        range(MOST_MACROS).map((name) => [`macro ${name}`, { sequence: range(4).map(() => one(primitives)) }]),
      );
    }
    return proposeMacros(transcripts, macros, change);
  };
  let kept = attempt(new Map());
  for (let round = 0; round < ROUNDS; round++) {
    const from = kept;
    for (let candidate = 0; candidate < CANDIDATES; candidate++) {
      const next = attempt(propose(rule === "not worse" ? kept : from));
      if (rule === "random" || next.score >= kept.score) kept = next;
    }
    await report({ success: kept.score });
  }
  const { score, steps } = play(kept.macros, 2_000_000, tasks);
  return { success: score, "steps an episode": steps, macros: kept.macros.size };
};

export default defineRecipe({
  name: "learn_act",
  title: "LearnAct: learning actions",
  source: "Zhao et al. (2024), Empowering Large Language Model Agents through Action Learning, COLM, arXiv 2402.15809",
  setting:
    "A tech tree of 8 stages, each asked for; at most 8 decisions an episode, in training and in the test. The agent " +
    "is frozen: a script that knows the next right step 3 times in 4, sees which macros are right from here, and does " +
    "anything listed otherwise. Macros are mined from what it solved; half of them are changed at one place. Horizon " +
    "and competence were chosen on the tuning seeds.",
  unit: "episodes",
  metric: "success",
  arms: {
    primitives: arm("baseline", "the world's own actions", train("none")),
    random: arm("ablation", "8 macros of 4 actions by lot", train("random")),
    learn_act: arm("method", "3 rounds, the best of 4 candidates each", train("best")),
    optimizer: arm(
      "ablation",
      "12 candidates, one after the other, each kept unless worse: AgentOptimizer's rule",
      train("not worse"),
    ),
  },
  claims: [
    claim("Learned actions solve 0.20 more than primitives", "learn_act", "primitives", 0.2),
    claim("and 0.15 more than macros by lot", "learn_act", "random", 0.15),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 26, tasks: 10 },
    claim: { seeds: 10, budget: 312, tasks: 200 },
    full: { seeds: 20, budget: 312, tasks: 400 },
  },
  tuning: { seeds: [901, 902, 903, 904, 905, 906], settings: [{}] },
});
