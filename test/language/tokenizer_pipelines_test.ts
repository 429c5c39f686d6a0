import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadTokenizer, type Tokenizer } from "../../src/language/mod.ts";

const kernels = await loadKernels();
const parseSpecial = true;

interface Recorded {
  readonly pipelines: readonly {
    readonly name: string;
    readonly tokenizer: Record<string, unknown>;
    readonly vectors: readonly Record<string, string & number[]>[];
    readonly stream: readonly { readonly ids: number[]; readonly parts: (string | null)[] }[];
  }[];
}

const { pipelines } = JSON.parse(
  readFileSync(new URL("../fixtures/pipelines/pipelines.json", import.meta.url), "utf8"),
) as Recorded;

/** A file with the given parts and nothing else. */
function file(parts: Record<string, unknown>): string {
  return JSON.stringify({ added_tokens: [], ...parts });
}

function tokens(tokenizer: Tokenizer, text: string): [string, number, number][] {
  const { ids, offsets } = tokenizer.encodeWithOffsets(text, { parseSpecial });
  deepEqual(tokenizer.encode(text, { parseSpecial }), ids);
  return Array.from(ids, (id, at) => [tokenizer.token(id), offsets[2 * at], offsets[2 * at + 1]]);
}

const added = (id: number, content: string, flags: Record<string, boolean> = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: false,
  ...flags,
});

describe("loadTokenizer(), many pipelines", () => {
  for (const { name, tokenizer: json, vectors, stream } of pipelines) {
    it(`gives what the library recorded for ${name}`, () => {
      using tokenizer = loadTokenizer(kernels, JSON.stringify(json));
      for (const vector of vectors) {
        const plain = tokenizer.encodeWithOffsets(vector.text, { parseSpecial });
        deepEqual([[...plain.ids], [...plain.offsets]], [vector.ids, vector.offsets], vector.text);
        deepEqual(tokenizer.encode(vector.text, { parseSpecial }), plain.ids);
        const framed = tokenizer.encodeWithOffsets(vector.text, { parseSpecial, addSpecial: true });
        deepEqual([[...framed.ids], [...framed.offsets]], [vector.ids_special, vector.offsets_special], vector.text);
        deepEqual([...tokenizer.encode(vector.text)], vector.ids_plain);
        equal(tokenizer.decode(vector.ids), vector.decoded);
        equal(tokenizer.decode(vector.ids_special), vector.decoded_keep);
        equal(tokenizer.decode(vector.ids_special, { skipSpecial: true }), vector.decoded_skip);
      }
      for (const { ids, parts } of stream) {
        using decoder = tokenizer.stream();
        deepEqual(ids.map((id) => decoder.push(id) ?? null), parts);
      }
    });
  }
});

describe("Tokenizer of a Unigram", () => {
  // the sums: abcd 10; a + cd = 1; ab 2 beats a + b
  const vocab = [["?", 0], ["a", 0], ["b", 0], ["c", 0], ["d", 0], ["cd", 1], ["ab", 2], ["abc", 5], ["abcd", 10]];
  const tokenizer = loadTokenizer(kernels, file({ model: { type: "Unigram", unk_id: 0, vocab } }));

  it("encode() takes the best sum, and unknown characters together", () => {
    const found = [...tokenizer.encodeWithOffsets("abcdacdxé").ids];
    deepEqual(found, [8, 1, 5, 0]);
    deepEqual([...tokenizer.encodeWithOffsets("abcdacdxé").offsets], [0, 4, 4, 5, 5, 7, 7, 9]);
  });

  it("encode() says that a character has no token when there is none for the unknown", () => {
    using without = loadTokenizer(kernels, file({ model: { type: "Unigram", vocab } }));
    deepEqual([...without.encode("ab")], [6]);
    throws(() => without.encode("x"), (error) => error instanceof EddyError && /character 'x'/.test(error.message));
  });
});

describe("Tokenizer of a WordPiece", () => {
  const vocab = { "[UNK]": 0, "un": 1, "##aff": 2, "##able": 3, "cafe": 4, "!": 5, "中": 6 };
  const tokenizer = loadTokenizer(
    kernels,
    file({
      normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
      pre_tokenizer: { type: "BertPreTokenizer" },
      model: { type: "WordPiece", vocab, unk_token: "[UNK]", max_input_chars_per_word: 9 },
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    }),
  );

  it("encode() takes the longest from the left; offsets are of the user's text", () => {
    const { ids, offsets } = tokenizer.encodeWithOffsets("\u0007UNaffable  Cafe\u0301!中x");
    deepEqual([...ids], [1, 2, 3, 4, 5, 6, 0]);
    // the control character is left out, the accent belongs to no token
    deepEqual([...offsets], [1, 3, 3, 6, 6, 10, 12, 16, 17, 18, 18, 19, 19, 20]);
  });

  it("encode() gives long words up as a whole", () => {
    deepEqual([...tokenizer.encode("unaffable unaffableable")], [1, 2, 3, 0]);
  });

  it("decode() puts pieces together and cleans up", () => {
    equal(tokenizer.decode([1, 2, 3, 4, 5]), "unaffable cafe!");
  });
});

