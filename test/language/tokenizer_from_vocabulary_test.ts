import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  loadTokenizer,
  type PlainVocabulary,
  tokenizerFromVocabulary,
  trainTokenizer,
} from "../../src/language/mod.ts";

const kernels = await loadKernels();
const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/pipelines/sentencepiece.json", import.meta.url), "utf8"),
) as {
  readonly tokens: string[];
  readonly scores: number[];
  readonly types: number[];
  readonly vectors: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
};
const llama: PlainVocabulary = {
  model: "llama",
  tokens: recorded.tokens,
  scores: recorded.scores,
  tokenTypes: recorded.types,
  unknown: 0,
  beginningOfText: 1,
  endOfText: 2,
};

describe("tokenizerFromVocabulary()", () => {
  it("gives the ids and texts that SentencePiece gives for its byte pairs", () => {
    using tokenizer = tokenizerFromVocabulary(kernels, llama);
    for (const { text, ids, decoded } of recorded.vectors) {
      deepEqual([...tokenizer.encode(text)], ids, text);
      equal(tokenizer.decode(ids), decoded);
    }
    deepEqual([...tokenizer.encode("the", { addSpecial: true })].slice(0, 1), [1]);
    deepEqual([...tokenizer.encode("<s>", { parseSpecial: true })], [1]);
  });

  it("writes a tokenizer.json that gives the same", () => {
    using tokenizer = tokenizerFromVocabulary(kernels, llama);
    using written = loadTokenizer(kernels, tokenizer.toJson());
    for (const { text, ids } of recorded.vectors) deepEqual([...written.encode(text)], ids, text);
  });

  it("merges the better score first, and of equal ones the left", () => {
    const tokens = ["?", "a", "b", "ab", "ba"];
    const make = (scores: number[]) =>
      tokenizerFromVocabulary(kernels, { model: "llama", tokens, scores, unknown: 0, addSpacePrefix: false });
    using left = make([0, 0, 0, -1, -1]);
    using right = make([0, 0, 0, -2, -1]);
    deepEqual([...left.encode("aba")], [3, 1]);
    deepEqual([...right.encode("aba")], [1, 4]);
  });

  it("gives the ids of a byte-level tokenizer from its tokens and merges", () => {
    using trained = trainTokenizer(kernels, Array(9).fill("the cat and the dog, naïve 東京"), {
      vocabularySize: 300,
      specialTokens: ["<|end|>"],
      numbers: "joined",
    });
    const { model } = JSON.parse(trained.toJson());
    const tokens: string[] = [];
    for (const [token, id] of Object.entries(model.vocab)) tokens[id as number] = token;
    const merges = (model.merges as [string, string][]).map((pair) => pair.join(" "));
    const tokenTypes = tokens.map((_, id) => id === 0 ? 3 : 1);
    using tokenizer = tokenizerFromVocabulary(kernels, { model: "gpt2", tokens, merges, tokenTypes, pre: "gpt-2" });
    for (const text of ["the cat's 東京 123", "<|end|>", ""]) {
      deepEqual(tokenizer.encode(text), trained.encode(text));
      deepEqual(tokenizer.encode(text, { parseSpecial: true }), trained.encode(text, { parseSpecial: true }));
    }
    using written = loadTokenizer(kernels, tokenizer.toJson());
    deepEqual(written.encode("the dog"), trained.encode("the dog"));
  });

  it("throws EddyError for what cannot be a tokenizer", () => {
    const broken: readonly (readonly [PlainVocabulary, RegExp])[] = [
      [{ ...llama, scores: [1] }, /900 tokens and 1 scores/],
      [{ ...llama, scores: undefined }, /no scores/],
      [{ ...llama, tokenTypes: [1] }, /token types/],
      [{ ...llama, model: "rwkv" }, /'rwkv' is not supported yet/],
      [{ ...llama, unknown: 4000 }, /no token 4000/],
      [{ model: "gpt2", tokens: ["a"] }, /no merges/],
      [{ model: "gpt2", tokens: ["a"], merges: ["a b"] }, /needs token 'b'/],
      [{ model: "gpt2", tokens: ["a"], merges: [], pre: "rhyme" }, /'rhyme', which is not supported yet/],
      [{ ...llama, tokens: [...llama.tokens.slice(1), "x".repeat(5000)] }, /5000 bytes/],
    ];
    for (const [vocabulary, message] of broken) {
      throws(
        () => tokenizerFromVocabulary(kernels, vocabulary),
        (error) => error instanceof EddyError && error.code === "tokenizer_invalid" && message.test(error.message),
        String(message),
      );
    }
  });
});
