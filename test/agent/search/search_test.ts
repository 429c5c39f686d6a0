import fc from "fast-check";
import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import {
  beamSearch,
  bestOf,
  branch,
  depthFirst,
  type Moment,
  openSearchWorld,
  playOn,
  refine,
  searchPolicy,
  transcriptOf,
  tryAgain,
  turnsOf,
} from "../../../src/agent/mod.ts";
import { lock, undo } from "../../../src/environment/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { createLinearPolicy, type Policy } from "../../../src/policy/mod.ts";
import { smallTransformer } from "../../../src/recipe/mod.ts";
import { uniforms } from "../../dataset/_transcripts.ts";
import { ACTIONS, fixedPolicy, isEnd, walk } from "./_walk.ts";

const kernels = await loadKernels();
const policyOf = (seed: number) => fixedPolicy([0.5, 0.3, 0.2], uniforms(seed));

describe("openSearchWorld()", () => {
  it("comes back to any moment, by snapshot or by playing again, in any order", () => {
    fc.assert(fc.property(fc.nat(99), fc.array(fc.tuple(fc.nat(), fc.nat(2)), { maxLength: 20 }), (seed, visits) => {
      const [quick, slow] = [openSearchWorld(walk({ snapshots: true })), openSearchWorld(walk())];
      const moments: [Moment, Moment][] = [[quick.start(seed), slow.start(seed)]];
      for (const [at, turn] of visits) {
        const open = moments.filter(([moment]) => !moment.ended);
        const [one, other] = open[at % open.length];
        moments.push([quick.step(one, ACTIONS[turn]), slow.step(other, ACTIONS[turn])]);
      }
      for (const [one, other] of moments) deepEqual({ ...one, snapshot: undefined }, { ...other, snapshot: undefined });
      equal(quick.environmentSteps, visits.length);
      ok(slow.environmentSteps >= visits.length);
    }));
  });

  it("plays prefixes, and tells the way as a transcript and as a conversation", () => {
    const world = openSearchWorld(lock.create({ traps: 0 }));
    const reference = lock.create({ traps: 0 });
    reference.reset(4, "validation");
    const prefix = [0, 1].map(() => {
      const gold = reference.gold!()!;
      reference.step(gold);
      return gold;
    });
    const moment = world.start(4, { split: "validation", prefix });
    deepEqual(moment.snapshot, reference.snapshot!());
    equal(world.environmentSteps, 2);
    deepEqual(turnsOf(moment).map(({ role }) => role), ["user", "assistant", "tool", "assistant", "tool"]);
    const { task, steps, total } = transcriptOf(moment);
    deepEqual([task, steps.length, Math.round(total * 6)], [4, 2, 2]);
    deepEqual(steps[1].candidates, reference.actions!());
  });

  it("refuses a world that cannot be put back, and steps after the end", () => {
    const live = openSearchWorld(walk(), { replay: false });
    const start = live.start(1);
    live.step(start, "left"); // going on is no going back
    throws(() => live.step(start, "right"), {
      code: "environment_invalid",
      message: /no snapshots, and playing again/,
    });
    const moody = openSearchWorld(walk({ moody: true }));
    const first = moody.start(1);
    moody.step(first, "left");
    throws(() => moody.step(first, "right"), { code: "environment_invalid", message: /shows something else/ });
    const world = openSearchWorld(walk());
    const end = playOn(world, policyOf(1), world.start(1));
    throws(() => world.step(end, "left"), /Cannot step on: task 1 ended/);
  });
});