describe("Tokenizer of SentencePiece-style pairs", () => {
  const bytes = Object.fromEntries(
    Array.from({ length: 256 }, (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, byte + 10]),
  );
  const vocab = { "<unk>": 0, "▁": 1, "a": 2, "b": 3, "ab": 4, "▁a": 5, "▁ab": 6, ...bytes };
  const model = {
    type: "BPE",
    unk_token: "<unk>",
    fuse_unk: true,
    byte_fallback: true,
    vocab,
    merges: ["▁ a", "▁a b"],
  };
  const decoder = {
    type: "Sequence",
    decoders: [
      { type: "Replace", pattern: { String: "▁" }, content: " " },
      { type: "ByteFallback" },
      { type: "Fuse" },
      { type: "Strip", content: " ", start: 1, stop: 0 },
    ],
  };
  const metaspace = (prepend_scheme: string) => ({ type: "Metaspace", replacement: "▁", prepend_scheme, split: false });
  const withMark = added(300, "<m>");

  it("encode() prepends a space by the scheme: always, at the beginning of all, or never", () => {
    const heads = (["always", "first", "never"] as const).map((scheme) => {
      using tokenizer = loadTokenizer(
        kernels,
        file({ model, decoder, added_tokens: [withMark], pre_tokenizer: metaspace(scheme) }),
      );
      return [...tokenizer.encode("ab<m>ab")];
    });
    deepEqual(heads, [[6, 300, 6], [6, 300, 2, 3], [2, 3, 300, 2, 3]]);
  });

  it("encode() falls back to bytes, which stream() holds back until they are a character", () => {
    using tokenizer = loadTokenizer(kernels, file({ model, decoder, pre_tokenizer: metaspace("always") }));
    const ids = [...tokenizer.encode("ab €")];
    deepEqual(ids, [6, 1, 0xe2 + 10, 0x82 + 10, 0xac + 10]);
    equal(tokenizer.decode(ids), "ab €");
    using stream = tokenizer.stream();
    deepEqual(ids.map((id) => stream.push(id)), ["ab", " ", undefined, undefined, "€"]);
    stream.push(0xe2 + 10);
    equal(stream.finish(), "\uFFFD");
  });

  it("decode() is undone by no text", () => {
    using tokenizer = loadTokenizer(kernels, file({ model, decoder, pre_tokenizer: metaspace("always") }));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(" ", "ab", "€", "é", "😀", "\u0301"), fc.string())), (texts) => {
        const words = texts.join("");
        // the mark that is prepended stands for a space that a text may begin with
        equal(tokenizer.decode(tokenizer.encode(words)), words.startsWith(" ") ? words.slice(1) : words);
      }),
      { numRuns: 200 },
    );
  });
});

describe("added tokens", () => {
  const model = { type: "WordLevel", unk_token: "?", vocab: { "?": 0, "a": 1, "A": 2 } };
  const pre_tokenizer = { type: "WhitespaceSplit" };

  it("take the white space beside them when they are told to", () => {
    const added_tokens = [added(3, "<l>", { lstrip: true }), added(4, "<r>", { rstrip: true })];
    using tokenizer = loadTokenizer(kernels, file({ model, pre_tokenizer, added_tokens }));
    deepEqual(tokens(tokenizer, "a  <l> <r>  a"), [[" a", 0, 1], ["<l>", 1, 6], ["<r>", 7, 12], [" a", 12, 13]]);
  });

  it("stand alone when they are single words", () => {
    const added_tokens = [added(3, "bar", { single_word: true })];
    using tokenizer = loadTokenizer(kernels, file({ model, pre_tokenizer, added_tokens }));
    deepEqual([...tokenizer.encode("bar foobar bars (bar)")], [3, 0, 0, 0, 3, 0]);
  });

  it("are found in the rewritten text when they are normalized, else in the user's", () => {
    const added_tokens = [added(3, "YES", { normalized: true }), added(4, "NO")];
    using tokenizer = loadTokenizer(
      kernels,
      file({ model, pre_tokenizer, added_tokens, normalizer: { type: "Lowercase" } }),
    );
    deepEqual([...tokenizer.encode("yes YES no NO A")], [3, 3, 0, 4, 1]);
  });
});

describe("expressions of pre-tokenizers", () => {
  const cut = (expression: string, text: string): string[] => {
    const split = { type: "Split", pattern: { Regex: expression }, behavior: "Isolated", invert: false };
    using tokenizer = loadTokenizer(
      kernels,
      file({ model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0 } }, pre_tokenizer: split }),
    );
    const { offsets } = tokenizer.encodeWithOffsets(text);
    const points = [...text];
    return Array.from(
      { length: offsets.length / 2 },
      (_, at) => points.slice(offsets[2 * at], offsets[2 * at + 1]).join(""),
    );
  };

  it("are read in the syntax of Oniguruma", () => {
    deepEqual(cut("\\h+", "0fG12"), ["0f", "G", "12"]);
    deepEqual(cut("(?>a|ab)c", "abcac"), ["abc", "ac"]);
    deepEqual(cut("[[:alpha:]_]+", "a_1é"), ["a_", "1", "é"]);
    deepEqual(cut("(?i)x", "aXbx"), ["a", "X", "b", "x"]);
    deepEqual(cut("\\p{N}{1,3}+", "12345a"), ["12345", "a"]);
    deepEqual(cut("a++b|a", "aaab"), ["aaab"]);
    deepEqual(cut("\\p{Han}+", "漢字かな"), ["漢字", "かな"]);
  });

  it("that may take exponential time, or are broken, are refused", () => {
    for (const expression of ["(a+)+b", "(?:x*y*)*z", "(", "a)", "[a", "*", "\\p{Nonsense}", "(?<=a", "a**"]) {
      throws(
        () => cut(expression, "a"),
        (error) => error instanceof EddyError && error.code === "tokenizer_invalid",
        expression,
      );
    }
  });
});

describe("Tokenizer.token()", () => {
  it("gives what a token adds to a text, and tokenId() finds it", () => {
    for (const { tokenizer: json } of pipelines.slice(0, 6)) {
      using tokenizer = loadTokenizer(kernels, JSON.stringify(json));
      const id = tokenizer.tokenId("<s>")!;
      ok(id !== undefined);
      equal(tokenizer.token(id), "<s>");
      equal(tokenizer.token(1 << 23), "");
    }
  });
});
