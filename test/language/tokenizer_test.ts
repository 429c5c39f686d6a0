import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadTokenizer, trainTokenizer } from "../../src/language/mod.ts";

const kernels = await loadKernels();
const corpus = [
  ...Array(20).fill("Please cancel order O1234 for the customer, then tell the customer that order O77 is canceled."),
  ...Array(10).fill('{"state": "shipped", "boxes": 3} naïve café — 東京 😀'),
];
const options = { vocabularySize: 400, specialTokens: ["<|end|>"], addedTokens: ['{"state": "', "get_order"] };
const tokenizer = trainTokenizer(kernels, corpus, options);
const anyText = fc.string({ unit: "binary", maxLength: 60 });
const corpusText = fc.array(fc.oneof(fc.constantFrom("<|end|>", " order", "get_order", '{"state": "', "O12"), anyText))
  .map((parts) => parts.join(""));

describe("Tokenizer.encode()", () => {
  it("is undone by decode() for any text", () => {
    fc.assert(
      fc.property(corpusText, fc.boolean(), (text, parseSpecial) => {
        equal(tokenizer.decode(tokenizer.encode(text, { parseSpecial })), text);
      }),
      { numRuns: 300 },
    );
  });

  it("gives one token for a frequent word with its space, and one for each digit", () => {
    const words = [...tokenizer.encode(" the customer order O407")].map((id) => tokenizer.token(id));
    deepEqual(words, [" the", " customer", " order", " O", "4", "0", "7"]);
  });

  it("reads special tokens as plain text unless asked", () => {
    const end = tokenizer.tokenId("<|end|>")!;
    equal(end, 0);
    ok(!tokenizer.encode("a<|end|>").includes(end));
    deepEqual([...tokenizer.encode("<|end|>", { parseSpecial: true })], [end]);
  });

  it("gives added tokens whole, wherever they stand", () => {
    const whole = [...tokenizer.encode('xget_order{"state": "')].map((id) => tokenizer.token(id));
    deepEqual(whole, ["x", "get_order", '{"state": "']);
  });

  it("covers the text with its offsets", () => {
    fc.assert(
      fc.property(corpusText, (text) => {
        const { ids, offsets } = tokenizer.encodeWithOffsets(text);
        deepEqual(ids, tokenizer.encode(text));
        const points = [...text];
        ids.forEach((id, i) => {
          const [start, end] = [offsets[2 * i], offsets[2 * i + 1]];
          ok(start < end && (i === 0 ? start === 0 : start <= offsets[2 * i - 1]));
          if (!tokenizer.token(id).includes("\uFFFD")) equal(points.slice(start, end).join(""), tokenizer.token(id));
        });
        equal(offsets.at(-1) ?? 0, points.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("Tokenizer.stream()", () => {
  it("never gives half a character, and all of the text in the end", () => {
    fc.assert(
      fc.property(corpusText, (text) => {
        using stream = tokenizer.stream();
        let all = "";
        for (const id of tokenizer.encode(text)) {
          const part = stream.push(id);
          ok(part === undefined || !part.endsWith("\uFFFD"));
          all += part ?? "";
        }
        equal(all + stream.finish(), text);
      }),
      { numRuns: 200 },
    );
  });
});

describe("trainTokenizer()", () => {
  it("gives the same tokenizer for the same texts", () => {
    using again = trainTokenizer(kernels, corpus, options);
    equal(again.toJson(), tokenizer.toJson());
  });

  it("gives no more tokens than asked, and fewer when there is nothing to merge", () => {
    equal(tokenizer.vocabularySize <= 400, true);
    using none = trainTokenizer(kernels, ["a b c d"], { vocabularySize: 1000 });
    equal(none.vocabularySize, 256);
  });

  it("throws RangeError when the tokens do not fit or are unusable", () => {
    throws(() => trainTokenizer(kernels, [], { vocabularySize: 255 }), RangeError);
    throws(() => trainTokenizer(kernels, [], { vocabularySize: 257, addedTokens: ["ab", "cd"] }), RangeError);
    throws(() => trainTokenizer(kernels, [], { vocabularySize: 400, addedTokens: ["ab", "ab"] }), RangeError);
    throws(() => trainTokenizer(kernels, [], { vocabularySize: 400, addedTokens: [""] }), RangeError);
  });
});

describe("loadTokenizer()", () => {
  it("gives the same ids as the tokenizer that was written", () => {
    using loaded = loadTokenizer(kernels, tokenizer.toJson());
    equal(loaded.vocabularySize, tokenizer.vocabularySize);
    fc.assert(fc.property(corpusText, (text) => deepEqual(loaded.encode(text), tokenizer.encode(text))));
  });

  const file = JSON.parse(tokenizer.toJson());
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ["is cut off", tokenizer.toJson().slice(0, 100), /not JSON/],
    ["is a list", "[]", /not a JSON object/],
    ["is of another model", JSON.stringify({ ...file, model: { type: "Neural" } }), /'Neural' is not supported yet/],
    [
      "has an unknown normalizer",
      JSON.stringify({ ...file, normalizer: { type: "Rhyme" } }),
      /normalizer 'Rhyme' is not supported yet/,
    ],
    [
      "has no merges",
      JSON.stringify({ ...file, model: { ...file.model, merges: undefined } }),
      /'model.merges' is missing/,
    ],
    [
      "has a huge id",
      JSON.stringify({ ...file, model: { ...file.model, vocab: { ...file.model.vocab, zz: 2 ** 40 } } }),
      /the id of token 'zz'/,
    ],
    [
      "gives one id twice",
      JSON.stringify({ ...file, model: { ...file.model, vocab: { ...file.model.vocab, zz: 1 } } }),
      /have id 1/,
    ],
    [
      "merges unknown tokens",
      JSON.stringify({ ...file, model: { ...file.model, merges: [["q", "qq"]] } }),
      /needs token 'qq'/,
    ],
    [
      "gives an added token the id of another token",
      JSON.stringify({ ...file, added_tokens: [{ content: "<new>", id: 9 }] }),
      /id 9/,
    ],
  ];
  for (const [what, json, message] of broken) {
    it(`throws EddyError when the file ${what}`, () => {
      throws(
        () => loadTokenizer(kernels, json),
        (error) => error instanceof EddyError && error.code === "tokenizer_invalid" && message.test(error.message),
      );
    });
  }
});

describe("Tokenizer.tokenId()", () => {
  it("is undone by token()", () => {
    for (const text of [" customer", "get_order", "a", "<|end|>"]) {
      equal(tokenizer.token(tokenizer.tokenId(text)!), text);
    }
    equal(tokenizer.tokenId("no such token"), undefined);
  });
});
