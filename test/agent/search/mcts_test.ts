import fc from "fast-check";
import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { mcts, openSearchWorld, puct, type SearchPolicy, ucb } from "../../../src/agent/mod.ts";
import { treePairs } from "../../../src/dataset/mod.ts";
import { lock } from "../../../src/environment/mod.ts";
import { uniforms } from "../../dataset/_transcripts.ts";
import { exactValue, fixedPolicy, isEnd, pathOf, rewardOf, walk } from "./_walk.ts";

const uniform = [1 / 3, 1 / 3, 1 / 3];
const best = (values: number[]): number => Math.max(...values);
const search = (seed: number, options: Parameters<typeof mcts>[3], draws = 1, snapshots = true) => {
  const world = openSearchWorld(walk({ snapshots }));
  return mcts(world, fixedPolicy(uniform, uniforms(draws)), world.start(seed), options);
};

describe("puct() and ucb()", () => {
  it("are the formulas, by hand", () => {
    // 0.25 + 1.5·0.5·√9/(1+2) = 1.0; 0.5 + 1.5·0.5·3/(1+5) = 0.875
    deepEqual([...puct({ values: [0.25, 0.5], visits: [2, 5], priors: [0.5, 0.5] }, { total: 9, exploration: 1.5 })], [
      1,
      0.875,
    ]);
    deepEqual([...ucb({ values: [0.25], visits: [3] }, { total: Math.E, exploration: 2 })], [0.25 + 2 * 0.5]);
    deepEqual([...ucb({ values: [0.25, 1], visits: [3, 0] }, { total: 1, exploration: 2 })], [0.25, 1]);
    throws(() => puct({ values: [1], visits: [1], priors: [] }, { total: 1, exploration: 1 }), RangeError);
    throws(() => ucb({ values: [1], visits: [] }, { total: 1, exploration: 1 }), RangeError);
    throws(() => ucb({ values: [1], visits: [1] }, { total: 0, exploration: 1 }), RangeError);
  });
});

