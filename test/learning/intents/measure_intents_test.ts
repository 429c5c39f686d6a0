import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { type IntentExample, measureIntents } from "../../../src/learning/intents/mod.ts";

const kernels = await loadKernels();
const WORDS = ["lamp bulb bright", "song band album", "flight plane airport", "pizza cheese crust"];
const actions = ["turn lamp on", "play song", "book flight", "order pizza"];

/** Two words of one intent and a filler, in an order that tells nothing. */
const examples = (from: number, count: number): IntentExample[] =>
  Array.from({ length: count }, (_, i) => {
    const [n, intent] = [from + i, (from + i) % 4];
    const words = WORDS[intent].split(" ");
    return { text: `${words[n % 3]} ${["please", "now", "the"][n % 7 % 3]} ${words[(n * 5 + 1) % 3]}`, intent };
  });
const stream = { actions, train: examples(0, 80), validation: examples(80, 40) };

describe("measureIntents()", () => {
  it("gives a row for each pass, better as passes go by, and the same again", () => {
    const options = { candidates: "ids", seed: 1, passes: 2 } as const;
    const rows = measureIntents(kernels, stream, options);
    equal(rows.length, 2);
    ok(rows[1].progressive > rows[0].progressive);
    ok(rows[1].validation >= 0.9);
    deepEqual(measureIntents(kernels, stream, options), rows);
  });

  it("finds more at first when it sees names", () => {
    const first = (candidates: "names" | "ids"): number =>
      measureIntents(kernels, stream, { candidates, seed: 2, passes: 1 })[0].progressive;
    ok(first("names") > first("ids"));
  });
});
