import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  allowedTokens,
  compileConstraint,
  type CompileConstraintOptions,
  type Constraint,
  type ConstraintSpec,
  parseToolCall,
  trainTokenizer,
} from "../../src/language/mod.ts";
import { someSchema } from "./schemas.ts";

const kernels = await loadKernels();
const corpus = Array(5).fill('{"name": "get_weather", "arguments": {"city": "Rome", "kind": "circle"}}');
const tokenizer = trainTokenizer(kernels, corpus, { vocabularySize: 300, specialTokens: ["<|end|>"] });
const end = tokenizer.tokenId("<|end|>")!;

function compile(spec: ConstraintSpec, options?: CompileConstraintOptions): Promise<Constraint & Disposable> {
  return compileConstraint(spec, tokenizer, options);
}

function allowed(constraint: Constraint, state: number): number[] {
  const mask = allowedTokens(constraint, state);
  return Array.from({ length: constraint.vocabularySize }, (_, token) => token)
    .filter((token) => mask[token >> 5] >>> (token & 31) & 1);
}

/** Whether a text can be written whole; undefined where it is only a beginning. */
function accepts(constraint: Constraint, text: string): boolean | undefined {
  let state = 0;
  for (const token of tokenizer.encode(text)) {
    if (!allowed(constraint, state).includes(token)) return false;
    state = constraint.next(state, token);
  }
  return allowed(constraint, state).includes(end) || undefined;
}

/** A text at random, or undefined where it was cut. */
function sample(constraint: Constraint, random: () => number, limit: number): string | undefined {
  const tokens: number[] = [];
  let state = 0;
  while (tokens.length < limit) {
    const all = allowed(constraint, state);
    equal(all.length, constraint.allowedCounts[state]);
    equal(constraint.forced(state), all.length === 1 ? all[0] : -1);
    const closing = all.filter((token) => token === end || '"]}'.includes(tokenizer.token(token)));
    const from = closing.length > 0 && random() < 0.4 ? closing : all;
    const token = from[Math.floor(random() * from.length)];
    state = constraint.next(state, token);
    if (token === end) {
      equal(constraint.allowedCounts[state], 0);
      return tokenizer.decode(tokens);
    }
    tokens.push(token);
  }
  return undefined;
}

function generator(seed: number): () => number {
  let counter = 0;
  return () => kernels.uniform(seed, 0, counter++);
}

async function refusal(spec: unknown): Promise<string> {
  try {
    (await compile(spec as ConstraintSpec))[Symbol.dispose]();
  } catch (error) {
    ok(error instanceof EddyError && error.code === "constraint_invalid", String(error));
    return error.message;
  }
  throw new Error(`${JSON.stringify(spec)?.slice(0, 200)} was not refused`);
}

