import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { formatToolCall, parseToolCall } from "../../src/language/mod.ts";

describe("parseToolCall()", () => {
  it("reads what formatToolCall() writes", () => {
    const value = fc.oneof(fc.string({ unit: "binary" }).filter((s) => !s.includes("</tool_call>")), fc.integer());
    const name = fc.string({ minLength: 1 }).filter((s) => s !== "__proto__");
    fc.assert(fc.property(name, fc.dictionary(name, value), (name, args) => {
      const call = parseToolCall(formatToolCall({ name, arguments: args }));
      equal(call?.name, name);
      deepEqual({ ...call?.arguments }, { ...args });
    }));
  });

  it("reads a call in other white space, among other words", () => {
    const text = 'I will.\n<tool_call>\n{"arguments": {"n": 3}, "name": "ship"}\n</tool_call> Done.';
    deepEqual(parseToolCall(text), { name: "ship", arguments: { n: 3 } });
  });

  it("gives undefined when there is no call or it is malformed", () => {
    for (
      const text of [
        "",
        "ship it",
        '<tool_call>{"name": "ship"',
        '<tool_call>{"name": "ship", "arguments": {}',
        "<tool_call>ship</tool_call>",
        '<tool_call>{"name": 3, "arguments": {}}</tool_call>',
        '<tool_call>{"name": "ship", "arguments": []}</tool_call>',
        '<tool_call>{"name": "ship", "arguments": {"a": null}}</tool_call>',
        "<tool_call>null</tool_call>",
      ]
    ) equal(parseToolCall(text), undefined, text);
  });
});
