import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { desk, type Environment, lock, type Split } from "../../src/environment/mod.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { collectTexts } from "../../src/learning/collect_texts.ts";

const kernels = await loadKernels();
const collect = (seed: number, episodes: number): string[] =>
  collectTexts(desk, { episodes, environmentOptions: {} }, randomStream(kernels, seed, 0));
const words = (text: string): string[] => text.match(/[A-Za-z_]+|[0-9]|[^\sA-Za-z0-9]/g) ?? [];

/** Everything that is said when one held-out task is done right. */
function said(environment: Environment, seed: number, split: Split): string[] {
  const texts = environment.reset(seed, split).turns.map(({ text }) => text);
  for (let ended = false; !ended;) {
    const action = environment.gold!()!;
    const { turns, terminated, truncated } = environment.step(action);
    texts.push(action, ...turns.map(({ text }) => text));
    ended = terminated || truncated;
  }
  return texts;
}

describe("collectTexts()", () => {
  it("knows every word that the desk's held-out tasks need, from training episodes alone", () => {
    const known = new Set(collect(1, 1500).flatMap(words));
    assert.ok(known.size <= 420, `${known.size}`);
    const environment = desk.create();
    for (const split of ["validation", "test"] as const) {
      for (let seed = 0; seed < 1000; seed++) {
        for (const word of said(environment, seed, split).flatMap(words)) assert.ok(known.has(word), word);
      }
    }
  });

  it("gives equal texts for equal random numbers, others for others", () => {
    assert.deepEqual(collect(3, 50), collect(3, 50));
    assert.notDeepEqual(collect(3, 50), collect(4, 50));
  });

  it("acts at random where there is no expert", () => {
    const silent = { ...lock, create: () => withoutExpert(lock.create()) };
    const texts = collectTexts(silent, { episodes: 5, environmentOptions: {} }, randomStream(kernels, 1, 0));
    assert.ok(texts.some((text) => text.startsWith("press ")), texts[1]);
  });
});

function withoutExpert(environment: Environment): Environment {
  return {
    reset: (seed, split) => environment.reset(seed, split),
    step: (action) => environment.step(action),
    actions: () => environment.actions!(),
  };
}
