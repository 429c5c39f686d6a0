import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type Constraint,
  formatToolCall,
  parseToolCall,
  type Tokenizer,
  toolCallConstraint,
  toolCallTokens,
  trainTokenizer,
} from "../../src/language/mod.ts";
import { someArguments, tools } from "./tools.ts";

const kernels = await loadKernels();
const corpus = Array(5).fill("Please ship order O1234 to Other people again: open, quoted, order 55 and others");
const tokenizer = trainTokenizer(kernels, corpus, { vocabularySize: 420, addedTokens: toolCallTokens(tools) });
const constraint = toolCallConstraint(tokenizer, tools);

/** The state after a text's own tokens, or undefined where one is not allowed. */
function accept(of: Constraint, by: Tokenizer, text: string): number | undefined {
  let state = 0;
  for (const token of by.encode(text)) {
    if (!(of.masks[state * Math.ceil(of.vocabularySize / 32) + (token >> 5)] >>> (token % 32) & 1)) return undefined;
    state = of.next(state, token);
  }
  return state;
}

function allowedTokens(of: Constraint, state: number): number[] {
  const words = Math.ceil(of.vocabularySize / 32);
  return Array.from({ length: of.vocabularySize }, (_, token) => token)
    .filter((token) => of.masks[state * words + (token >> 5)] >>> (token % 32) & 1);
}

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("toolCallConstraint()", () => {
  it("accepts every call as the tokenizer writes it", () => {
    fc.assert(
      fc.property(fc.nat(tools.length - 1), fc.array(fraction, { minLength: 12 }), (index, draws) => {
        let at = 0;
        const args = someArguments(tools[index], () => draws[at++ % draws.length]);
        const state = accept(constraint, tokenizer, formatToolCall({ name: tools[index].name, arguments: args }));
        ok(state !== undefined);
        equal(constraint.allowedCounts[state], 0);
      }),
      { numRuns: 500 },
    );
  });

  it("allows only walks that are valid calls in canonical tokens", () => {
    fc.assert(
      fc.property(fc.array(fraction, { minLength: 30 }), (draws) => {
        const tokens: number[] = [];
        for (let state = 0, at = 0; constraint.allowedCounts[state] > 0; at++) {
          const allowed = allowedTokens(constraint, state);
          equal(allowed.length, constraint.allowedCounts[state]);
          equal(constraint.forced(state), allowed.length === 1 ? allowed[0] : -1);
          tokens.push(allowed[Math.floor(draws[at % draws.length] * allowed.length)]);
          state = constraint.next(state, tokens.at(-1)!);
        }
        const text = tokenizer.decode(tokens);
        deepEqual([...tokenizer.encode(text)], tokens);
        const call = parseToolCall(text);
        ok(call);
        equal(formatToolCall(call), text);
        const properties = tools.find((tool) => tool.name === call.name)!.parameters.properties;
        deepEqual(Object.keys(call.arguments), Object.keys(properties));
        for (const [name, parameter] of Object.entries(properties)) {
          const value: unknown = call.arguments[name];
          if (parameter.type === "integer") {
            ok(Number.isInteger(value) && Number(value) >= parameter.minimum && Number(value) <= parameter.maximum);
          } else if ("enum" in parameter) ok(parameter.enum.includes(value as string));
          else ok(new RegExp(parameter.pattern).test(value as string));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("accepts all integers within bounds and no other", () => {
    for (let n = -130; n <= 1300; n++) {
      const text = formatToolCall({ name: "set_quantity", arguments: { quantity: n, order: "O1", rest: 0 } });
      const state = accept(constraint, tokenizer, text);
      equal(state !== undefined && constraint.allowedCounts[state] === 0, n >= -12 && n <= 120, String(n));
    }
  });

  it("refuses unknown tools, values and order", () => {
    for (
      const text of [
        '<tool_call>{"name": "find", "arguments": {}}</tool_call>',
        '<tool_call>{"name": "find_order", "arguments": {"order": "O123"}}</tool_call>',
        '<tool_call>{"name": "find_order", "arguments": {"order": "C1234"}}</tool_call>',
        '<tool_call>{"name": "set_quantity", "arguments": {"quantity": 007, "order": "O", "rest": 0}}</tool_call>',
        '<tool_call>{"name": "set_quantity", "arguments": {"order": "O", "quantity": 7, "rest": 0}}</tool_call>',
        "hello",
      ]
    ) equal(accept(constraint, tokenizer, text), undefined, text);
  });

  it("costs one token around each value when the tokenizer has the tokens of the calls", () => {
    equal(tokenizer.encode(formatToolCall({ name: "find_order", arguments: { order: "O1234" } })).length, 1 + 4 + 1);
    equal(tokenizer.encode(formatToolCall({ name: "wait", arguments: {} })).length, 1);
  });

  it("accepts the same calls with a tokenizer that knows none of them", () => {
    using plain = trainTokenizer(kernels, [], { vocabularySize: 256 });
    const other = toolCallConstraint(plain, tools);
    const text = formatToolCall({
      name: "find_orders",
      arguments: { customer: "C001", order: "O0000", state: "Œuvre" },
    });
    const state = accept(other, plain, text);
    ok(state !== undefined);
    equal(other.allowedCounts[state], 0);
  });

  it("throws RangeError when a schema cannot be followed", () => {
    const tool = (
      parameter: unknown,
    ) => [{ ...tools[0], parameters: { type: "object", properties: { a: parameter } } }];
    for (
      const parameter of [
        { type: "string", pattern: "^[a-z]+$" },
        { type: "string", enum: [] },
        { type: "integer", minimum: 3, maximum: 2 },
      ]
    ) throws(() => toolCallConstraint(tokenizer, tool(parameter) as typeof tools), RangeError);
    throws(() => toolCallConstraint(tokenizer, []), RangeError);
    throws(() => toolCallConstraint(tokenizer, [tools[0], tools[0]]), /same name/);
  });
});

describe("Constraint.next()", () => {
  it("throws RangeError when the token is not allowed", () => {
    throws(() => constraint.next(0, tokenizer.tokenId("a")!), RangeError);
    throws(() => constraint.next(1e9, 0), RangeError);
  });
});
