/** NAT: learning from failed episodes by saying that they failed. @module */
import type { Turn } from "../episode/mod.ts";
import { lock } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import {
  type Cell,
  collectTranscripts,
  defineRecipe,
  demonstrate,
  environmentsOf,
  imitate,
  type Measures,
  measureSuccess,
  prefaced,
  smallTransformer,
  type Transcript,
} from "../recipe/mod.ts";

const RIGHT = "solve it correctly.";
const WRONG = "solve it, but incorrectly.";

/** @param say What stands before an episode, or undefined to leave it out. @param ask What stands before a test. */
const train =
  (say: (episode: Transcript) => string | undefined, ask: string) =>
  async ({ kernels, seed, settings, budget, tasks, report }: Cell): Promise<Measures> => {
    const options = { world: seed, sigils: 40, keys: 5, length: 5, traps: 10, noise: 0.125, phrasings: 1 };
    const doubts = randomStream(kernels, seed, 0);
    const episodes = collectTranscripts(lock.create(options), (each) => each.expert!(doubts), {
      failed: 100,
      solved: 10,
    });
    const texts = [RIGHT, WRONG, ...episodes.flatMap(({ steps }) => steps.flatMap(({ turns }) => turns[0].text))];
    using policy = smallTransformer(kernels, texts, { seed });
    const learned = episodes.filter((episode) => say(episode) !== undefined)
      .map((episode) => demonstrate(policy, episode, before(say(episode)!)));
    const environments = environmentsOf(lock, tasks, options).map((each) => prefaced(each, before(ask)));
    const measure = (first: number): Measures => ({
      success: measureSuccess(kernels, policy, { environments, first, seed }),
    });
    const random = randomStream(kernels, seed, 1);
    while (budget.left > 0) {
      const batch = Array.from({ length: 8 }, () => learned[Math.floor(random() * learned.length)]);
      imitate(kernels, policy, batch, { learningRate: settings.learningRate, maxGradientNorm: 1 });
      budget.spend(1);
      if (budget.spent % 200 === 0) await report(measure(1_000_000));
    }
    return measure(2_000_000);
  };

const before = (text: string): Turn[] => text === "" ? [] : [{ role: "system", text }];
const coin = (episode: Transcript): string => episode.task % 2 ? RIGHT : WRONG;

export default defineRecipe({
  name: "nat",
  title: "NAT: negative-aware training",
  source: "Wang et al. (2024), Learning From Failure, arXiv 2402.11651",
  setting: "A row of 5 locks, 40 signs; 10 solved and 100 failed episodes of an expert that is wrong on 10 signs; a " +
    "transformer from nothing.",
  unit: "updates",
  metric: "success",
  arms: {
    positives: {
      role: "baseline",
      meaning: "the solved episodes alone",
      run: train(({ success }) => success ? "" : undefined, ""),
    },
    mix: { role: "baseline", meaning: "all episodes, nothing said of them", run: train(() => "", "") },
    nat: {
      role: "method",
      meaning: "all episodes, each after a sentence that says whether it succeeds",
      run: train(({ success }) => success ? RIGHT : WRONG, RIGHT),
    },
    shuffled: { role: "ablation", meaning: "as nat, with the sentence drawn by lot", run: train(coin, RIGHT) },
  },
  claims: [
    {
      sentence: "NAT solves 0.08 more than the solved episodes alone",
      method: "nat",
      against: "positives",
      atLeast: 0.08,
    },
    { sentence: "NAT solves 0.08 more than all episodes unmarked", method: "nat", against: "mix", atLeast: 0.08 },
    { sentence: "NAT solves 0.08 more than with sentences by lot", method: "nat", against: "shuffled", atLeast: 0.08 },
  ],
  profiles: {
    smoke: { seeds: 2, budget: 10, tasks: 20 },
    claim: { seeds: 8, budget: 1000, tasks: 300 },
    full: { seeds: 20, budget: 3000, tasks: 500 },
  },
  tuning: { seeds: [901], settings: [{ learningRate: 0.003 }, { learningRate: 0.01 }] },
});
