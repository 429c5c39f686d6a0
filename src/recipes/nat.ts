/** NAT: learning from failed episodes by saying that they failed. @module */
import { lock } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { createLinearPolicy } from "../policy/mod.ts";
import {
  arm,
  type Cell,
  claim,
  collectTranscripts,
  defineRecipe,
  demonstrate,
  environmentsOf,
  imitate,
  type Measures,
  measureSuccess,
  retold,
  reworded,
  type Transcript,
} from "../recipe/mod.ts";

const BATCH = 64;
const [RIGHT, WRONG] = ["solve it correctly.", "solve it, but incorrectly."];

/**
 * @param say What stands before each step of an episode, or undefined to leave the episode out.
 * @param ask What stands before each step of a test.
 */
const train =
  (say: (episode: Transcript) => string | undefined, ask: string, solved = 10) =>
  async ({ kernels, seed, settings, budget, tasks, report }: Cell): Promise<Measures> => {
    const world = { world: seed, sigils: 40, keys: 5, length: 5, traps: 10, noise: 0.125, phrasings: 1 };
    const doubts = randomStream(kernels, seed, 0);
    const episodes = collectTranscripts(lock.create(world), (each) => each.expert!(doubts), { failed: 100, solved });
    using policy = createLinearPolicy(kernels, { bits: 16, bigrams: false, characters: false, hidden: 128 });
    const steps = episodes.flatMap((episode) => {
      const said = say(episode);
      if (said === undefined) return [];
      return demonstrate(policy, retold(episode, (text) => `${said} ${signOf(text)}`)).decisions.map((step) => [step]);
    });
    const environments = environmentsOf(lock, tasks, world).map((each) =>
      reworded(each, (text) => `${ask} ${signOf(text)}`)
    );
    const measure = (first: number): Measures => ({
      success: measureSuccess(kernels, policy, { environments, first, seed }),
    });
    const random = randomStream(kernels, seed, 1);
    while (budget.left > 0) {
      const batch = Array.from({ length: BATCH }, () => ({ decisions: steps[Math.floor(random() * steps.length)] }));
      imitate(kernels, policy, batch, settings as { learningRate: number });
      budget.spend(1);
      if (budget.spent % 300 === 0) await report(measure(1_000_000));
    }
    return measure(2_000_000);
  };

/** What matters of a panel: the more a text says beside, the longer a hidden layer takes to tell what matters. */
const signOf = (text: string): string => /sigil \w+/.exec(text)?.[0] ?? "";
const solvedAlone = ({ success }: Transcript): string | undefined => success ? "" : undefined;
const marked = ({ success }: Transcript): string => success ? RIGHT : WRONG;
const meaningless = ({ success }: Transcript): string => success ? "laptop" : "screen";
const coin = (episode: Transcript): string => episode.task % 2 ? RIGHT : WRONG;

export default defineRecipe({
  name: "nat",
  title: "NAT: negative-aware training",
  source: "Wang et al. (2024), Learning From Failure, arXiv 2402.11651",
  setting: "A row of 5 locks, 40 signs; 10 solved and 100 failed episodes of an expert that is wrong on 10 signs. A " +
    "policy of 128 hidden units on words, from nothing, is shown the sign alone: the panel's whole text needs more updates.",
  unit: "updates",
  metric: "success",
  arms: {
    positives: arm("baseline", "the solved episodes alone", train(solvedAlone, "")),
    mix: arm("baseline", "all episodes, nothing said of them", train(() => "", "")),
    nat: arm("method", "all episodes, each step after a sentence that says whether it succeeds", train(marked, RIGHT)),
    meaningless: arm("ablation", "as nat, with two words that mean nothing", train(meaningless, "laptop")),
    many: arm("baseline", "40 solved episodes alone", train(solvedAlone, "", 40)),
    many_nat: arm("method", "as nat, with 40 solved episodes", train(marked, RIGHT, 40)),
    shuffled: arm("ablation", "as nat, with the sentence drawn by lot", train(coin, RIGHT)),
  },
  claims: [
    claim("NAT solves 0.08 more than the solved episodes alone", "nat", "positives", 0.08),
    claim("NAT solves 0.08 more than all episodes unmarked", "nat", "mix", 0.08),
    claim("NAT solves 0.08 more than with sentences by lot", "nat", "shuffled", 0.08),
    claim("With 40 solved episodes NAT adds nothing: they alone solve 0.00 less", "many", "many_nat", 0),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 10, tasks: 20 },
    claim: { seeds: 12, budget: 600, tasks: 400 },
    full: { seeds: 20, budget: 1500, tasks: 500 },
  },
  tuning: { seeds: [901, 902], settings: [{ learningRate: 0.03 }, { learningRate: 0.1 }] },
});
