import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import fc from "fast-check";
import { desk } from "../../../../src/environment/mod.ts";
import { parseCall } from "../../../../src/environment/worlds/desk/_parse_call.ts";
import { formatCall } from "../../../../src/environment/worlds/desk/call.ts";
import { idDigits } from "../../../../src/environment/worlds/desk/id_digits.ts";
import { drawTask } from "../../../../src/environment/worlds/desk/task.ts";
import { deskDefaults } from "../../../../src/environment/worlds/desk/options.ts";
import { tools } from "../../../../src/environment/worlds/desk/tools/mod.ts";

const id = "O482".slice(0, 1 + idDigits);
const wrap = (json: string): string => `<tool_call>${json}</tool_call>`;
const call = (name: string, values: string): string => wrap(`{"name": "${name}", "arguments": ${values}}`);

describe("parseCall()", () => {
  it("reads what formatCall() writes", () => {
    for (let seed = 0; seed < 300; seed++) {
      for (const one of drawTask(seed, "train", deskDefaults).plan) {
        assert.deepEqual(parseCall(formatCall(one), tools), one);
      }
    }
  });

  it("reads a call with other spaces, order and surroundings", () => {
    const text = ` so:\n${wrap(`{"arguments":{ "city":"Oslo","order_id":"${id}"},"name":"change_address"}`)} `;
    const expected = { name: "change_address", arguments: { order_id: id, city: "Oslo" } };
    assert.equal(JSON.stringify(parseCall(text, tools)), JSON.stringify(expected));
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["", "error: write one tool call"],
    ["reply done", "error: write one tool call"],
    ["<tool_call>{}", "error: write one tool call"],
    [wrap('{"name": '), "error: the call is not JSON"],
    [wrap("[]"), "error: a call needs name and arguments"],
    [wrap("null"), "error: a call needs name and arguments"],
    [wrap('{"name": "reply"}'), "error: a call needs name and arguments"],
    [call("dance", "{}"), "error: no such tool"],
    [call("toString", "{}"), "error: no such tool"],
    [call("get_order", "{}"), "error: order_id is missing"],
    [call("get_order", `{"order_id": "C${id.slice(1)}"}`), "error: order_id is not valid"],
    [call("get_order", `{"order_id": "${id}1"}`), "error: order_id is not valid"],
    [call("get_order", `{"order_id": "${id.slice(0, -1)}x"}`), "error: order_id is not valid"],
    [call("get_order", '{"order_id": 482}'), "error: order_id is not valid"],
    [call("get_order", `{"order_id": "${id}", "city": "Oslo"}`), "error: too many arguments"],
    [call("reply", '{"outcome": "dancing"}'), "error: outcome is not valid"],
    [call("answer", '{"value": 100}'), "error: value is not valid"],
    [call("answer", '{"value": 1.5}'), "error: value is not valid"],
    [call("answer", '{"value": "5"}'), "error: value is not valid"],
  ];
  for (const [action, message] of wrong) {
    it(`says '${message}' when given ${JSON.stringify(action)}`, () => {
      assert.equal(parseCall(action, tools), message);
      const environment = desk.create();
      environment.reset(1, "train");
      const outcome = environment.step(action);
      assert.equal(outcome.turns[0].text, message);
      assert.ok(outcome.reward < 0 && !outcome.terminated);
    });
  }

  it("never throws, whatever is written", () => {
    const environment = desk.create();
    const json = fc.json().map(wrap);
    const near = fc.record({
      name: fc.constantFrom(...tools.keys()),
      arguments: fc.dictionary(fc.string(), fc.jsonValue()),
    });
    fc.assert(fc.property(fc.oneof(fc.string(), json, near.map((one) => wrap(JSON.stringify(one)))), (action) => {
      environment.reset(1, "train");
      assert.equal(environment.step(action).turns.length, 1);
    }));
  });
});
