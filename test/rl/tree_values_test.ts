import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { groupAdvantages, treeGroupAdvantages, treeValues } from "../../src/rl/mod.ts";

const kernels = await loadKernels();
const trees = fc.array(
  fc.record({ up: fc.nat(1_000_000), outcome: fc.double({ min: -2, max: 2, noNaN: true }).map(Math.fround) }),
  {
    minLength: 1,
    maxLength: 20,
  },
).map((list) => ({
  parents: Int32Array.from(list, ({ up }, node) => node === 0 || up % 7 === 0 ? -1 : up % node),
  outcomes: Float32Array.from(list, ({ outcome }) => outcome),
}));
type Tree = { readonly parents: Int32Array; readonly outcomes: Float32Array };

/** By recursion from above, in float64. */
function oracle(
  { parents, outcomes }: Tree,
  node: number,
  mean: "children" | "leaves",
): { value: number; leaves: number[] } {
  const children = [...parents.keys()].filter((child) => parents[child] === node).map((c) =>
    oracle({ parents, outcomes }, c, mean)
  );
  if (children.length === 0) return { value: outcomes[node], leaves: [outcomes[node]] };
  const leaves = children.flatMap((child) => child.leaves);
  const values = mean === "leaves" ? leaves : children.map(({ value }) => value);
  return { value: values.reduce((a, b) => a + b, 0) / values.length, leaves };
}

describe("treeValues()", () => {
  for (const mean of ["children", "leaves"] as const) {
    it(`agrees with a recursion from above, by ${mean}`, () => {
      fc.assert(fc.property(trees, (tree) => {
        const { values, advantages, leaves } = treeValues(tree, { mean });
        tree.parents.forEach((parent, node) => {
          const want = oracle(tree, node, mean);
          ok(Math.abs(values[node] - want.value) < 1e-5);
          equal(leaves[node], want.leaves.length);
          const before = parent < 0 ? want.value : oracle(tree, parent, mean).value;
          ok(Math.abs(advantages[node] - (want.value - before)) < 1e-5);
        });
      }));
    });
  }

  it("has advantages that sum to 0 over the children of a node, and to the outcome minus the root's along a path", () => {
    fc.assert(fc.property(trees, (tree) => {
      const { values, advantages } = treeValues(tree);
      tree.parents.forEach((_, node) => {
        const children = [...tree.parents.keys()].filter((child) => tree.parents[child] === node);
        ok(Math.abs(children.reduce((sum, child) => sum + advantages[child], 0)) < 1e-4);
        let [sum, at] = [0, node];
        for (; tree.parents[at] >= 0; at = tree.parents[at]) sum += advantages[at];
        ok(Math.abs(sum - (values[node] - values[at])) < 1e-4);
      });
    }));
  });

  it("is nothing for no nodes and refuses parents that do not stand before", () => {
    equal(treeValues({ parents: new Int32Array(0), outcomes: new Float32Array(0) }).values.length, 0);
    for (const parents of [[0], [1, -1], [-2]]) {
      const tree = { parents: Int32Array.from(parents), outcomes: new Float32Array(parents.length) };
      throws(() => treeValues(tree), /does not stand before it/);
    }
    throws(() => treeValues({ parents: Int32Array.of(-1), outcomes: new Float32Array(2) }), /expected 1, got 2/);
  });
});

describe("treeGroupAdvantages()", () => {
  it("is the sum of both comparisons, and only the task's for a tree with one leaf", () => {
    const columns = { outcomes: Float32Array.of(4, 2, 0), trees: Uint32Array.of(1, 1, 2), groups: new Uint32Array(3) };
    const task = groupAdvantages(kernels, { rewards: columns.outcomes, groups: columns.groups }, { singleton: "zero" });
    const got = treeGroupAdvantages(kernels, columns, { scale: "none" });
    deepEqual([...got], [task[0] + 1, task[1] - 1, task[2]]);
  });
});