describe("mcts()", () => {
  it("finds the best way of a world whose ways are all counted, by either rule", () => {
    for (const selection of ["puct", "ucb"] as const) {
      for (let seed = 0; seed < 12; seed++) {
        const { nodes, line } = search(seed, { simulations: 3000, selection });
        const end = nodes[line[line.length - 1]].state;
        const worth = end.rewards.reduce((sum, reward) => sum + reward, 0);
        ok(Math.abs(worth - exactValue(seed, [], best)) < 1e-12, `${selection} ${seed}: ${worth}`);
        // What the root is worth comes close to it, from below: bad ways are tried as well.
        ok(nodes[0].value <= worth && nodes[0].value > worth - 0.3, `${nodes[0].value} of ${worth}`);
        ok(isEnd(seed, pathOf(end)));
      }
    }
  });

  it("is worth the mean of all ways where the policy's draws alone decide", () => {
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    // With so much exploration every way is tried alike, so each value is its exact mean, but for the first draws.
    const { nodes } = search(5, { simulations: 6000, exploration: 1e6 });
    for (const { state, visits, value, parent } of nodes) {
      if (parent < 0 || visits < 300) continue;
      const path = pathOf(state);
      const exact = rewardOf(5, path) + exactValue(5, path, mean);
      ok(Math.abs(value - exact) < 0.03, `${path}: ${value} of ${exact}`);
    }
  });

  it("accounts for every visit, step and value", () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        fc.nat(),
        (seed, simulations, by, draws) => {
          const selection = by ? "puct" : "ucb";
          const { nodes, environmentSteps } = search(seed, { simulations, selection, gamma: 0.9 }, draws);
          equal(nodes[0].visits, simulations);
          ok(environmentSteps >= nodes.length - 1);
          nodes.forEach(({ parent, visits, state, action }, index) => {
            ok(parent < index);
            const children = nodes.filter((node) => node.parent === index);
            const below = children.reduce((sum, child) => sum + child.visits, 0);
            // Its own first evaluation is the one visit that went no further; ends go no further at all.
            equal(visits, state.ended || index === 0 ? Math.max(below, visits) : below + 1);
            if (index === 0) equal(below, visits);
            if (parent >= 0) {
              deepEqual(state.steps.map((step) => step.action), [
                ...nodes[parent].state.steps.map((step) => step.action),
                action,
              ]);
            }
            if (state.ended) equal(children.length, 0);
            if (index > 0 && state.ended) {
              ok(Math.abs(nodes[index].value - state.rewards[state.steps.length - 1]) < 1e-12);
            }
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is a function of its seed, and the same tree with and without snapshots, which are cheaper", () => {
    const tree = (draws: number, snapshots = true) => {
      const { nodes, environmentSteps } = search(3, { simulations: 50 }, draws, snapshots);
      return {
        shape: nodes.map(({ parent, action, visits, value }) => [parent, action, visits, value]),
        environmentSteps,
      };
    };
    deepEqual(tree(1), tree(1));
    notDeepEqual(tree(1).shape, tree(2).shape);
    deepEqual(tree(1).shape, tree(1, false).shape);
    ok(tree(1).environmentSteps < tree(1, false).environmentSteps);
  });

  it("mixes what the critic says by alpha: with 0 it is the critic alone", () => {
    const critic = (): number[] => [0, 0.25, 1];
    const world = openSearchWorld(walk({ snapshots: true }));
    const options = { simulations: 40, critic, exploration: 0 };
    const alone = mcts(world, fixedPolicy(uniform, uniforms(1)), world.start(2), { ...options, alpha: 0 });
    deepEqual(alone.nodes.filter(({ parent }) => parent === 0).map(({ action, value }) => [action, value]), [[
      "right",
      1,
    ]]);
    const half = mcts(world, fixedPolicy(uniform, uniforms(1)), world.start(2), { ...options, exploration: 2 });
    const tried = search(2, { simulations: 40, exploration: 2 });
    for (const { state, value, visits, parent, action } of half.nodes) {
      if (parent !== 0) continue;
      const opinion = critic()[["left", "middle", "right"].indexOf(action)];
      ok(visits > 0 && value >= opinion / 2 && value <= (opinion + 2) / 2, `${state.steps.length}`);
    }
    ok(tried.nodes.length > 1);
  });

  it("follows a prior: what the policy never does is hardly tried", () => {
    const world = openSearchWorld(walk({ snapshots: true }));
    const { nodes } = mcts(world, fixedPolicy([0.98, 0.01, 0.01], uniforms(1)), world.start(4), { simulations: 40 });
    const visits = nodes.filter(({ parent }) => parent === 0).map(({ action, visits }) => [action, visits]);
    ok(visits[0][0] === "left" && Number(visits[0][1]) >= 35, JSON.stringify(visits));
  });

  it("stops at its budget, and its tree makes pairs", () => {
    const { nodes, environmentSteps } = search(6, { simulations: 1000, environmentSteps: 20 });
    ok(environmentSteps >= 20 && environmentSteps < 24, `${environmentSteps}`);
    for (const { chosen, rejected, gap } of treePairs(nodes, { theta: 0.1, leastVisits: 2 })) {
      ok(gap > 0.1 && nodes[chosen].parent === nodes[rejected].parent);
    }
  });

  it("opens a lock that is rewarded only at its end, by guesses, and its pairs say which key was right", () => {
    const options = { keys: 3, length: 3, traps: 0, panelReward: 0 };
    const [environment, reference] = [lock.create(options), lock.create(options)];
    for (let task = 0; task < 10; task++) {
      const random = uniforms(task);
      const keys = environment.actions!();
      const guesses: SearchPolicy = {
        propose: () => keys.map((action) => ({ action, probability: 1 / keys.length })),
        act: () => keys[Math.floor(random() * keys.length)],
        calls: 0,
      };
      const world = openSearchWorld(environment);
      const { nodes, line } = mcts(world, guesses, world.start(task), { simulations: 200 });
      reference.reset(task, "train");
      for (const index of line) {
        equal(nodes[index].action, reference.gold!());
        reference.step(nodes[index].action);
      }
      ok(nodes[line[line.length - 1]].state.success);
      for (const { chosen } of treePairs(nodes, { theta: 0.2 })) ok(line.includes(chosen));
    }
  });

  it("refuses ends, and numbers that make no sense", () => {
    throws(() => search(1, { simulations: 0 }), /Cannot search 0 times/);
    throws(() => search(1, { simulations: 1, alpha: 2 }), /alpha 2/);
    const world = openSearchWorld(walk());
    const end = { ...world.start(1), ended: true };
    throws(() => mcts(world, fixedPolicy(uniform, uniforms(1)), end, { simulations: 1 }), /has ended/);
  });
});