describe("searchPolicy()", () => {
  it("proposes what the policy would draw, and is a function of its seed", () => {
    using policy = createLinearPolicy(kernels, { bits: 12, bigrams: false, characters: false });
    const environment = undo.create({ traps: 0 });
    // Anything but uniform.
    using context = policy.open();
    context.append([{ role: "user", text: "light off" }]);
    const decision = policy.demonstrate({ context, candidates: environment.actions!(), seed: 0, stream: 0 }, "undo");
    policy.evaluate([{ decisions: [decision] }]);
    policy.backward({ dLogProbs: Float32Array.of(-1), dEntropies: Float32Array.of(0), dValues: Float32Array.of(0) });
    policy.update({ learningRate: 0.5 });
    const world = openSearchWorld(environment);
    const start = world.start(3);
    const draw = (): string[] => {
      using search = searchPolicy(policy, { seed: 9 });
      return Array.from({ length: 600 }, () => search.act(start));
    };
    deepEqual(draw(), draw());
    using search = searchPolicy(policy, { seed: 9 });
    const proposals = search.propose(start);
    deepEqual(proposals.map(({ action }) => action), environment.actions!());
    ok(Math.abs(proposals.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-5);
    for (const { action, probability } of proposals) {
      const share = draw().filter((each) => each === action).length / 600;
      ok(Math.abs(share - probability) < 0.07, `${action}: ${share} of ${probability}`);
    }
    equal(search.calls, 1);
  });
});

describe("searchPolicy() of a transformer", () => {
  it("spells candidates out: probabilities add up to 1 and are those of its draws", () => {
    const world = openSearchWorld(undo.create({ traps: 0, phrasings: 1 }));
    const start = world.start(3);
    const later = world.step(start, start.candidates![1]);
    using policy = smallTransformer(kernels, turnsOf(later).map(({ text }) => text), { seed: 1, pieces: 40 });
    using search = searchPolicy(policy, { seed: 2 });
    for (const moment of [later, start]) {
      const proposals = search.propose(moment);
      deepEqual(proposals.map(({ action }) => action), moment.candidates);
      ok(Math.abs(proposals.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-4);
      const drawn = Array.from({ length: 200 }, () => search.act(moment));
      for (const { action, probability } of proposals) {
        const share = drawn.filter((each) => each === action).length / 200;
        ok(Math.abs(share - probability) < 0.13, `${action}: ${share} of ${probability}`);
      }
    }
  });
});

describe("searchPolicy() where nothing is listed", () => {
  it("proposes what was drawn, each action once, with its share", () => {
    const drawn = ["a", "b", "a", "c"];
    const policy = {
      open: () => ({ restart: () => {}, [Symbol.dispose]: () => {} }),
      decide: ([{ stream }]: { stream: number }[]) => [{ text: drawn[stream] }],
    } as unknown as Policy;
    using search = searchPolicy(policy, { seed: 1, proposals: 4 });
    const { candidates: _, ...moment } = openSearchWorld(walk()).start(1);
    deepEqual(search.propose(moment), [
      { action: "a", probability: 0.5 },
      { action: "b", probability: 0.25 },
      { action: "c", probability: 0.25 },
    ]);
    equal(search.calls, 4);
  });
});

describe("playOn() and bestOf()", () => {
  it("goes on to the end from any moment, or as far as it may", () => {
    const world = openSearchWorld(walk({ snapshots: true }));
    const start = world.start(8);
    ok(playOn(world, policyOf(1), start).ended);
    equal(playOn(world, policyOf(1), start, 1).steps.length, 1);
    equal(playOn(world, policyOf(1), start, 0), start);
  });

  it("takes the first of the best, and more attempts are never worse", () => {
    fc.assert(fc.property(fc.nat(99), fc.integer({ min: 1, max: 12 }), (seed, attempts) => {
      const run = (count: number) => {
        const world = openSearchWorld(walk());
        return bestOf(world, policyOf(seed), world.start(seed), { attempts: count });
      };
      const { best, values, attempts: ends, environmentSteps } = run(attempts);
      equal(best, ends[values.indexOf(Math.max(...values))]);
      ok(Math.max(...run(attempts + 1).values) >= Math.max(...values));
      equal(environmentSteps, ends.reduce((sum, { steps }) => sum + steps.length, 0)); // all begin at the start
    }));
    const world = openSearchWorld(walk());
    throws(() => bestOf(world, policyOf(1), world.start(1), { attempts: 0 }), RangeError);
    throws(() => bestOf(world, policyOf(1), world.start(1), { attempts: 1, judge: () => NaN }), /worth NaN/);
  });
});

describe("tryAgain()", () => {
  it("stops at the first attempt that passes, or when its steps are spent, and counts", () => {
    const world = openSearchWorld(walk());
    let asked = 0;
    const third = tryAgain(world, policyOf(1), world.start(3), { accept: () => ++asked === 3, environmentSteps: 99 });
    deepEqual([third.attempts, asked], [3, 3]);
    equal(third.environmentSteps, world.environmentSteps);
    equal(third.policyCalls, third.environmentSteps);
    const spent = tryAgain(world, policyOf(1), world.start(3), { accept: () => false, environmentSteps: 7 });
    ok(spent.environmentSteps >= 7 && spent.environmentSteps < 7 + 3, `${spent.environmentSteps}`);
  });
});

describe("beamSearch()", () => {
  const probabilities = [0.5, 0.3, 0.2];
  /** All ways to an end with their log-probabilities, the most likely first. */
  const exhaustive = (seed: number, path: number[] = [], logProb = 0): { path: number[]; logProb: number }[] =>
    path.length > 0 && isEnd(seed, path)
      ? [{ path, logProb }]
      : probabilities.flatMap((p, turn) => exhaustive(seed, [...path, turn], logProb + Math.log(p)))
        .sort((a, b) => b.logProb - a.logProb);

  it("with a width of all ways finds all of them, the most likely first", () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = openSearchWorld(walk({ snapshots: true }));
      const { beams } = beamSearch(world, policyOf(1), world.start(seed), { width: 27 });
      const all = exhaustive(seed);
      equal(beams.length, all.length);
      beams.forEach(({ logProb, moment }, index) => {
        ok(moment.ended && Math.abs(logProb - all[index].logProb) < 1e-12);
      });
    }
  });

  it("with a width of one is greedy; wider is never less likely in this world; steps are those of what stays", () => {
    for (let seed = 0; seed < 20; seed++) {
      const run = (width: number) => {
        const world = openSearchWorld(walk({ snapshots: true }));
        return beamSearch(world, policyOf(1), world.start(seed), { width });
      };
      const greedy = run(1);
      ok(greedy.beams[0].moment.steps.every(({ action }) => action === "left"));
      equal(greedy.environmentSteps, greedy.beams[0].moment.steps.length);
      equal(greedy.policyCalls, greedy.beams[0].moment.steps.length);
      ok(run(3).beams[0].logProb >= greedy.beams[0].logProb);
      ok(run(3).environmentSteps <= 9);
    }
    const world = openSearchWorld(walk());
    throws(() => beamSearch(world, policyOf(1), world.start(1), { width: 0 }), RangeError);
    equal(beamSearch(world, policyOf(1), world.start(1), { width: 2, depth: 1 }).beams[0].moment.steps.length, 1);
  });
});

