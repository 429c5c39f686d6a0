import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  parseToolCalls,
  type ToolCallDelta,
  type ToolCallFamilyName,
  toolCallFamilyOf,
  toolCallStream,
} from "../../src/language/mod.ts";

const call = { name: "get_weather", arguments: { city: 'Zürich "old" {town}', days: [1, 2], deep: { a: null } } };
const body = JSON.stringify(call);
const args = JSON.stringify(call.arguments);

describe("parseToolCalls()", () => {
  const cases: readonly (readonly [ToolCallFamilyName, string, string, number])[] = [
    ["hermes", `I look.\n<tool_call>\n${body}\n</tool_call>`, "I look.", 1],
    ["hermes", `<tool_call>${body}</tool_call>\n<tool_call>${body}</tool_call>`, "", 2],
    ["hermes", `<tool_call>${body}`, "", 1],
    ["hermes", `<tool_call>{"arguments": ${args}, "name": "get_weather"}</tool_call>!`, "!", 1],
    ["hermes", `<tool_call>{"name": "get_weather", "arguments": ${JSON.stringify(args)}}</tool_call>`, "", 1],
    ["llama3", body.replace("arguments", "parameters"), "", 1],
    ["llama3", `<|python_tag|>${body}; ${body}`, "", 2],
    ["llama3", `{"type": "function", "name": "get_weather", "parameters": ${args}}`, "", 1],
    ["mistral", `[TOOL_CALLS] [${body}, ${body}]`, "", 2],
    ["mistral", `Well.[TOOL_CALLS]get_weather[ARGS]${args}[TOOL_CALLS]get_weather[ARGS]${args}`, "Well.", 2],
  ];
  for (const [family, text, content, count] of cases) {
    it(`reads ${count} of ${family} in ${text.slice(0, 40)}`, () => {
      const parsed = parseToolCalls(text, family);
      equal(parsed.content, content);
      deepEqual(parsed.calls, Array(count).fill(call));
    });
  }

  it("keeps the ids that calls carry", () => {
    const [listed] = parseToolCalls(`[TOOL_CALLS][{"name": "a", "arguments": {}, "id": "x1"}]`, "mistral").calls;
    const [bare] = parseToolCalls(`[TOOL_CALLS]a[CALL_ID]x1[ARGS]{}`, "mistral").calls;
    deepEqual([listed, bare], Array(2).fill({ name: "a", arguments: {}, id: "x1" }));
  });

  it("leaves malformed calls, and texts without any, as they are", () => {
    const words: readonly (readonly [ToolCallFamilyName, string])[] = [
      ["hermes", "a < b <tool"],
      ["hermes", "<tool_call>ship</tool_call>"],
      ["hermes", '<tool_call>{"name": "ship", "arguments": [1]}'],
      ["hermes", '<tool_call>{"name": "ship", "arg'],
      ["hermes", '<tool_call>{"nam": "ship", "arguments": {}}</tool_call>'],
      ["llama3", '{"answer": 3}'],
      ["llama3", "{not json"],
      ["llama3", '<|python_tag|>print("x")'],
      ["mistral", "[TOOL_CALLS] nothing"],
      ["mistral", "[1, 2]"],
    ];
    for (const [family, text] of words) deepEqual(parseToolCalls(text, family), { content: text, calls: [] });
  });
});

describe("toolCallStream()", () => {
  it("gives the same however the text is cut", () => {
    const texts: readonly (readonly [ToolCallFamilyName, string])[] = [
      ["hermes", `One <b> moment. <tool_call>\n${body}\n</tool_call>\n<tool_call>${body}</tool_call> Done <tool`],
      ["llama3", `  <|python_tag|>${body};${body}`],
      ["llama3", `${body} and words`],
      ["mistral", `Hi [x] [TOOL_CALLS][${body},\n${body}]`],
      ["mistral", `[TOOL_CALLS]get_weather[CALL_ID]a1[ARGS]${args}`],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.integer({ min: 1, max: 9 })), ([family, text], sizes) => {
        const whole = toolCallStream(family);
        const parts = toolCallStream(family);
        const deltas: ToolCallDelta[] = [];
        let at = 0;
        for (const size of sizes) {
          deltas.push(...parts.push(text.slice(at, at + size)));
          at += size;
        }
        deltas.push(...parts.push(text.slice(at)), ...parts.finish());
        deepEqual(joined(deltas), joined([...whole.push(text), ...whole.finish()]));
      }),
      { numRuns: 500 },
    );
  });

  it("tells name and arguments before the call is whole, and content at once", () => {
    const stream = toolCallStream("hermes");
    deepEqual(stream.push("Hm"), [{ kind: "content", text: "Hm" }]);
    deepEqual(stream.push(" <tool_"), [{ kind: "content", text: " " }]);
    deepEqual(stream.push('call>{"name": "ad'), []);
    deepEqual(stream.push('d", "arguments": {"a"'), [
      { kind: "call", index: 0, name: "add" },
      { kind: "arguments", index: 0, text: '{"a"' },
    ]);
    deepEqual(stream.push(": 1}"), [{ kind: "arguments", index: 0, text: ": 1}" }]);
    const [end] = stream.push("}");
    ok(end.kind === "end" && end.call?.arguments.a === 1);
  });

  it("loses no word of any text", () => {
    const word = fc.constantFrom(
      "<tool_call>",
      "</tool_call>",
      "{",
      "}",
      '"',
      "\\",
      "name",
      ":",
      ",",
      "[TOOL_CALLS]",
      " ",
    );
    fc.assert(
      fc.property(
        fc.constantFrom("hermes", "llama3", "mistral"),
        fc.array(fc.oneof(word, fc.string())),
        (family, words) => {
          const stream = toolCallStream(family as ToolCallFamilyName);
          const deltas = [...words.flatMap((word) => stream.push(word)), ...stream.finish()];
          const calls = deltas.filter((delta) => delta.kind === "call").length;
          equal(deltas.filter((delta) => delta.kind === "end").length, calls);
          if (calls === 0) {
            const content = deltas.map((delta) => delta.kind === "content" ? delta.text : "").join("");
            equal(content, words.join(""));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("toolCallFamilyOf()", () => {
  it("knows a family by what its template writes", () => {
    equal(toolCallFamilyOf("{{ '[TOOL_CALLS]' }}"), "mistral");
    equal(toolCallFamilyOf("inside <tool_call></tool_call>"), "hermes");
    equal(toolCallFamilyOf(`'{"name": "' + n + '", "parameters": '`), "llama3");
    equal(toolCallFamilyOf("{{ messages }}"), undefined);
  });
});

/** Neighbouring deltas of one kind as one. */
function joined(deltas: readonly ToolCallDelta[]): ToolCallDelta[] {
  const out: ToolCallDelta[] = [];
  for (const delta of deltas) {
    const last = out.at(-1);
    const same = last && last.kind === delta.kind && (delta.kind === "content" || delta.kind === "arguments");
    if (same && "text" in last) out[out.length - 1] = { ...last, text: last.text + delta.text };
    else out.push(delta);
  }
  return out;
}
