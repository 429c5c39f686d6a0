import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { Message } from "../../../src/http/openai/messages.ts";
import { turnsFromMessages } from "../../../src/http/openai/turns_from_messages.ts";
import { formatToolCall } from "../../../src/language/mod.ts";

const parts = fc.array(fc.string().map((text) => ({ type: "text" as const, text })), { minLength: 1, maxLength: 4 });
const content = fc.oneof(fc.string(), parts);
/** Names of arguments keep their order, as those of a schema do, unless they look like numbers. */
const argument = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
const values = fc.dictionary(argument, fc.oneof(fc.string(), fc.integer()), { noNullPrototype: true });
const call = fc.record({ name: fc.string({ minLength: 1 }), arguments: values });
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constantFrom("system" as const, "developer" as const, "user" as const), content }),
  fc.record({ role: fc.constant("assistant" as const), content }),
  fc.record({ role: fc.constant("tool" as const), content, tool_call_id: fc.string() }),
);
const called = ({ name, arguments: values }: { name: string; arguments: Record<string, string | number> }) => ({
  id: "call_1",
  type: "function" as const,
  function: { name, arguments: JSON.stringify(values) },
});

describe("turnsFromMessages()", () => {
  it("gives one turn for each message, with its role and all of its text in order", () => {
    fc.assert(fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
      const valid = messages.map((message) => Message.parse(message));
      const turns = turnsFromMessages(valid);
      deepEqual(turns.map(({ role }) => role), messages.map(({ role }) => role === "developer" ? "system" : role));
      deepEqual(
        turns.map(({ text }) => text),
        messages.map(({ content }) =>
          typeof content === "string" ? content : content!.map((part) => "text" in part ? part.text : "").join("\n")
        ),
      );
    }));
  });

  it("gives back the very text of a call that an agent made", () => {
    fc.assert(fc.property(call, (call) => {
      const [turn] = turnsFromMessages([{ role: "assistant", content: null, tool_calls: [called(call)] }]);
      deepEqual(turn, { role: "assistant", text: formatToolCall(call) });
    }));
  });

  it("does not depend on what comes later", () => {
    fc.assert(fc.property(fc.array(message, { maxLength: 6 }), fc.nat(6), (messages, length) => {
      deepEqual(turnsFromMessages(messages).slice(0, length), turnsFromMessages(messages.slice(0, length)));
    }));
  });

  it("writes what an assistant said before its calls, one a line, and keeps arguments no agent can have written", () => {
    const [turn] = turnsFromMessages([{
      role: "assistant",
      content: "One moment.",
      tool_calls: [
        called({ name: "a", arguments: { x: 1 } }),
        { id: "2", type: "function", function: { name: "b", arguments: '{"deep":{"y":[1]}}' } },
        { id: "3", type: "function", function: { name: "c", arguments: "not JSON" } },
      ],
    }]);
    equal(
      turn.text,
      [
        "One moment.",
        '<tool_call>{"name": "a", "arguments": {"x": 1}}</tool_call>',
        '<tool_call>{"name": "b", "arguments": {"deep":{"y":[1]}}}</tool_call>',
        '<tool_call>{"name": "c", "arguments": not JSON}</tool_call>',
      ].join("\n"),
    );
  });

  it("reads refusals as what was said", () => {
    const refusal = [{ type: "refusal" as const, refusal: "No." }];
    deepEqual(turnsFromMessages([{ role: "assistant", content: refusal }, { role: "assistant", refusal: "Never." }]), [
      { role: "assistant", text: "No." },
      { role: "assistant", text: "Never." },
    ]);
  });
});
