import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { desk, deskTexts } from "../../../../src/environment/mod.ts";
import { openDraw } from "../../../../src/environment/worlds/desk/draw.ts";

describe("deskTexts()", () => {
  const words = (text: string): string[] => text.match(/[A-Za-z_]+|[0-9]|[^\sA-Za-z0-9]/g) ?? [];

  it("covers every word of held-out episodes with at most 400 words", () => {
    const known = new Set(deskTexts(1, 1500).flatMap(words));
    assert.ok(known.size <= 420, `${known.size}`);
    const environment = desk.create();
    const draw = openDraw(1, 1);
    for (const split of ["validation", "test"] as const) {
      for (let seed = 0; seed < 1000; seed++) {
        let turns = environment.reset(seed, split).turns;
        for (let ended = false; !ended;) {
          const action = environment.expert!(draw.uniform);
          for (const text of [...turns.map((turn) => turn.text), action]) {
            for (const word of words(text)) assert.ok(known.has(word), word);
          }
          const outcome = environment.step(action);
          turns = outcome.turns;
          ended = outcome.terminated || outcome.truncated;
        }
      }
    }
  });

  it("gives equal texts when the seed is equal, others when not", () => {
    assert.deepEqual(deskTexts(3, 50), deskTexts(3, 50));
    assert.notDeepEqual(deskTexts(3, 50), deskTexts(4, 50));
  });
});