describe("compileConstraint()", () => {
  it("allows only JSON that satisfies the schema", async () => {
    const random = generator(3);
    const ajv = new Ajv2020({ strict: false });
    let valid = 0;
    for (let round = 0; round < 40; round++) {
      const schema = someSchema(random, 3);
      let made: Constraint & Disposable;
      try {
        made = await compile({ jsonSchema: schema });
      } catch (error) {
        ok(error instanceof EddyError && error.code === "constraint_invalid", String(error));
        continue;
      }
      using constraint = made;
      const validate = ajv.compile(schema);
      for (let draw = 0; draw < 4; draw++) {
        const text = sample(constraint, random, 200);
        if (text === undefined) continue;
        ok(validate(JSON.parse(text)), `${text} under ${JSON.stringify(schema)}`);
        valid++;
      }
    }
    ok(valid > 60, `${valid} texts`);
  });

  it("writes what is forced in the tokenizer's own tokens", async () => {
    using constraint = await compile({ jsonSchema: { const: { name: "get_weather", city: "Rome" } } });
    const tokens: number[] = [];
    for (let state = 0; constraint.forced(state) !== end;) {
      const token = constraint.forced(state);
      ok(token >= 0);
      tokens.push(token);
      state = constraint.next(state, token);
    }
    deepEqual(tokens, [...tokenizer.encode('{"name":"get_weather","city":"Rome"}')]);
  });

  it("finds the same states again, in any order", async () => {
    using constraint = await compile({ jsonSchema: { type: "string" } }, { jumpAhead: false });
    const [quote, a, b] = ['"', "a", "b"].map((text) => tokenizer.tokenId(text)!);
    const open = constraint.next(0, quote);
    // more places than are kept: the first are walked to again
    const deep = Array.from({ length: 40 }).reduce<number>((state) => constraint.next(state, a), open);
    const other = Array.from({ length: 40 }).reduce<number>((state) => constraint.next(state, b), open);
    const back = constraint.next(constraint.next(open, a), b);
    equal(constraint.next(0, quote), open);
    deepEqual(allowed(constraint, back), allowed(constraint, deep));
    equal(constraint.row!(other), constraint.row!(deep));
    throws(() => constraint.next(0, a), RangeError);
    throws(() => constraint.next(9999, a), RangeError);
  });

  it("honours expressions as ECMAScript reads them", async () => {
    const random = generator(5);
    for (
      const pattern of [
        "a*",
        "(?:red|gr[ae]y)?",
        "[^\\d\\s]{2,4}",
        "\\u{1F600}+",
        "x(?:y(?:z|))",
        "[\\]\\-^]+",
        "\\x41\\cJ?",
        "(a|b)*a(a|b){3}",
      ]
    ) {
      using constraint = await compile({ regex: pattern });
      for (let draw = 0; draw < 10; draw++) {
        const text = sample(constraint, random, 60);
        ok(
          text === undefined || new RegExp(`^(?:${pattern})$`, "u").test(text),
          `${JSON.stringify(text)} under ${pattern}`,
        );
      }
    }
    using anchored = await compile({ jsonSchema: { type: "string", pattern: "^a|b$" } }, { jumpAhead: false });
    for (const [text, want] of [["ax", true], ["xb", true], ["xa", undefined]] as const) {
      equal(accepts(anchored, JSON.stringify(text)) === true, want === true, text);
    }
  });

  it("reads grammars of llama.cpp by characters", async () => {
    // a terminal that takes the longest would miss the first text
    const rule = '[a-z] "bz" | "abc"';
    for (const grammar of [`root ::= ${rule}`, `root ::= "(" root ")" | ${rule} # recursive`]) {
      using constraint = await compile({ grammar }, { jumpAhead: false });
      for (const [text, want] of [["abz", true], ["abc", true], ["abd", false], ["ab", undefined]] as const) {
        equal(accepts(constraint, text), want, `${text} under ${grammar}`);
      }
    }
    using left = await compile({ grammar: 'root ::= root "+" term |\n  term\nterm ::= [0-9]{1,2}' }, {
      jumpAhead: false,
    });
    for (const [text, want] of [["1+22", true], ["1+", undefined], ["333", false]] as const) {
      equal(accepts(left, text), want);
    }
    using lark = await compile({ grammar: 'start: NUMBER ("," NUMBER)*\nNUMBER: /[0-9]+/', syntax: "lark" });
    equal(accepts(lark, "1,23"), true);
  });

  it("allows one of the choices, of which one may begin another", async () => {
    using constraint = await compile({ choices: ["red", "redder", "/x", ""] }, { jumpAhead: false });
    for (const text of ["red", "redder", "/x", ""]) equal(accepts(constraint, text), true, text);
    for (const text of ["redd", "/"]) equal(accepts(constraint, text), undefined, text);
  });

  it("allows calls that parseToolCall reads", async () => {
    const parameters = {
      type: "object",
      properties: { city: { $ref: "#/$defs/city" }, days: { type: "integer", minimum: 1, maximum: 5 } },
      required: ["city", "days"],
      additionalProperties: false,
      $defs: { city: { enum: ["Rome", "Bonn"] } },
    };
    using constraint = await compile({
      toolCalls: [{ name: "forecast", parameters }, {
        name: "stop",
        parameters: { type: "object", additionalProperties: false },
      }],
    });
    const random = generator(7);
    const names = new Set<string>();
    for (let draw = 0; draw < 30; draw++) {
      const text = sample(constraint, random, 200);
      if (text === undefined) continue;
      const call = parseToolCall(text);
      ok(call, text);
      names.add(call.name);
      if (call.name === "forecast") match(JSON.stringify(call.arguments), /^\{"city":"(Rome|Bonn)","days":[1-5]\}$/);
    }
    deepEqual([...names].sort(), ["forecast", "stop"]);
  });

  it("refuses by name what it cannot honour", async () => {
    for (
      const [schema, name] of [
        [{ type: "object", properties: { a: { not: { type: "string" } } } }, "'/properties/a' has 'not'"],
        [{ type: "array", uniqueItems: true }, "'uniqueItems'"],
        [{ if: {}, then: {} }, "'if'"],
        [{ type: "string", format: "color" }, "'format' 'color'"],
        [{ oneOf: [{ type: "string" }, { maxLength: 3 }] }, "'oneOf'"],
        [{ type: "string", pattern: "(?=a)" }, "lookahead"],
        [{ type: "string", pattern: "(a)\\1" }, "references back"],
        [{ type: "string", pattern: "\\bword" }, "word boundaries"],
        [{ $ref: "https://example.com/schema" }, "outside of the schema"],
        [{ $ref: "#/$defs/none" }, "not there"],
        [{ minLength: -1 }, "'minLength'"],
        [{ type: "strin" }, "'type' 'strin'"],
        [{ type: "array", minItems: 1e9 }, "'minItems' above"],
        [{ minProperties: 3 }, "'minProperties'"],
        [false, "nothing satisfies"],
        [{ type: "integer", minimum: 2, maximum: 1 }, "nothing satisfies"],
        [{ type: "object", properties: { a: { $ref: "#" } }, required: ["a"] }, "never ends"],
        [{ $ref: "#" }, "never ends"],
      ] as const
    ) ok((await refusal({ jsonSchema: schema })).includes(name), `${JSON.stringify(schema)}: ${name}`);
  });

  it("refuses broken constraints of every kind", async () => {
    let deep: unknown = {};
    for (let level = 0; level < 20_000; level++) deep = { items: deep };
    let wide: unknown = { type: "string" };
    for (let level = 0; level < 40; level++) wide = { anyOf: [wide, wide] };
    for (
      const spec of [
        {},
        { regex: "a", choices: ["a"] },
        { regex: "(" },
        { regex: "[]" },
        { regex: "((a{100}){100}){100}" },
        { regex: "(".repeat(20_000) },
        { choices: [] },
        { toolCalls: [] },
        { toolCalls: [{ name: "a" }, { name: "a" }] },
        { grammar: "" },
        { grammar: "root ::= missing" },
        { grammar: 'root ::= "a" root' },
        { grammar: 'root ::= "a' },
        { grammar: `root ::= ${"(".repeat(300)}` },
        { grammar: 'root ::= "a"{9999}' },
        { grammar: 'root ::= "x"', syntax: "ebnf" },
        { grammar: "start: start", syntax: "lark" },
        { grammar: "start: /(/", syntax: "lark" },
        { jsonSchema: undefined },
        { jsonSchema: deep },
        { jsonSchema: wide },
      ]
    ) match(await refusal(spec), /^Cannot constrain: /);
    await rejects(compile({ choices: ["a"] }, { endToken: 1e6 }), EddyError);
  });

  it("goes on after a schema that ended the module's instance", async () => {
    const $defs: Record<string, unknown> = { d3000: { type: "string" } };
    for (let i = 0; i < 3000; i++) $defs[`d${i}`] = { $ref: `#/$defs/d${i + 1}`, minLength: 1 };
    const before = await compile({ choices: ["b"] });
    match(await refusal({ jsonSchema: { $ref: "#/$defs/d0", $defs } }), /nested too deeply/);
    before[Symbol.dispose]();
    using constraint = await compile({ choices: ["a"] });
    equal(accepts(constraint, "a"), true);
  });
});
