/** AgentOptimizer: functions are what is trained of an agent whose weights are frozen. @module */
import { askForFunction, createFunctionOptimizer, createFunctionStore, type TriedTask } from "../agent/mod.ts";
import { type Split, sums } from "../environment/mod.ts";
import { createScriptedChat } from "../policy/mod.ts";
import { type Cell, defineRecipe, type Measures, playWithFunctions, sumsRoles } from "../recipe/mod.ts";

/** Tasks of an epoch, the same ones in each; longest a function may run: a busy machine must not change results. */
const [TASKS, DEADLINE] = [40, 30_000];

/** @param learns Whether functions are written. @param rollBack Whether worse ones are taken back. */
const train = (learns: boolean, rollBack: boolean) => async (cell: Cell): Promise<Measures> => {
  const { seed, settings, budget, tasks, report } = cell;
  const scripted = createScriptedChat({ seed, roles: sumsRoles({ writing: settings.writing }) });
  const store = createFunctionStore({ sandbox: await cell.sandbox(), deadline: DEADLINE });
  const propose = askForFunction((prompt) => scripted.chat({ model: "writer", ...prompt }));
  const optimizer = createFunctionOptimizer({ store, propose, rollBack });
  const environment = sums.create({ world: seed });
  const solve = async (split: Split, count: number, note: string): Promise<TriedTask[]> => {
    const tried: TriedTask[] = [];
    for (let task = 0; task < count; task++) {
      const start = environment.reset(task, split);
      tried.push(await playWithFunctions({ environment, start, store, chat: scripted.chat, model: "solver", note }));
    }
    return tried;
  };
  const share = (tried: readonly TriedTask[]): number => tried.filter(({ success }) => success).length / tried.length;
  let [best, falls, used] = [0, 0, 0];
  while (budget.left > 0) {
    const tried = await solve("train", Math.min(TASKS, budget.left), `(try ${budget.spent})`);
    budget.spend(tried.length);
    used = store.usage().filter(({ episodes }) => episodes > 0).length;
    const before = best;
    best = learns ? (await optimizer.round(tried)).best : share(tried);
    falls += Number(learns && best < before);
    await report({ success: share(tried), best });
  }
  if (learns) store.rollBack(optimizer.best());
  const success = share(await solve("test", tasks, "(at the end)"));
  return { success, optimism: best - success, falls: -falls, functions: store.functions.length, used };
};

export default defineRecipe({
  name: "agent_optimizer",
  title: "AgentOptimizer: functions as learnable weights",
  source: "Zhang et al. (2024), Offline Training of Language Model Agents with Functions as Learnable Weights, ICML, " +
    "arXiv 2402.11359",
  setting:
    "Word problems of eight kinds, 40 an epoch, three changes after each. Stand-ins solve them (0.35 alone, 0.90 " +
    "with a right function, 0.15 with a wrong one) and write functions, right with probability 0.35, which really run. " +
    "Nothing was tuned.",
  unit: "episodes",
  metric: "success",
  arms: {
    untrained: { role: "baseline", meaning: "no functions", run: train(false, false) },
    optimized: { role: "method", meaning: "functions are written, worse ones taken back", run: train(true, true) },
    forward: { role: "ablation", meaning: "functions are written, none is taken back", run: train(true, false) },
  },
  claims: [
    {
      sentence: "Functions solve 0.20 more held-out problems",
      method: "optimized",
      against: "untrained",
      atLeast: 0.2,
    },
    { sentence: "Taking back is worth 0.02 of it", method: "optimized", against: "forward", atLeast: 0.02 },
    {
      sentence: "What is kept does worse than what was kept before 0 times, as where nothing changes",
      method: "optimized",
      against: "untrained",
      atLeast: 0,
      measure: "falls",
    },
  ],
  profiles: {
    smoke: { seeds: 2, budget: 80, tasks: 20 },
    claim: { seeds: 40, budget: 320, tasks: 200 },
    full: { seeds: 80, budget: 320, tasks: 400 },
  },
  tuning: { seeds: [901, 902, 903, 904], settings: [{ writing: 0.35 }] },
});
