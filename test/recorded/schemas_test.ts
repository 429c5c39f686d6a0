import { describe, it } from "@std/testing/bdd";
import { equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { allowedTokens, compileConstraint, type Constraint, trainTokenizer } from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

interface Case {
  readonly name: string;
  readonly level: "core" | "extended";
  readonly features: readonly string[];
  readonly schema: unknown;
  readonly accept: readonly string[];
  readonly reject: readonly { readonly text: string; readonly why: string }[];
  readonly prefixes: readonly string[];
}

const kernels = await loadKernels();
const file = join(fixturesFolder, "schemas", "cases.json");
const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases : undefined;
const corpus = Array(5).fill(
  '{"name": "get_weather", "arguments": {"city": "Rome", "kind": "circle"}, "tags": [1, 2, 3]}',
);
const tokenizer = trainTokenizer(kernels, corpus, { vocabularySize: 330, specialTokens: ["<|end|>"] });
const end = tokenizer.tokenId("<|end|>")!;

function allows(constraint: Constraint, state: number, token: number): boolean {
  return (allowedTokens(constraint, state)[token >> 5] >>> (token & 31) & 1) === 1;
}

/** The state after a text, or undefined where it cannot be written. */
function walk(constraint: Constraint, text: string): number | undefined {
  let state = 0;
  for (const token of tokenizer.encode(text)) {
    if (!allows(constraint, state, token)) return undefined;
    state = constraint.next(state, token);
  }
  return state;
}

describe("compileConstraint(), recorded schemas", () => {
  if (!recorded) it.skip("no recorded schemas in this clone", () => {});
  for (const { name, level, features, schema, accept, reject, prefixes } of recorded ?? []) {
    it(`decides ${name} as recorded`, async () => {
      let made: Constraint & Disposable;
      try {
        made = await compileConstraint({ jsonSchema: schema }, tokenizer, { jumpAhead: false });
      } catch (error) {
        // refused by name, not ignored
        equal(level, "extended");
        ok(error instanceof EddyError && error.code === "constraint_invalid");
        match(error.message, new RegExp(features.map((feature) => `'${feature}'`).join("|")));
        return;
      }
      using constraint = made;
      for (const text of accept) {
        const state = walk(constraint, text);
        ok(state !== undefined && allows(constraint, state, end), `${text} is valid`);
      }
      for (const { text, why } of reject) {
        const state = walk(constraint, text);
        ok(state === undefined || !allows(constraint, state, end), `${text} is not valid: ${why}`);
      }
      for (const text of prefixes) {
        const state = walk(constraint, text);
        ok(state !== undefined, `${text} is a beginning`);
        ok(!allows(constraint, state, end), `${text} is not the end`);
      }
      using ahead = await compileConstraint({ jsonSchema: schema }, tokenizer);
      for (const text of accept) {
        const state = walk(ahead, text);
        ok(state !== undefined && allows(ahead, state, end), `${text} is valid in the tokenizer's own tokens`);
      }
    });
  }
});
