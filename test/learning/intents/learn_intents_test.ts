import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { type IntentExample, type IntentStream, learnIntents } from "../../../src/learning/intents/mod.ts";

const kernels = await loadKernels();
const ACTIONS = ["turn lamp on", "play music", "book flight", "order pizza", "set alarm", "check balance"];
const WORDS = [
  ["lamp", "light", "bright", "dark", "bulb"],
  ["music", "song", "album", "play", "band"],
  ["flight", "plane", "airport", "book", "seat"],
  ["pizza", "cheese", "dinner", "order", "crust"],
  ["alarm", "wake", "clock", "morning", "ring"],
  ["balance", "account", "bank", "check", "savings"],
];
const FILLERS = ["please", "could you", "i want", "the", "my", "now", "with", "for me"];

/** Utterances of three words of one intent among fillers. */
function utterances(count: number, seed: number): IntentExample[] {
  let state = seed >>> 0;
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 4294967296 * n);
  };
  return Array.from({ length: count }, () => {
    const intent = below(WORDS.length);
    const parts = [FILLERS, WORDS[intent], FILLERS, WORDS[intent], FILLERS, WORDS[intent]];
    return { text: parts.map((words) => words[below(words.length)]).join(" "), intent };
  });
}

function stream(count: number, seed = 1): IntentStream {
  return { train: utterances(count, seed), validation: utterances(120, seed + 1000), actions: ACTIONS };
}

function learned(
  input: IntentStream,
  candidates: "names" | "ids",
): Pick<ReturnType<typeof learnIntents>, "progressive" | "validation" | "curve"> {
  const { policy, ...figures } = learnIntents(kernels, input, { candidates, reportEvery: 100 });
  policy[Symbol.dispose]();
  return figures;
}

describe("learnIntents()", () => {
  for (const candidates of ["names", "ids"] as const) {
    it(`finds the right actions from right and wrong alone when it sees ${candidates}`, () => {
      for (const seed of [1, 2, 3]) ok(learned(stream(400, seed), candidates).validation >= 0.9);
    });
  }

  it("does better early when it sees names", () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const [names, ids] = (["names", "ids"] as const).map((candidates) =>
      seeds.map((seed) => learned(stream(60, seed), candidates).progressive)
    );
    ok(names.every((share, i) => share > ids[i]));
    ok(names.reduce((sum, share, i) => sum + share - ids[i], 0) / seeds.length > 0.1);
  });

  it("finds nothing when answers do not depend on what is said", () => {
    const { train, validation, actions } = stream(400);
    const scrambled = train.map(({ text }, i) => ({ text, intent: train[(i * 7 + 3) % train.length].intent }));
    ok(learned({ train: scrambled, validation, actions }, "ids").validation < 0.5);
  });

  it("gives the same figures when run again, and a curve that ends with them", () => {
    const [first, second] = [1, 2].map(() => learned(stream(250), "ids"));
    deepEqual(first, second);
    deepEqual(first.curve.map(({ events }) => events), [100, 200, 250]);
    equal(first.curve.at(-1)!.progressive, first.progressive);
  });

  it("gives a policy that answers new utterances", () => {
    using policy = learnIntents(kernels, stream(400)).policy;
    equal(policy.choose("could you ring the alarm in the morning"), 4);
    ok(policy.choose("") < ACTIONS.length);
  });

  it("refuses an empty stream and no actions", () => {
    throws(() => learnIntents(kernels, { ...stream(5), train: [] }), RangeError);
    throws(() => learnIntents(kernels, { ...stream(5), actions: [] }), RangeError);
  });
});
