import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { compileConstraint, trainTokenizer } from "../../src/language/mod.ts";
import { explodingSchemas, schemaCases } from "./schema_cases.ts";
import { someValue } from "./schema_values.ts";
import { after, allows, someTokens } from "./writing.ts";

const kernels = await loadKernels();
const corpus = Array(5).fill('{"kind":"x","value":"true","children":[false,null],"name":"cat-1"}');
const tokenizer = trainTokenizer(kernels, corpus, { vocabularySize: 290, specialTokens: ["<|end|>"] });
const endToken = tokenizer.tokenId("<|end|>")!;

/** Formats that are not asserted: `examples` have them. */
const validator = () => new Ajv2020({ strict: false, validateFormats: false });

/** Numbers are written without one. */
function hasExponent(json: string): boolean {
  return /[0-9]e/.test(json.replace(/"(?:[^"\\]|\\.)*"/g, ""));
}

async function refusal(schema: unknown): Promise<string | undefined> {
  try {
    (await compileConstraint({ jsonSchema: schema }, tokenizer))[Symbol.dispose]();
  } catch (error) {
    ok(error instanceof EddyError && error.code === "constraint_invalid", String(error));
    return error.message;
  }
}

describe("compileConstraint() of schemas", () => {
  it("refuses by name what cannot be honoured", async () => {
    for (const { name, schema, refused } of schemaCases) {
      if (refused === undefined) continue;
      const message = await refusal(schema);
      ok(message?.includes(refused), `${name}: ${message}`);
    }
  });

  it("rejects no value that satisfies one", async () => {
    let counter = 0;
    const random = () => kernels.uniform(21, 0, counter++);
    const few: string[] = [];
    for (const { name, schema, refused, accepts = [] } of schemaCases) {
      if (refused !== undefined) continue;
      using constraint = await compileConstraint({ jsonSchema: schema }, tokenizer, { jumpAhead: false });
      const validate = validator().compile(schema as object);
      const texts = new Set<string>();
      const made = Array.from({ length: 12 }, () => someValue(schema, schema, random));
      for (const value of [...accepts.map((text) => JSON.parse(text)), ...made]) {
        const text = JSON.stringify(value);
        if (!validate(value) || hasExponent(text) || texts.has(text)) continue;
        texts.add(text);
        const state = after(constraint, tokenizer.encode(text));
        ok(state !== undefined && allows(constraint, state, endToken), `${name}: ${text}`);
      }
      if (texts.size === 0) few.push(name);
    }
    equal(few.join(), "");
  });

  it("lets nothing be written that does not satisfy one", async () => {
    let counter = 0;
    const random = () => kernels.uniform(22, 0, counter++);
    const none: string[] = [];
    for (const { name, schema, refused } of schemaCases) {
      if (refused !== undefined) continue;
      using constraint = await compileConstraint({ jsonSchema: schema }, tokenizer);
      const validate = validator().compile(schema as object);
      let texts = 0;
      for (let draw = 0; draw < 4; draw++) {
        const often = ['"', "}", "]", "null", "true", "1"];
        const tokens = someTokens(constraint, { tokenizer, endToken, random, limit: 120, often });
        if (!tokens) continue;
        const text = tokenizer.decode(tokens);
        ok(validate(JSON.parse(text)), `${name}: ${text}`);
        texts += 1;
      }
      if (texts === 0) none.push(name);
    }
    ok(none.length < 6, none.join());
  });

  it("takes or refuses in bounded time and memory what explodes, and goes on", async () => {
    let counter = 0;
    const random = () => kernels.uniform(23, 0, counter++);
    for (const [name, schema] of explodingSchemas()) {
      try {
        using constraint = await compileConstraint({ jsonSchema: schema }, tokenizer);
        const tokens = someTokens(constraint, { tokenizer, endToken, random, limit: 60, often: ['"', "}", "]"] });
        if (tokens) JSON.parse(tokenizer.decode(tokens));
      } catch (error) {
        ok(error instanceof EddyError && error.code === "constraint_invalid", `${name}: ${error}`);
      }
      using next = await compileConstraint({ jsonSchema: { enum: ["a"] } }, tokenizer);
      ok(after(next, tokenizer.encode('"a"')) !== undefined, name);
    }
  });
});