describe("branch()", () => {
  const passed = (before: Moment, after: Moment): boolean =>
    (after.snapshot as { light: boolean } | undefined)?.light === false || after.success || before.ended;
  const uniformOver: Parameters<typeof branch>[1] = {
    propose: ({ candidates }) => candidates!.map((action) => ({ action, probability: 1 / candidates!.length })),
    act: () => "",
    calls: 0,
  };

  it("with a judge who is right, opens every lock; with one branch, hardly any; and counts its steps", () => {
    const environment = undo.create({ traps: 0, length: 3, horizon: 7 });
    for (let seed = 0; seed < 20; seed++) {
      const world = openSearchWorld(environment);
      const all = branch(world, uniformOver, world.start(seed), { branches: 6, judge: passed });
      ok(all.end.success, `${seed}`);
      equal(all.environmentSteps, world.environmentSteps);
      // Each step that is not taken back is one of the end's; each way back took one.
      equal(all.environmentSteps, all.end.steps.length + all.backtracks);
      const one = branch(world, uniformOver, world.start(seed), { branches: 1, judge: passed });
      deepEqual([one.backtracks, one.environmentSteps], [0, one.end.steps.length]);
      ok(one.end.steps.every(({ action }) => action === "press red"));
    }
  });

  it("takes the likeliest where nothing passes, and goes no more back when its steps are spent", () => {
    const world = openSearchWorld(undo.create({ traps: 0 }));
    const { end, environmentSteps } = branch(world, uniformOver, world.start(1), { branches: 2, judge: () => false });
    ok(end.steps.every(({ action }) => action === "press red"));
    equal(environmentSteps, 2 * end.steps.length);
    const poor = branch(world, uniformOver, world.start(1), { branches: 2, judge: () => false, environmentSteps: 4 });
    ok(poor.environmentSteps <= 4 + poor.end.steps.length, `${poor.environmentSteps}`);
    throws(() => branch(world, uniformOver, world.start(1), { branches: 0, judge: passed }), RangeError);
  });
});

describe("depthFirst() and refine()", () => {
  it("climbs, goes back where nothing helps, and never ends below where it began", () => {
    fc.assert(
      fc.property(
        fc.nat(999),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, attempts, evaluations) => {
          const random = uniforms(seed);
          const height = (at: number): number => Math.sin(at) * 3 + Math.cos(3 * at);
          const propose = (at: number): number => at + random() * 2 - 1;
          const { best, value, trace } = depthFirst(0, { propose, evaluate: height, attempts, evaluations });
          ok(trace.length <= evaluations && value >= height(0));
          equal(value, height(best));
          equal(
            value,
            Math.max(height(0), ...trace.filter(({ accepted }) => accepted).map((each) => each.value)),
          );
          // Every depth was reached from the one before it.
          trace.forEach(({ depth }, index) => ok(depth <= (trace[index - 1]?.depth ?? 0) + 1));
        },
      ),
    );
  });

  it("without a margin accepts everything: the last proposal is what is left", () => {
    const propose = (at: number): number => at + 1;
    const evaluate = (at: number): number => -at;
    deepEqual(depthFirst(0, { propose, evaluate, attempts: 1, evaluations: 5, margin: -Infinity }).best, 5);
    deepEqual(depthFirst(0, { propose, evaluate, attempts: 3, evaluations: 5 }), {
      best: 0,
      value: -0,
      trace: [1, 1, 1].map(() => ({ value: -1, accepted: false, depth: 1 })),
    });
    throws(() => depthFirst(0, { propose, evaluate, attempts: 0, evaluations: 5 }), /with 0 attempts/);
    throws(() => depthFirst(0, { propose, evaluate: () => NaN, attempts: 1, evaluations: 5 }), /worth NaN/);
  });

  it("refines until nothing is wrong, at most so often", async () => {
    const options = {
      critique: (draft: string) => Promise.resolve(draft.includes("x") ? "an x" : undefined),
      revise: (draft: string) => draft.replace("x", ""),
    };
    deepEqual(await refine("axbx", { ...options, rounds: 9 }), {
      draft: "ab",
      drafts: ["axbx", "abx", "ab"],
      critiques: ["an x", "an x"],
      passed: true,
    });
    const short = await refine("axbx", { ...options, rounds: 1 });
    deepEqual([short.draft, short.passed, short.critiques.length], ["abx", false, 2]);
    await rejects(refine("a", { ...options, rounds: -1 }), RangeError);
  });
});
