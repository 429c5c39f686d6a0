import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { loadKernels } from "../../src/kernels/mod.ts";
import { EddyError } from "../../src/errors.ts";
import { loadTokenizer } from "../../src/language/mod.ts";
import { dataFolder, fixturesFolder } from "../fixtures.ts";

interface Vector {
  readonly name: string;
  readonly text: string;
  readonly ids: number[];
  readonly offsets: number[];
  readonly decoded: string;
  readonly decoded_skip: string;
  readonly decoded_keep?: string;
  readonly ids_special: number[];
  readonly offsets_special: number[];
  readonly ids_plain?: number[];
}

interface Vectors {
  readonly vocab_size: number;
  readonly vectors: Vector[];
  readonly stream: { readonly name: string; readonly ids: number[]; readonly parts: (string | null)[] }[];
}

const kernels = await loadKernels();
const folder = join(fixturesFolder, "tokenizers");
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "vectors.json")))
  : [];

/** The tokenizer.json of a recorded case: in its folder, or the published one of the data sets. */
function source(name: string): string | undefined {
  const own = join(folder, name, "tokenizer.json");
  if (existsSync(own)) return readFileSync(own, "utf8");
  const published = dataFolder && join(dataFolder, `tokenizer-${name.replace("-real", "")}`, "tokenizer.json.gz");
  return published && existsSync(published) ? gunzipSync(readFileSync(published)).toString() : undefined;
}

describe("tokenizers, recorded", () => {
  if (names.length === 0) it.skip("no recorded tokenizers in this clone", () => {});
  for (const name of names) {
    const json = source(name);
    if (json === undefined) {
      it.skip(`${name}: its tokenizer.json is not on this machine`, () => {});
      continue;
    }
    const recorded = JSON.parse(readFileSync(join(folder, name, "vectors.json"), "utf8")) as Vectors;
    it(`Tokenizer gives the recorded ids, offsets, texts and parts of ${name}`, () => {
      using tokenizer = loadTokenizer(kernels, json);
      equal(tokenizer.vocabularySize, recorded.vocab_size);
      for (const vector of recorded.vectors) {
        const { name, text, ids, decoded } = vector;
        const parseSpecial = true;
        deepEqual([...tokenizer.encode(text, { parseSpecial })], ids, name);
        const plain = tokenizer.encodeWithOffsets(text, { parseSpecial });
        deepEqual([[...plain.ids], [...plain.offsets]], [ids, vector.offsets], name);
        const framed = tokenizer.encodeWithOffsets(text, { parseSpecial, addSpecial: true });
        deepEqual([[...framed.ids], [...framed.offsets]], [vector.ids_special, vector.offsets_special], name);
        deepEqual(tokenizer.encode(text, { parseSpecial, addSpecial: true }), framed.ids, name);
        deepEqual([...tokenizer.encode(text)], vector.ids_plain ?? ids, name);
        equal(tokenizer.decode(ids), decoded, name);
        equal(tokenizer.decode(vector.ids_special), vector.decoded_keep ?? decoded, name);
        equal(tokenizer.decode(vector.ids_special, { skipSpecial: true }), vector.decoded_skip, name);
      }
      for (const { name, ids, parts } of recorded.stream) {
        using stream = tokenizer.stream();
        deepEqual(ids.map((id) => stream.push(id) ?? null), parts, name);
      }
    });
  }
});

describe("malformed tokenizers", () => {
  const broken = join(fixturesFolder, "malformed");
  const files = existsSync(broken) ? readdirSync(broken).filter((name) => name.endsWith("tokenizer.json")) : [];
  if (files.length === 0) it.skip("no malformed tokenizers in this clone", () => {});
  for (const file of files) {
    it(`loadTokenizer() throws EddyError for ${file}`, () => {
      throws(
        () => loadTokenizer(kernels, readFileSync(join(broken, file), "utf8")),
        (error) => error instanceof EddyError && error.code === "tokenizer_invalid",
      );
    });
  }
});
