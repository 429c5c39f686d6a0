/** Agent-Pro: rules in words, changed after lost hands and kept when they pay. @module */
import { depthFirst, type Rules, rulesFrom } from "../agent/mod.ts";
import { cards } from "../environment/mod.ts";
import { randomStream } from "../kernels/mod.ts";
import { arm, type Cell, claim, defineRecipe, type Measures } from "../recipe/mod.ts";

const ACTIONS = ["hit", "stand", "double"];
const RULE = /^(hit|stand|double) on (hard|soft) (\d+) to (\d+) against (\d+) to (\d+)$/;
const FIRST = ["hit on hard 4 to 16", "stand on hard 17 to 21", "hit on soft 12 to 16", "stand on soft 17 to 21"]
  .reduce((rules, text) => rules.add(`${text} against 2 to 11`), rulesFrom());
type Seen = readonly [kind: string, total: number, dealer: number, action: string];

/** Reads rules as a linear scorer: each that fits votes for its action with one over the number of hands that it fits. */
function readRules(rules: Rules): (shown: string) => Seen {
  const votes = new Map<string, number[]>();
  for (const { text } of rules.list) {
    const [, action, kind, ...ranges] = text.match(RULE)!;
    const [low, high, weak, strong] = ranges.map(Number);
    for (let total = low; total <= high; total++) {
      for (let dealer = weak; dealer <= strong; dealer++) {
        const key = `${kind} ${total} ${dealer}`;
        if (!votes.has(key)) votes.set(key, [0, 0, 0]);
        votes.get(key)![ACTIONS.indexOf(action)] += 1 / ((high - low + 1) * (strong - weak + 1));
      }
    }
  }
  return (shown) => {
    const [, kind, total, dealer] = shown.match(/(hard|soft) (\d+)\. the dealer shows \w+, (\d+)/)!;
    const scores = votes.get(`${kind} ${total} ${dealer}`) ?? [0, 0, 0];
    return [kind, Number(total), Number(dealer), ACTIONS[scores.indexOf(Math.max(...scores))]];
  };
}

const deal = (hands: number, first: number, knobs: { readonly world: number; readonly dealer: number }) => {
  const environment = cards.create(knobs);
  return Array.from({ length: hands }, (_, deck) => {
    const { turns } = environment.reset(first + deck, "train");
    return { environment, text: turns[0].text, snapshot: environment.snapshot!() };
  });
};

/** @returns What rules win in the mean, and the decisions of the hands that they lose. */
function play(rules: Rules, hands: ReturnType<typeof deal>): { readonly won: number; readonly lost: readonly Seen[] } {
  const read = readRules(rules);
  const lost: Seen[] = [];
  let won = 0;
  for (const { environment, text, snapshot } of hands) {
    environment.restore!(snapshot);
    const seen: Seen[] = [];
    for (let [shown, ended] = [text, false]; !ended;) {
      seen.push(read(shown));
      const action = seen[seen.length - 1][3];
      const next = environment.step(environment.actions!().includes(action) ? action : "hit");
      [shown, ended, won] = [next.turns[0].text, next.terminated, won + next.reward];
      if (next.reward < 0) lost.push(...seen);
    }
  }
  return { won: won / hands.length, lost };
}

/** Another action where a hand was lost, and around there; now and then a rule is dropped instead. */
function reflect(rules: Rules, lost: readonly Seen[], random: () => number): Rules {
  const below = (count: number): number => Math.floor(random() * count);
  if (rules.list.length > FIRST.list.length && random() < 0.2) {
    return rules.drop(rules.list[FIRST.list.length + below(rules.list.length - FIRST.list.length)].id);
  }
  const [kind, total, dealer, taken] = lost[below(lost.length)];
  const action = ACTIONS.filter((each) => each !== taken)[below(2)];
  const [low, high] = [Math.max(4, total - below(3)), Math.min(21, total + below(3))];
  const [weak, strong] = [Math.max(2, dealer - below(6)), Math.min(11, dealer + below(6))];
  return rules.add(`${action} on ${kind} ${low} to ${high} against ${weak} to ${strong}`);
}

/** @param margin What a change must win more, on the same decks; without it nothing is changed. */
const train = (margin?: number) => async (cell: Cell): Promise<Measures> => {
  const { seed, settings: { hands }, budget, tasks, report } = cell;
  const random = randomStream(cell.kernels, seed, 0);
  const table = deal(hands, 0, { world: seed, dealer: 17 });
  let best: { readonly rules: Rules; lost: readonly Seen[] } = { rules: FIRST, lost: [] };
  if (margin === undefined) budget.spend(budget.amount);
  while (budget.left >= 2 * hands) {
    const found = depthFirst(best, {
      propose: ({ rules, lost }) => ({ rules: reflect(rules, lost, random), lost: [] as readonly Seen[] }),
      evaluate: (candidate) => {
        const played = play(candidate.rules, table);
        candidate.lost = played.lost;
        budget.spend(hands);
        return played.won;
      },
      ...{ margin, attempts: 50 },
      evaluations: Math.min(50, Math.floor(budget.left / hands) - 1),
    });
    best = found.best;
    await report({ "on its own decks": found.value, rules: best.rules.list.length });
  }
  const payoff = (dealer: number): number => play(best.rules, deal(tasks, 1e9, { world: seed, dealer })).won;
  return { payoff: payoff(17), "dealer on 16": payoff(16), "dealer on 18": payoff(18), rules: best.rules.list.length };
};

export default defineRecipe({
  name: "agent_pro",
  title: "Agent-Pro: reflection at the level of the policy",
  source: "Zhang et al. (2024), Agent-Pro: Learning to Evolve via Policy-Level Reflection and Optimization, ACL, " +
    "arXiv 2402.17574",
  setting: "Blackjack without splits, by rules in words that start as the dealer plays; lost hands propose changes. " +
    "Payoff a hand on fresh decks, the same for all arms, and against dealers never met.",
  unit: "episodes",
  metric: "payoff",
  arms: {
    first: arm("baseline", "the first rules, never changed", train()),
    always: arm("ablation", "every change is accepted", train(-Infinity)),
    dfs: arm("method", "depth first, changes that win more on the same decks", train(0)),
  },
  claims: [
    claim("It wins 0.03 more a hand than the first rules", "dfs", "first", 0.03),
    claim("It wins 0.02 more than accepting every change", "dfs", "always", 0.02),
  ],
  profiles: {
    smoke: { seeds: 2, budget: 20_000, tasks: 500 },
    claim: { seeds: 6, budget: 2_000_000, tasks: 40_000 },
    full: { seeds: 20, budget: 2_000_000, tasks: 40_000 },
  },
  tuning: { seeds: [901], settings: [{ hands: 5000 }, { hands: 10_000 }] },
});
