import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import {
  createTransformerPolicy,
  type Decision,
  initializeTransformer,
  loadPackedPolicy,
  type Policy,
  saveCheckpoint,
  SPECIAL_TOKENS,
} from "../../src/policy/mod.ts";

const kernels = await loadKernels();
const names = ["go left", "go left again", "go right", "stay here"];

/** A policy with random weights that are large enough to prefer some tokens. */
function openPlain(): Policy {
  const tokenizer = trainTokenizer(kernels, names, { vocabularySize: 280, specialTokens: SPECIAL_TOKENS });
  const { model, config } = initializeTransformer(kernels, { vocabularySize: tokenizer.vocabularySize }, 3);
  model.writeParameters(model.readParameters().map((x) => x === 1 ? x : x * 12));
  return createTransformerPolicy({ model, config, tokenizer, ownsTokenizer: true, maximumActionTokens: 40 });
}

/** The same, packed. */
function openPacked(): Policy {
  const folder = mkdtempSync(join(tmpdir(), "eddy-rows-"));
  try {
    using policy = openPlain();
    saveCheckpoint(folder, policy.snapshot());
    return loadPackedPolicy(kernels, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Two decisions of each of two conversations, one of them free. */
function decide(policy: Policy, temperature: number, raw: boolean): Decision[] {
  const contexts = ["which way?", "go left, go left"].map((text) => {
    const context = policy.open();
    context.append([{ role: "user", text }]);
    return context;
  });
  try {
    return [0, 1].flatMap((turn) =>
      policy.decide(
        contexts.map((context, i) => ({
          ...{ context, seed: 7, stream: 10 * turn + i },
          ...(turn === 1 && i === 1 ? {} : { candidates: names }),
        })),
        { temperature, raw },
      )
    );
  } finally {
    for (const context of contexts) context[Symbol.dispose]();
  }
}

for (const [name, open] of [["a transformer policy", openPlain], ["a packed policy", openPacked]] as const) {
  describe(`${name}, where few tokens are allowed`, () => {
    it("decides with the same bits without raw log-probabilities", () => {
      using policy = open();
      for (const temperature of [1, 0]) {
        const all = decide(policy, temperature, true), few = decide(policy, temperature, false);
        const unread = ({ rawLogProbs: _, ...rest }: Decision): Omit<Decision, "rawLogProbs"> => rest;
        deepEqual(few.map(unread), all.map(unread));
        for (const { rawLogProbs } of few) ok(rawLogProbs.some(Number.isNaN) && !rawLogProbs.some((x) => x < 0));
      }
    });

    it("ranks actions by what evaluating says of them, and leaves nothing behind", () => {
      using policy = open();
      using context = policy.open();
      context.append([{ role: "user", text: "which way?" }]);
      const request = { context, candidates: names, seed: 0, stream: 0 };
      const before = policy.decide([request])[0];
      context.restart([{ role: "user", text: "which way?" }]);
      const ranked = policy.rank!([request], names.length)[0];
      deepEqual(ranked.map(({ text }) => text).sort(), [...names].sort());
      for (const { text, logProb } of ranked) {
        const { logProbs } = policy.evaluate([{ decisions: [policy.demonstrate(request, text)] }]);
        ok(Math.abs(logProbs.reduce((sum, x) => sum + x, 0) - logProb) < 1e-4, text);
        context.restart([{ role: "user", text: "which way?" }]);
      }
      equal(policy.decide([request])[0].text, before.text);
    });
  });
}
