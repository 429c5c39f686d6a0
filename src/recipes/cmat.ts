/** CMAT: an assistant whose attempts a checker passes, or sends back. @module */
import type { Turn } from "../episode/mod.ts";
import { type Environment, tools } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import type { PlayedEpisode } from "../learning/mod.ts";
import {
  arm,
  type Cell,
  checkedAttempts,
  claim,
  defineRecipe,
  demonstrate,
  environmentsOf,
  imitate,
  keyedEnvironment,
  type Measures,
  openChecker,
  playEpisodes,
  prefaced,
  smallTransformer,
  successOf,
  type TeamAttempt,
  textsOf,
} from "../recipe/mod.ts";

const [BATCH, FRESH] = [16, 1_000_000];

const before = (told: string): Turn[] => told === "" ? [] : [{ role: "user", text: told }];

/** @param use What is learned from. @param noise Share of the checker's verdicts that are wrong. */
const train =
  (use: "raw" | "passed" | "corrected" | "retry", noise: number) => async (cell: Cell): Promise<Measures> => {
    const { kernels, seed, settings: { learningRate }, budget, tasks, report } = cell;
    const random = randomStream(kernels, seed, 0);
    const [desk, ...held] = environmentsOf(tools, tasks + 1, { world: seed, traps: 6 })
      .map((each) => keyedEnvironment(each, () => each.gold!() === undefined ? "lost" : ""));
    const check = openChecker({ noise, random });
    const say = (success: boolean, actions: readonly string[], keys: readonly string[]): string => {
      const { passes, blamed } = check({ success, actions, solvable: keys.map((key) => key === "") });
      return passes ? "right" : `not ${actions[blamed].split(" ")[0]}`;
    };
    const act = (each: Environment, told: string): string => {
      let call = each.expert!(random);
      for (let thought = 0; thought < 20 && told === `not ${call.split(" ")[0]}`; thought++) {
        call = each.expert!(random);
      }
      return call;
    };
    const [attempts, all]: [TeamAttempt[], number] = [[], Math.round(0.96 * budget.amount)];
    for (let task = 0; attempts.length < all; task++) {
      const left = Math.min(use === "raw" || use === "passed" ? 1 : 2, all - attempts.length);
      attempts.push(...await checkedAttempts(desk, task, { act, check: say, attempts: left }));
    }
    const kept = attempts.filter(({ verdict }) => use === "raw" || verdict === "right");
    const texts = [...attempts.map(({ told }) => told), ...textsOf(attempts.map(({ transcript }) => transcript))];
    using policy = smallTransformer(kernels, texts, { seed });
    const shown = kept.flatMap(({ transcript, told }) =>
      [...new Set(["", use === "retry" ? told : ""])].map((said) => demonstrate(policy, transcript, before(said)))
    );
    const solved = (split: "train" | "test"): number => {
      const fresh = held.map((_, index) => FRESH + index);
      const play = (environments: readonly Environment[]): PlayedEpisode[] =>
        playEpisodes(kernels, policy, { environments, tasks: fresh, split, seed, temperature: 0 });
      const first = play(held);
      if (use !== "retry") return successOf(first);
      const said = first.map(({ success, decisions }, i) =>
        say(success, decisions.map(({ text }) => text), held[i].keys)
      );
      const second = play(held.map((each, i) => prefaced(each, before(said[i]))));
      return successOf(first.map((episode, i) => said[i] === "right" ? episode : second[i]));
    };
    while (budget.left > 0) {
      const batch = Array.from({ length: BATCH }, () => shown[Math.floor(random() * shown.length)]);
      imitate(kernels, policy, batch, { learningRate, maxGradientNorm: 1 });
      budget.spend(1);
      if (budget.spent % 250 === 0) await report({ success: solved("train") });
    }
    const right = successOf(kept.map(({ transcript }) => transcript));
    return { success: solved("train"), "new goals": solved("test"), learned: kept.length, "of those right": right };
  };

export default defineRecipe({
  name: "cmat",
  title: "CMAT: collaborative multi-agent tuning",
  source: "Liang et al. (2024), CMAT: A Multi-Agent Collaboration Tuning Framework, arXiv 2404.01663",
  setting:
    "480 attempts at calls of an API by an assistant with six wrong habits; a checker reads the state at the end and " +
    "names the first call that cannot be mended, and one in ten of its verdicts is wrong. A transformer from nothing " +
    "learns what it keeps. The learning rate was tuned.",
  unit: "updates",
  metric: "success",
  arms: {
    raw: arm("baseline", "all attempts", train("raw", 0.1)),
    passed: arm("ablation", "attempts that the checker passes", train("passed", 0.1)),
    corrected: arm("method", "and second attempts, made as it said", train("corrected", 0.1)),
    blind: arm("ablation", "as corrected, by a checker that knows nothing", train("corrected", 0.5)),
    retry: arm("method", "as corrected, with a second attempt when tested", train("retry", 0.1)),
  },
  claims: [
    claim("Passed and corrected attempts are worth 0.10 more than all", "corrected", "raw", 0.1),
    claim("With a checker that knows nothing they are worth less than 0.10 more", "raw", "blind", -0.1),
    claim("What the checker knows is worth 0.10", "corrected", "blind", 0.1),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 20, tasks: 4 },
    claim: { seeds: 5, budget: 500, tasks: 100 },
    full: { seeds: 20, budget: 500, tasks: 200 },
  },
  tuning: { seeds: [901, 902], settings: [{ learningRate: 0.002 }, { learningRate: 0.005 }] },
});
