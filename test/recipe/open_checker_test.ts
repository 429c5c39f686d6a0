import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok, throws } from "node:assert/strict";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { openChecker, textsOf } from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const failed = { success: false, actions: ["a", "b", "c", "d"], solvable: [true, true, false, false] };

describe("openChecker()", () => {
  it("without noise passes what came out right, and blames what could not be mended", () => {
    const check = openChecker({ noise: 0, random: () => 0 });
    deepEqual(check(failed), { passes: false, blamed: 1 });
    deepEqual(check({ ...failed, solvable: [true, true, true, true] }), { passes: false, blamed: 3 });
    deepEqual(check({ ...failed, success: true, solvable: [true, true, true, true] }).passes, true);
    deepEqual(check({ success: false, actions: ["a"], solvable: [false] }), { passes: false, blamed: 0 });
  });

  for (const noise of [0.1, 0.5]) {
    it(`is wrong in a share of ${noise}, on right and wrong attempts alike`, () => {
      const check = openChecker({ noise, random: randomStream(kernels, 3, 0) });
      for (const success of [true, false]) {
        const wrong = Array.from({ length: 4000 }, () => check({ ...failed, success }).passes !== success);
        const share = wrong.filter(Boolean).length / wrong.length;
        // Five standard deviations of 4,000 draws.
        ok(Math.abs(share - noise) < 5 * Math.sqrt(noise * (1 - noise) / 4000), `${share}`);
      }
    });
  }

  it("with a noise of 0.5 blames every action alike", () => {
    const check = openChecker({ noise: 0.5, random: randomStream(kernels, 4, 0) });
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) counts[check(failed).blamed]++;
    for (const count of counts) ok(Math.abs(count - 2000) < 5 * Math.sqrt(8000 * 0.25 * 0.75), `${counts}`);
  });

  it("refuses a noise that is none, and nothing to check", () => {
    throws(() => openChecker({ noise: 0.6, random: () => 0 }), /noise 0.6: expected 0 to 0.5/);
    throws(() => openChecker({ noise: 0, random: () => 0 })({ ...failed, actions: [] }), RangeError);
  });
});

describe("textsOf()", () => {
  it("gives all that was shown and done, in order", () => {
    const steps = [
      { turns: [{ role: "system" as const, text: "be" }, { role: "user" as const, text: "do" }], action: "did" },
      { turns: [{ role: "tool" as const, text: "ok" }], action: "end" },
    ];
    deepEqual(textsOf([{ task: 0, success: true, total: 1, steps }]), ["be", "do", "did", "ok", "end"]);
    deepEqual(textsOf([]), []);
  });
});
