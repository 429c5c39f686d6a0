import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { candidateTrie, type Policy, SPECIAL_TOKENS } from "../../src/policy/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import { smallTransformer } from "../../src/recipe/mod.ts";

const kernels = await loadKernels();
const names = ["send", "send all", "sender", "take", "take two", "wait"];
const made = (words: readonly string[] = []): Policy =>
  smallTransformer(kernels, ["what to do now?", ...names], { seed: 3, words, pieces: 4 });

/** log π of an action, from what the policy learns from. */
function likelihood(policy: Policy, question: string, action: string): number {
  using context = policy.open();
  context.append([{ role: "user", text: question }]);
  const decision = policy.demonstrate({ context, candidates: names, seed: 0, stream: 0 }, action);
  return policy.evaluate([{ decisions: [decision] }]).logProbs.reduce((sum, logProb) => sum + logProb, 0);
}

describe("rank()", () => {
  it("gives all actions with their probabilities where there are as many beams", () => {
    using policy = made();
    using context = policy.open();
    context.append([{ role: "user", text: "what to do now?" }]);
    const [ranked] = policy.rank!([{ context, candidates: names, seed: 0, stream: 0 }], 6);
    deepEqual(ranked.map(({ text }) => text).sort(), [...names].sort());
    ok(Math.abs(ranked.reduce((sum, { logProb }) => sum + Math.exp(logProb), 0) - 1) < 1e-5);
    for (const [index, { text, logProb }] of ranked.entries()) {
      ok(Math.abs(logProb - likelihood(policy, "what to do now?", text)) < 1e-4, text);
      ok(index === 0 || logProb <= ranked[index - 1].logProb);
    }
  });

  it("is decide()'s order where actions are one token, whatever else is in the batch, and changes nothing", () => {
    using policy = made(names);
    const contexts = ["what?", "what to do now?"].map((text) => {
      const context = policy.open();
      context.append([{ role: "user", text }]);
      return context;
    });
    const request = (index: number, candidates = names): Parameters<Policy["decide"]>[0][number] => ({
      context: contexts[index],
      candidates,
      seed: 0,
      stream: 0,
    });
    const both = policy.rank!([request(0), request(1)], 3);
    deepEqual(policy.rank!([request(1)], 3), [both[1]]);
    let left = names;
    for (const { text } of both[1]) {
      using context = policy.open();
      context.append([{ role: "user", text: "what to do now?" }]);
      const [{ text: best }] = policy.decide([{ ...request(1, left), context }], { temperature: 0 });
      equal(text, best);
      left = left.filter((name) => name !== best);
    }
    equal(policy.decide([request(0)], { temperature: 0 })[0].text, both[0][0].text);
    throws(() => policy.rank!([request(1)], 0), /Cannot rank 0 actions/);
    for (const context of contexts) context[Symbol.dispose]();
  });

  it("leaves no evaluation to go backward from", () => {
    using policy = made();
    likelihood(policy, "what?", "take");
    using context = policy.open();
    context.append([{ role: "user", text: "what?" }]);
    policy.rank!([{ context, candidates: names, seed: 0, stream: 0 }], 2);
    const none = new Float32Array();
    throws(() => policy.backward({ dLogProbs: none, dEntropies: none, dValues: none }), /nothing was evaluated/);
  });
});

describe("candidateTrie()", () => {
  it("has three states for any number of names of one token", () => {
    const many = Array.from({ length: 400 }, (_, index) => `tool-${index}`);
    const options = { vocabularySize: 256 + 5 + 400, specialTokens: SPECIAL_TOKENS, addedTokens: many };
    using tokenizer = trainTokenizer(kernels, [], options);
    const trie = candidateTrie(tokenizer, many, tokenizer.tokenId("<|end|>")!);
    deepEqual([...trie.allowedCounts], [400, 1, 0]);
    equal(trie.next(0, tokenizer.tokenId("tool-7")!), trie.next(0, tokenizer.tokenId("tool-399")!));
  });
});
