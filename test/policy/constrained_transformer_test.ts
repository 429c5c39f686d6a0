import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { compileConstraint, trainTokenizer } from "../../src/language/mod.ts";
import { createTransformerPolicy, initializeTransformer, SPECIAL_TOKENS } from "../../src/policy/mod.ts";

const kernels = await loadKernels();
const tokenizer = trainTokenizer(kernels, [], { vocabularySize: 280, specialTokens: SPECIAL_TOKENS });
const { vocabularySize } = tokenizer;
const schema = {
  type: "object",
  properties: {
    kind: { enum: ["circle", "square"] },
    size: { type: "integer", minimum: 1, maximum: 20 },
    name: { type: "string", maxLength: 12 },
  },
  required: ["kind", "size"],
  additionalProperties: false,
};

describe("a transformer policy under compileConstraint()", () => {
  it("writes valid JSON with random weights, or says that it was cut, and learns from it", async () => {
    using policy = createTransformerPolicy({
      ...initializeTransformer(kernels, { vocabularySize }, 7),
      tokenizer,
      maximumActionTokens: 60,
    });
    using constraint = await compileConstraint({ jsonSchema: schema }, tokenizer);
    let whole = 0;
    for (let stream = 0; stream < 12; stream++) {
      using context = policy.open();
      context.append([{ role: "user", text: "Draw." }]);
      const [decision] = policy.decide([{ context, constraint, seed: 3, stream }]);
      if (!decision.truncated) {
        const { kind, size, name = "" } = JSON.parse(decision.text);
        ok(["circle", "square"].includes(kind) && Number.isInteger(size) && size >= 1 && size <= 20);
        ok([...name].length <= 12);
        whole++;
      }
      const { logProbs } = policy.evaluate([{ decisions: [decision] }]);
      equal(logProbs.join(), decision.behaviorLogProbs.join());
    }
    ok(whole > 6, `${whole} of 12 were whole`);
  });

  it("says that an action was cut", async () => {
    using policy = createTransformerPolicy({
      ...initializeTransformer(kernels, { vocabularySize }, 7),
      tokenizer,
      maximumActionTokens: 8,
    });
    using constraint = await compileConstraint({ jsonSchema: { type: "string", minLength: 100 } }, tokenizer);
    using context = policy.open();
    context.append([{ role: "user", text: "Talk." }]);
    const [decision] = policy.decide([{ context, constraint, seed: 3, stream: 0 }]);
    equal(decision.truncated, true);
    equal(decision.tokens.length, 8);
  });
});
