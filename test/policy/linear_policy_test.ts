import { describe, it } from "@std/testing/bdd";
import { equal, ok, throws } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  createLinearPolicy,
  type LinearPolicy,
  type LinearPolicyOptions,
  type Policy,
  restoreLinearPolicy,
} from "../../src/policy/mod.ts";
import { policyConformance, type Question } from "./conformance.ts";

const kernels = await loadKernels();
const DOORS = ["open the left door", "open the right door", "open", "wait"];
const user = (text: string): Question["turns"] => [{ role: "user", text }];
const EPISODES: readonly (readonly Question[])[] = [
  [
    { turns: [{ role: "system", text: "Find the lamp." }, ...user("Two doors.")], candidates: DOORS },
    { turns: [{ role: "tool", text: "The left door is open." }], candidates: DOORS },
    { turns: [], candidates: DOORS.slice(1) },
  ],
  [{ turns: user("One door, ünïcode 😀"), candidates: ["open the left door"] }],
  [{ turns: user("Say something."), candidates: DOORS }, { turns: user(""), candidates: ["go north", "…"] }],
];

/** A policy whose weights are waves: neither equal nor zero. */
function waving(options: LinearPolicyOptions): Policy {
  const plain = createLinearPolicy(kernels, options);
  const snapshot = plain.snapshot();
  plain[Symbol.dispose]();
  const tensors = new Map(
    [...snapshot.tensors].map(([name, { shape, values }]) =>
      [name, { shape, values: values.map((_, i) => Math.sin(1.3 * i)) }] as const
    ),
  );
  return restoreLinearPolicy(kernels, { ...snapshot, tensors });
}

const SHAPES: readonly LinearPolicyOptions[] = [
  { bits: 9 },
  { bits: 8, memory: "all", optimizer: "sgd", characters: false },
  { bits: 9, characters: false, hidden: 4 },
];
for (const options of SHAPES) {
  policyConformance(`linear ${JSON.stringify(options)}`, () =>
    Promise.resolve({
      create: () => waving(options),
      restore: (snapshot) => restoreLinearPolicy(kernels, snapshot),
      episodes: EPISODES,
    }));
}

describe("createLinearPolicy()", () => {
  const logProb = (policy: Policy, text: string, candidates: readonly string[], action: string): number => {
    using context = policy.open();
    context.append(user(text));
    const decision = policy.demonstrate({ context, candidates, seed: 1, stream: 1 }, action);
    return policy.evaluate([{ decisions: [decision] }]).logProbs[0];
  };

  it("is uniform before it has learned", () => {
    using policy = createLinearPolicy(kernels, { bits: 10 });
    ok(Math.abs(logProb(policy, "anything", DOORS, "wait") + Math.log(4)) < 1e-6);
  });

  it("prefers the candidate whose words are said when likeness has weight", () => {
    using policy = createLinearPolicy(kernels, { bits: 10, similarityWeight: 10 });
    ok(Math.exp(logProb(policy, "please book a flight", ["cancel order", "book flight"], "book flight")) > 0.9);
  });

  it("remembers its own actions only when memory is 'all'", () => {
    for (const memory of ["latest", "all"] as const) {
      using policy = waving({ bits: 12, memory });
      const after = (action: string): number => {
        using context = policy.open();
        context.append(user("start"));
        policy.demonstrate({ context, candidates: DOORS, seed: 1, stream: 1 }, action);
        context.append(user("go on"));
        return policy.decide([{ context, candidates: DOORS, seed: 1, stream: 1 }])[0].value;
      };
      equal(after("open") === after("wait"), memory === "latest");
    }
  });

  it("learns with hidden units what depends on two words together, and not without", () => {
    const cases = [["a", "c", "yes"], ["a", "d", "no"], ["b", "c", "no"], ["b", "d", "yes"]] as const;
    for (const hidden of [0, 32]) {
      using policy = createLinearPolicy(kernels, { bits: 12, bigrams: false, characters: false, hidden });
      const learned = cases.map(([one, other, answer]) => {
        using context = policy.open();
        context.append(user(`${one} ${other}`));
        return {
          decisions: [policy.demonstrate({ context, candidates: ["yes", "no"], seed: 1, stream: 1 }, answer)],
        };
      });
      for (let update = 0; update < 300; update++) {
        policy.evaluate(learned);
        const zero = new Float32Array(4);
        policy.backward({ dLogProbs: new Float32Array(4).fill(-1), dEntropies: zero, dValues: zero });
        policy.update({ learningRate: 0.1 });
      }
      const { logProbs } = policy.evaluate(learned);
      equal(logProbs.every((logProb) => logProb > Math.log(0.9)), hidden > 0, `${hidden}: ${logProbs}`);
    }
  });

  it("reads and trains the scores that it acts by, and follows another", () => {
    using policy = waving({ bits: 10, hidden: 4 }) as LinearPolicy;
    using copy = createLinearPolicy(kernels, { bits: 10, hidden: 4 });
    const questions = [{ text: "two doors", candidates: DOORS }, { text: "one", candidates: DOORS.slice(2) }];
    const scores = policy.scores(questions);
    equal(scores.length, 6);
    const [first, ...others] = scores.subarray(0, 4);
    const normalizer = first + Math.log(others.reduce((sum, score) => sum + Math.exp(score - first), 1));
    ok(Math.abs(logProb(policy, "two doors", DOORS, DOORS[0]) - (first - normalizer)) < 1e-4);
    copy.follow(policy, 1);
    equal(`${copy.scores(questions)}`, `${scores}`);
    copy.backwardScores(Float32Array.of(0, -1, 0, 0, 0, 0));
    copy.update({ learningRate: 0.1 });
    ok(copy.scores(questions)[1] > scores[1]);
    throws(() => copy.backwardScores(new Float32Array(5)), /dScores/);
    throws(() => createLinearPolicy(kernels, { bits: 10, hidden: 5 }), /power of two/);
  });

  it("refuses requests without candidates", () => {
    using policy = createLinearPolicy(kernels, { bits: 8 });
    using context = policy.open();
    throws(() => policy.decide([{ context, seed: 1, stream: 1 }]), EddyError);
  });

  it("refuses snapshots that do not fit", () => {
    using policy = createLinearPolicy(kernels, { bits: 8 });
    const snapshot = policy.snapshot();
    const refused = (broken: typeof snapshot): void =>
      throws(() => restoreLinearPolicy(kernels, broken)[Symbol.dispose](), { code: "checkpoint_invalid" });
    const weights = (values: Float32Array): typeof snapshot => ({
      ...snapshot,
      tensors: new Map([["linear.weight", { shape: [values.length], values }]]),
    });
    refused({ ...snapshot, files: new Map() });
    refused({ ...snapshot, tensors: new Map() });
    refused(weights(new Float32Array(3)));
    refused(weights(new Float32Array(policy.parameterCount).fill(NaN)));
    throws(() => createLinearPolicy(kernels, { bits: 9 }, snapshot), { code: "checkpoint_invalid" });
  });
});
