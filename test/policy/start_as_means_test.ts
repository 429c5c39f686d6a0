import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok, throws } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { initializeTransformer, SPECIAL_TOKENS, startAsMeans } from "../../src/policy/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";

const kernels = await loadKernels();

describe("startAsMeans()", () => {
  it("gives each token the mean of the rows before, and leaves the rest", () => {
    const addedTokens = [" send", " mail", "tool-a", "tool-b", "tool-c"];
    const options = { vocabularySize: 256 + SPECIAL_TOKENS.length + 5, specialTokens: SPECIAL_TOKENS, addedTokens };
    using tokenizer = trainTokenizer(kernels, [], options);
    const shape = { vocabularySize: tokenizer.vocabularySize, hiddenSize: 16, heads: 1, keyValueHeads: 1, layers: 1 };
    using model = initializeTransformer(kernels, shape, 4).model;
    const rowsOf = (): (text: string) => Float32Array => {
      const all = model.readTensor("model.embed_tokens.weight");
      return (text) => all.slice(16 * tokenizer.tokenId(text)!, 16 * tokenizer.tokenId(text)! + 16);
    };
    const before = rowsOf();
    startAsMeans(model, tokenizer, new Map([["tool-a", " send mail"], ["tool-b", "tool-a"], ["tool-c", ""]]));
    const after = rowsOf();
    for (const [i, value] of after("tool-a").entries()) {
      ok(Math.abs(value - (before(" send")[i] + before(" mail")[i]) / 2) < 1e-6);
    }
    deepEqual(after("tool-b"), before("tool-a"));
    for (const same of ["tool-c", " send", "<|end|>"]) deepEqual(after(same), before(same));
    throws(
      () => startAsMeans(model, tokenizer, new Map([["tool-d", " send"]])),
      /'tool-d' as a mean: it is not one token/,
    );
  });
});
