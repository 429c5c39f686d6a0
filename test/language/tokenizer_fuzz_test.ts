import { describe, it } from "@std/testing/bdd";
import { ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadTokenizer } from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

const kernels = await loadKernels();
const folder = join(fixturesFolder, "tokenizers");
const files = readdirSync(folder).map((name) => join(folder, name, "tokenizer.json")).filter(existsSync)
  .map((path) => readFileSync(path, "utf8"));
const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner) => [inner], []);
const odd = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  1e300,
  0.5,
  2 ** 31,
  "",
  "▁",
  "x".repeat(5000),
  "Sequence",
  "(a+)+$",
  [],
  {},
  [[]],
  nested(2000),
  { type: "Sequence", normalizers: [{ type: "NFC" }] },
  { type: "Metaspace" },
  { Regex: "[" },
);

/** One text, an EddyError, or nothing else; in bounded time. */
function tryFile(json: string): void {
  const startedAt = performance.now();
  try {
    using tokenizer = loadTokenizer(kernels, json);
    const ids = tokenizer.encode("Hello wörld <s> 123\n", { addSpecial: true, parseSpecial: true });
    tokenizer.encodeWithOffsets("a é", { addSpecial: true });
    tokenizer.decode(ids, { skipSpecial: true });
    using stream = tokenizer.stream();
    for (const id of ids) stream.push(id);
    stream.finish();
  } catch (error) {
    ok(error instanceof EddyError && /^Cannot .+: ./.test(error.message), String((error as Error).stack));
    ok(error.message.length < 2000, "the message is short");
  }
  ok(performance.now() - startedAt < 20_000, "took too long");
}

/** Puts `value` at a random place of a JSON value, not too often into long lists. */
function put(target: unknown, path: readonly number[], value: unknown): unknown {
  if (typeof target !== "object" || target === null || path.length === 0) return value;
  const keys = Object.keys(target);
  if (keys.length === 0) return value;
  const key = keys[path[0] % keys.length];
  const inner = put((target as Record<string, unknown>)[key], path.slice(1), value);
  return Array.isArray(target) ? target.with(Number(key), inner) : { ...target, [key]: inner };
}

describe("loadTokenizer() of broken files", () => {
  it("throws EddyError, or reads what is left, when a part is something else", () => {
    const parsed = files.map((text) => JSON.parse(text));
    const path = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...parsed), path, odd, (file, path, value) => {
        tryFile(JSON.stringify(put(file, path, value)));
      }),
      { numRuns: 300 },
    );
  });

  it("says shortly what is wrong with long texts", () => {
    const long = "x".repeat(5000);
    for (const text of files) {
      const file = JSON.parse(text);
      const { type, pretokenizers: [first = {}] = [] } = file.pre_tokenizer ?? {};
      tryFile(JSON.stringify({ ...file, added_tokens: [{ id: 3, content: long }] }));
      for (const part of [{ behavior: long }, { pattern: { Regex: `(${long}` } }, { type: long }]) {
        const parts = type === "Sequence" ? [{ ...first, ...part }] : [{ type: "Split", ...part }];
        tryFile(JSON.stringify({ ...file, pre_tokenizer: { type: "Sequence", pretokenizers: parts } }));
      }
    }
  });

  it("throws EddyError when the file is cut off or bytes are others", () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(), fc.string(), (text, at, length, other) => {
        const start = at % text.length;
        tryFile(text.slice(0, start));
        tryFile(text.slice(0, start) + other + text.slice(start + length % 50));
      }),
      { numRuns: 60 },
    );
  });

  it("throws EddyError for what is too deep, too long, or merges in circles", () => {
    const model = { type: "BPE", vocab: { a: 0, "##": 1, "a##": 2 }, merges: [["a", "##"]] };
    const deep = (depth: number): unknown =>
      depth === 0 ? { type: "NFC" } : { type: "Sequence", normalizers: [deep(depth - 1)] };
    const files: readonly string[] = [
      "[".repeat(200_000),
      JSON.stringify({ model, normalizer: deep(1000) }),
      JSON.stringify({ model: { ...model, continuing_subword_prefix: "##" } }),
      JSON.stringify({ model: { ...model, merges: [["a", ""]] } }),
      JSON.stringify({ model: { type: "WordPiece", vocab: { "[UNK]": 0, ["x".repeat(1e6)]: 1 } } }),
      JSON.stringify({ model: { type: "Unigram", vocab: [["a", -1]], unk_id: 7 } }),
      JSON.stringify({ model: { type: "Unigram", vocab: [["a", null]] } }),
      JSON.stringify({ model, pre_tokenizer: { type: "Split", pattern: { Regex: "a".repeat(1e6) } } }),
      JSON.stringify({ model, normalizer: { type: "Precompiled", precompiled_charsmap: "//////8=" } }),
      JSON.stringify({ model, normalizer: { type: "Precompiled", precompiled_charsmap: "%" } }),
    ];
    for (const json of files) {
      let refused = false;
      try {
        loadTokenizer(kernels, json)[Symbol.dispose]();
      } catch (error) {
        refused = error instanceof EddyError && error.code === "tokenizer_invalid";
      }
      ok(refused, json.slice(0, 100));
    }
  });
});

describe("Tokenizer.encode()", () => {
  it("takes time in proportion to the text, also for one word without end", () => {
    for (const json of files) {
      using tokenizer = loadTokenizer(kernels, json);
      for (
        const text of ["a".repeat(200_000), " ".repeat(200_000), "é\u0301".repeat(60_000), "\uFFFD€".repeat(60_000)]
      ) {
        const startedAt = performance.now();
        ok(tokenizer.encodeWithOffsets(text).ids.length >= 0);
        ok(performance.now() - startedAt < 20_000, "took too long");
      }
    }
  });
});
