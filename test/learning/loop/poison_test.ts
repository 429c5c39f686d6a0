import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { hashShare } from "../../../src/agent/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import type { PolicyVersion } from "../../../src/store/mod.ts";
import { learning } from "./fixtures.ts";
import { type PlayOptions, simulate } from "./simulation.ts";

const kernels = await loadKernels();
/** Versions are so many that the canary learns poison before it is noticed. */
const configuration = { ...learning, gate: { ...learning.gate, everyJudgements: 8 } };
/** Five minutes at 20 judgements a second. */
const FIVE_MINUTES = 6000;

/** Versions that learned a place of the journal in [from, to], themselves or by descent. */
function versionsThatLearned(rows: readonly PolicyVersion[], from: number, to: number): ReadonlySet<number> {
  const tainted = new Set<number>(), byVersion = new Map(rows.map((row) => [row.version, row]));
  for (const { version, parent, learnedUpTo, skipped = [] } of rows) {
    const before = parent === undefined ? 0 : byVersion.get(parent)!.learnedUpTo;
    const learned = Array.from({ length: learnedUpTo - before }, (_, i) => before + 1 + i)
      .filter((place) => !skipped.some(([first, last]) => first <= place && place <= last));
    if (learned.some((place) => from <= place && place <= to) || tainted.has(parent ?? -1)) tainted.add(version);
  }
  return tainted;
}

describe("createCentralLoop() when judgements are poisoned for five minutes", () => {
  const poisons: readonly (readonly [what: string, seed: number, poison: PlayOptions])[] = [
    ["all are inverted", 1, { inverted: true }],
    ["all are inverted", 2, { inverted: true }],
    ["all are drawn by lot", 3, { noise: 0.5 }],
  ];
  for (const [what, seed, poison] of poisons) {
    it(`keeps them from all but the canary's episodes, and recovers by itself, when ${what} (seed ${seed})`, async () => {
      await using simulation = await simulate(kernels, configuration, seed);
      const { loop, store, records } = simulation;
      await simulation.play(4000);
      const before = simulation.accuracy();
      ok(before >= 0.95, `it has learned: ${before}`);
      await simulation.play(FIVE_MINUTES, poison);
      equal(loop.status("a").state, "frozen");
      equal(simulation.accuracy(), before);
      await simulation.play(2000);

      const tainted = versionsThatLearned(store.rows, 4001, 4000 + FIVE_MINUTES);
      // The canary did learn some of them: otherwise this test would show nothing.
      ok(tainted.size > 0);
      const answered = records.filter(({ policyVersion }) => tainted.has(policyVersion));
      deepEqual(answered.filter(({ arm }) => arm !== "canary"), []);
      const { canaryShare } = configuration.gate;
      ok(answered.every(({ episodeId }) => hashShare(episodeId) < canaryShare));

      const guarded = store.events.filter(({ by }) => by === "guard");
      deepEqual(guarded.map(({ action }) => action), ["freeze", "rollback", "resume"]);
      const [freeze, rollback, resume] = guarded;
      match(
        freeze.reason,
        /reward fell from 0\.\d\d to 0\.\d\d over the last \d+ judgements \(\d+\.\d standard errors/,
      );
      match(rollback.reason, /version \d+ serves everyone/);
      match(resume.reason, /rewards are back .* are left out/);
      ok(freeze.at / 50 - 4000 < configuration.gate.delayJudgements, "noticed before the published version caught up");
      ok(resume.at / 50 > 4000 + FIVE_MINUTES, "not before judges told the truth again");
      equal(loop.status("a").state, "learning");
      ok(simulation.accuracy() >= before, `${simulation.accuracy()} after ${before}`);
    });
  }
});

describe("createCentralLoop() on healthy traffic", () => {
  it("freezes at most one of twenty runs with 10 to 30 % wrong judgements and a world that changes", async () => {
    const frozen: string[] = [], accuracies: number[] = [];
    for (let seed = 101; seed <= 120; seed++) {
      await using simulation = await simulate(kernels, learning, seed);
      await simulation.play(2000, { noise: 0.1 + 0.2 * (seed - 101) / 19, changeEvery: 250 });
      frozen.push(...simulation.store.events.filter(({ action }) => action === "freeze").map(({ reason }) => reason));
      accuracies.push(simulation.accuracy());
    }
    ok(frozen.length <= 1, frozen.join("\n"));
    // They really learned, and nothing held them back: chance is 0.1.
    ok(accuracies.toSorted((a, b) => a - b)[10] > 0.5, `${accuracies}`);
  });
});
