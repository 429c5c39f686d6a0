import fc from "fast-check";
import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  certify,
  dedupe,
  episodePairs,
  filter,
  maskWhere,
  prefixTree,
  relabelHindsight,
  splice,
  tagPrefix,
  treePairs,
} from "../../src/dataset/mod.ts";
import { undo } from "../../src/environment/mod.ts";
import type { Transcript, TranscriptStep } from "../../src/episode/mod.ts";
import { told, transcripts } from "./_transcripts.ts";

const masks = ({ steps }: Transcript): boolean[] => steps.map(({ masked }) => masked ?? false);
const actions = ({ steps }: Transcript): string => steps.map(({ action }) => action).join(" ");

describe("filter() and dedupe()", () => {
  it("keep the best share, in order, none worse than one that is left out", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 })), fc.integer({ min: 1, max: 10 }), (list, tenths) => {
        const items = list.map((score, index) => ({ score, index }));
        const kept = filter(items, { top: { share: tenths / 10, by: ({ score }) => score } });
        equal(kept.length, Math.ceil(list.length * tenths / 10 - 1e-9));
        deepEqual(kept.map(({ index }) => index), kept.map(({ index }) => index).sort((a, b) => a - b));
        const lowest = Math.min(...kept.map(({ score }) => score));
        for (const { score, index } of items) {
          if (!kept.some((each) => each.index === index)) ok(score <= lowest);
        }
      }),
    );
  });

  it("take the earlier of equals, count 0.1 of 30 as 3, and refuse what is no score", () => {
    deepEqual(filter([1, 2, 2, 1], { top: { share: 0.25, by: (item) => item } }), [2]);
    equal(filter([...Array(30).keys()], { top: { share: 0.1, by: (item) => item } }).length, 3);
    deepEqual(filter([3, 4, 5], { where: (item) => item % 2 === 1 }), [3, 5]);
    throws(() => filter([1], { top: { share: 0, by: () => 1 } }), RangeError);
    throws(() => filter([1], { top: { share: 1, by: () => NaN } }), /item 0 is NaN/);
    deepEqual(dedupe(["b1", "a1", "b2"], (item) => item[0]), ["b1", "a1"]);
  });
});

describe("tagPrefix() and maskWhere()", () => {
  it("change what they are about and nothing else", () => {
    fc.assert(fc.property(transcripts, (episodes) => {
      const tagged = tagPrefix(episodes, ({ success }) => success ? "good" : undefined, "system");
      tagged.forEach((episode, index) => {
        const before = episodes[index];
        equal(actions(episode), actions(before));
        const added = before.success && before.steps.length > 0 ? [{ role: "system", text: "good" }] : [];
        deepEqual(episode.steps[0]?.turns ?? [], [...added, ...(before.steps[0]?.turns ?? [])]);
        deepEqual(episode.steps.slice(1), before.steps.slice(1));
      });
      const masked = maskWhere(maskWhere(episodes, ({ action }) => action === "a"), (_, step) => step === 1);
      masked.forEach((episode, index) => {
        deepEqual(masks(episode), episodes[index].steps.map(({ action }, step) => action === "a" || step === 1));
      });
    }));
  });
});

describe("certify()", () => {
  it("keeps the steps that enough successes came after, by hand", () => {
    const expert = told(1, 0, "a", "b", "c", "d");
    deepEqual(masks(certify(expert, { successes: [4, 3, 1] })), [false, false, false, true]);
    deepEqual(masks(certify(expert, { successes: [4] })), [true, true, true, true]); // one may be luck
    deepEqual(masks(certify(expert, { successes: [4], least: 1 })), [false, false, false, false]);
    throws(() => certify(expert, { successes: [5] }), /from step 5: the episode has 4/);
    throws(() => certify(expert, { successes: [], least: 0 }), RangeError);
  });

  it("certifies a step just where at least so many started after it", () => {
    fc.assert(fc.property(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 3 }), (successes, least) => {
      const { steps } = certify(told(1, 0, "a", "b", "c", "d", "e"), { successes, least });
      steps.forEach(({ masked }, step) => equal(!masked, successes.filter((from) => from >= step + 1).length >= least));
    }));
  });
});

/** An episode of the world `undo`, with a name of the state before each step. */
function play(choose: (gold: string, step: number) => string): { transcript: Transcript; states: string[] } {
  const environment = undo.create({ traps: 0, length: 3, horizon: 8 });
  let { turns } = environment.reset(1, "train");
  const [steps, states]: [TranscriptStep[], string[]] = [[], []];
  for (let step = 0;; step++) {
    const { solved, light } = environment.snapshot!() as { solved: number; light: boolean };
    states.push(`${solved} ${light}`);
    const action = choose(environment.gold!()!, step);
    steps.push({ turns, action });
    const outcome = environment.step(action);
    turns = outcome.turns;
    if (!outcome.terminated && !outcome.truncated && steps.length < 4) continue;
    return { transcript: { task: 1, success: outcome.success, total: Number(outcome.success), steps }, states };
  }
}

