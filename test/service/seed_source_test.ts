import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { createSeedSource } from "../../src/service/seed_source.ts";

describe("createSeedSource()", () => {
  it("gives every number that was drawn, once, and draws more when they are used up", () => {
    let [filled, next] = [0, 0];
    const seed = createSeedSource((into) => {
      filled++;
      const numbers = new Uint32Array(into.buffer, into.byteOffset, into.length / 4);
      for (let i = 0; i < numbers.length; i++) numbers[i] = 0xffff_f000 + next++;
      return into;
    });
    equal(filled, 0, "nothing is drawn before it is needed");
    const seeds = Array.from({ length: 3000 }, seed);
    deepEqual(seeds, Array.from({ length: 3000 }, (_, i) => 0xffff_f000 + i));
    equal(filled, 3);
  });
});
