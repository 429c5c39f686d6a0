import { describe, it } from "@std/testing/bdd";
import { equal, ok, throws } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  createLinearPolicy,
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

for (const options of [{ bits: 9 }, { bits: 8, memory: "all", optimizer: "sgd", characters: false }] as const) {
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