describe("splice()", () => {
  const wrong = (gold: string): string => gold === "press red" ? "press blue" : "press red";
  const good = play((gold) => gold);
  const bad = play((gold, step) => step === 1 ? wrong(gold) : gold);
  const stateOf = (transcript: Transcript, step: number): string =>
    (transcript === good.transcript ? good : bad).states[step];

  it("is an episode that the world answers as it is told", () => {
    const bridge = [bad.transcript.steps[2]]; // what was shown after the mistake, and the undo
    equal(bridge[0].action, "undo");
    const spliced = splice(bad.transcript, good.transcript, { at: 2, bridge, stateOf });
    deepEqual(masks(spliced), [false, true, false, false, false]);
    const environment = undo.create({ traps: 0, length: 3, horizon: 8 });
    environment.reset(1, "train");
    const outcomes = spliced.steps.map(({ action }) => environment.step(action));
    ok(spliced.success && outcomes.at(-1)!.success);
    equal(
      splice(bad.transcript, good.transcript, { at: 2, bridge, stateOf, maskMistake: false }).steps[1].masked,
      undefined,
    );
  });

  it("refuses episodes without a state in common, and steps that are not there", () => {
    const strangers = { stateOf: (each: Transcript, step: number) => `${each === good.transcript} ${step}` };
    throws(() => splice(bad.transcript, good.transcript, { at: 2, ...strangers }), /no state before step 2/);
    throws(() => splice(bad.transcript, good.transcript, { at: 9, stateOf }), /after 9 steps: the episode has 4/);
  });
});

describe("relabelHindsight()", () => {
  const failed = told(7, 0, "take cup", "wait", "take lamp", "take cup");
  const options = {
    achieved: ({ steps }: Transcript, step: number) => steps[step].action.match(/^take (.*)/)?.[1],
    retell: (turns: Transcript["steps"][number]["turns"], goal: string) =>
      turns.map(({ role }) => ({ role, text: `goal ${goal}` })),
  };

  it("ends where the goal was first reached, and asks for it from the beginning", () => {
    const [last] = relabelHindsight(failed, options);
    deepEqual([actions(last), last.success, last.total, last.task], ["take cup", true, 1, 7]);
    const each = relabelHindsight(failed, { ...options, goals: "each" });
    deepEqual(each.map(actions), ["take cup", "take cup wait take lamp"]);
    ok(each[1].steps.every(({ turns }) => turns[0].text === "goal lamp"));
    deepEqual(relabelHindsight(told(1, 0, "wait"), options), []);
  });
});

describe("episodePairs(), prefixTree() and treePairs()", () => {
  it("pair the same task, a gap above theta, and never equal texts", () => {
    fc.assert(fc.property(transcripts, fc.nat(3), (episodes, theta) => {
      const pairs = episodePairs(episodes, { theta });
      for (const { chosen, rejected, gap } of pairs) {
        ok(chosen.task === rejected.task && gap === chosen.total - rejected.total && gap > theta);
        ok(actions(chosen) !== actions(rejected));
      }
      const keys = pairs.map(({ chosen, rejected }) => `${chosen.task}:${actions(chosen)}:${actions(rejected)}`);
      equal(new Set(keys).size, keys.length);
      // No pair of texts that there could be is missing.
      for (const a of episodes) {
        for (const b of episodes) {
          const wanted = a.task === b.task && a.total - b.total > theta && actions(a) !== actions(b);
          if (wanted) ok(keys.includes(`${a.task}:${actions(a)}:${actions(b)}`));
        }
      }
    }));
    equal(episodePairs([told(1, 2, "a"), told(1, 0, "b"), told(1, 1, "c")], { most: 1 })[0].gap, 2);
    throws(() => episodePairs([], { theta: -1 }), RangeError);
  });

  it("a tree keeps every episode: visits add up, values are means", () => {
    fc.assert(fc.property(transcripts, (episodes) => {
      const { nodes, ends } = prefixTree(episodes);
      for (const [index, { parent, visits, value, depth, episodes: through }] of nodes.entries()) {
        ok(parent < index);
        equal(visits, through.length);
        ok(Math.abs(value - through.reduce((sum, each) => sum + episodes[each].total, 0) / visits) < 1e-12);
        const below = nodes.filter((node) => node.parent === index).reduce((sum, node) => sum + node.visits, 0);
        equal(visits, below + ends.filter((end) => end === index).length);
        for (const each of through) equal(episodes[each].steps[depth - 1]?.action ?? "", nodes[index].action);
      }
      equal(nodes.filter(({ parent }) => parent < 0).reduce((sum, { visits }) => sum + visits, 0), episodes.length);
      equal(
        new Set(ends.map((end) => `${end}`)).size,
        dedupe(episodes, (each) => `${each.task} ${actions(each)}`).length,
      );
    }));
  });

  it("pairs of a tree are siblings with enough visits and a gap above theta", () => {
    const episodes = [told(1, 1, "a", "b"), told(1, 0, "a", "c"), told(1, 0, "a", "c"), told(1, -1, "d")];
    const { nodes } = prefixTree(episodes);
    const named = (pairs: ReturnType<typeof treePairs>) =>
      pairs.map(({ chosen, rejected, gap }) => [nodes[chosen].action, nodes[rejected].action, Math.round(gap * 3)]);
    deepEqual(named(treePairs(nodes)), [["a", "d", 4], ["b", "c", 3]]); // (1/3 − −1)·3 and (1 − 0)·3
    deepEqual(named(treePairs(nodes, { theta: 1 })), [["a", "d", 4]]);
    deepEqual(named(treePairs(nodes, { leastVisits: 2 })), []);
    deepEqual(named(treePairs(nodes, { leastValue: 0.5 })), [["b", "c", 3]]);
    throws(() => treePairs(nodes, { theta: NaN }), RangeError);
  });
});
