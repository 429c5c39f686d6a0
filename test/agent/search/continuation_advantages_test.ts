import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  continuationAdvantages,
  openSearchWorld,
  playOn,
  type SearchPolicy,
  transcriptOf,
} from "../../../src/agent/mod.ts";
import { lock } from "../../../src/environment/mod.ts";
import { creditAudit } from "../../../src/rl/mod.ts";
import { uniforms } from "../../dataset/_transcripts.ts";
import { exactValue, fixedPolicy, isEnd, pathOf, rewardOf, walk } from "./_walk.ts";

/** Presses any of the keys alike. */
function guessing(seed: number): SearchPolicy {
  const random = uniforms(seed);
  let calls = 0;
  return {
    propose: ({ candidates }) => candidates!.map((action) => ({ action, probability: 1 / candidates!.length })),
    act: ({ candidates }) => (calls++, candidates![Math.floor(random() * candidates!.length)]),
    get calls(): number {
      return calls;
    },
  };
}

describe("continuationAdvantages()", () => {
  it("are those of the lock that can be counted: a right key is worth what it opens, a wrong one what it loses", () => {
    // Three panels of two keys, rewarded only at the end: before panel k a guess is worth (1/2)^(3−k).
    const world = openSearchWorld(lock.create({ keys: 2, length: 3, traps: 0, panelReward: 0 }));
    const policy = guessing(3);
    const episodes = [5, 6, 7, 8, 9, 10].map((task) => transcriptOf(playOn(world, policy, world.start(task))));
    const spent = world.environmentSteps;
    const audit = continuationAdvantages(world, policy, episodes, { continuations: 400 });
    let step = 0;
    for (const { steps, success } of episodes) {
      steps.forEach((_, panel) => {
        const right = panel < steps.length - 1 || success;
        const [before, after] = [0.5 ** (3 - panel), right ? 0.5 ** (2 - panel) : 0];
        equal(Math.abs(audit.values[step] - before) < 5 * Math.sqrt(before * (1 - before) / 400) + 1e-9, true);
        ok(Math.abs(audit.advantages[step] - (after - before)) <= 5 * audit.errors[step] + 1e-9, `${step}`);
        step += 1;
      });
    }
    equal(audit.advantages.length, step);
    equal(audit.environmentSteps, world.environmentSteps - spent);
    ok(audit.policyCalls > 400);
    // Credit that is exact ranks as they do; the outcome alone says less of single steps.
    const outcome = episodes.flatMap(({ steps, total }) => steps.map(() => total - 0.125));
    const exact = episodes.flatMap(({ steps, success }) =>
      steps.map((_, panel) => (panel < steps.length - 1 || success ? 0.5 ** (2 - panel) : 0) - 0.5 ** (3 - panel))
    );
    equal(creditAudit(exact, audit).signAgreement, 1);
    ok(creditAudit(outcome, audit).signAgreement < 0.9);
  });

  it("are exact in a world that is counted, with γ, by snapshots or by playing again", () => {
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / 3;
    const policy = fixedPolicy([1 / 3, 1 / 3, 1 / 3], uniforms(4));
    const run = (snapshots: boolean) => {
      const world = openSearchWorld(walk({ snapshots }));
      const steps = ["middle", "right"].filter((_, index) => index === 0 || !isEnd(2, [1])).map((action) => ({
        turns: [],
        action,
      }));
      return continuationAdvantages(world, policy, [{ task: 2, steps }], { continuations: 600 });
    };
    for (const snapshots of [true, false]) {
      const { advantages, errors } = run(snapshots);
      const exact = rewardOf(2, [1]) + exactValue(2, [1], mean) - exactValue(2, [], mean);
      ok(Math.abs(advantages[0] - exact) < 5 * errors[0], `${advantages[0]} of ${exact}`);
    }
    ok(run(true).environmentSteps < run(false).environmentSteps);
  });

  it("refuses episodes that go on after their end, and worlds that cannot be put back", () => {
    const world = openSearchWorld(walk());
    const policy = fixedPolicy([1, 0, 0], uniforms(1));
    const steps = Array.from({ length: 5 }, () => ({ turns: [], action: "left" }));
    throws(() => continuationAdvantages(world, policy, [{ task: 1, steps }]), /Cannot step on/);
    const live = openSearchWorld(walk(), { replay: false });
    throws(() => continuationAdvantages(live, policy, [{ task: 1, steps: steps.slice(0, 1) }]), {
      code: "environment_invalid",
    });
    deepEqual(pathOf(world.start(1)), []);
  });
});
