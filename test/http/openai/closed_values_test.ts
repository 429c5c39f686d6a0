import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { closedValues } from "../../../src/http/openai/closed_values.ts";

const object = (properties: Record<string, unknown>, required = Object.keys(properties)): unknown => (
  { type: "object", properties, required, additionalProperties: false }
);
const values = (schema: unknown): unknown => closedValues(schema)?.map(({ value }) => value);
const labels = (schema: unknown): unknown => closedValues(schema)?.map(({ label }) => label);

describe("closedValues()", () => {
  it("lists what an enum, a constant, a boolean and alternatives allow", () => {
    deepEqual(values({ type: "string", enum: ["a", "b"] }), ["a", "b"]);
    deepEqual(values({ enum: ["a", 1, null] }), ["a", 1, null]);
    deepEqual(values({ const: { x: 1 } }), [{ x: 1 }]);
    deepEqual(values({ type: "boolean" }), [true, false]);
    deepEqual(values({ anyOf: [{ enum: ["a"] }, { type: "null" }] }), ["a", null]);
    deepEqual(values({ type: ["boolean", "null"] }), [true, false, null]);
  });

  it("labels an object by the property that varies, so that it is the same action as a candidate", () => {
    const schema = object({ kind: { const: "intent" }, intent: { enum: ["refund", "track"] } });
    deepEqual(labels(schema), ["refund", "track"]);
    deepEqual(values(schema), [{ kind: "intent", intent: "refund" }, { kind: "intent", intent: "track" }]);
  });

  it("labels by JSON when several properties vary or labels would be equal", () => {
    deepEqual(labels(object({ a: { type: "boolean" }, b: { enum: [1, 2] } })), [
      ...['{"a":true,"b":1}', '{"a":true,"b":2}', '{"a":false,"b":1}', '{"a":false,"b":2}'],
    ]);
    deepEqual(labels({ enum: [1, "1"] }), ["1", '"1"']);
  });

  it("follows references inside the schema, and gives up on those that never end", () => {
    const $defs = { Intent: { enum: ["a", "b"] }, Loop: { $ref: "#/$defs/Loop" } };
    deepEqual(values({ ...object({ intent: { $ref: "#/$defs/Intent" } }) as object, $defs }), [
      { intent: "a" },
      { intent: "b" },
    ]);
    equal(values({ $ref: "#/$defs/Loop", $defs }), undefined);
    equal(values({ $ref: "https://example.com/schema.json" }), undefined);
  });

  const open: [string, unknown][] = [
    ["a text", { type: "string" }],
    ["a number", { type: "number" }],
    ["a list", { type: "array", items: { enum: ["a"] } }],
    ["an object with an open property", object({ a: { type: "string" } })],
    ["an object with an optional property", object({ a: { enum: ["x"] } }, [])],
    ["an alternative that is open", { anyOf: [{ enum: ["a"] }, { type: "string" }] }],
    ["nothing", {}],
    ["an empty enum", { enum: [] }],
    ["more than 1000 values", object(Object.fromEntries([..."abcdefghij"].map((name) => [name, { type: "boolean" }])))],
  ];
  for (const [what, schema] of open) it(`is undefined for ${what}`, () => equal(closedValues(schema), undefined));

  it("gives every combination once, with labels that tell them apart", () => {
    const choice = fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 4 });
    const name = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(fc.property(fc.dictionary(name, choice, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), (choices) => {
      const properties = Object.fromEntries(Object.entries(choices).map(([name, values]) => [name, { enum: values }]));
      const all = closedValues(object(properties))!;
      equal(all.length, Object.values(choices).reduce((product, values) => product * values.length, 1));
      equal(new Set(all.map(({ label }) => label)).size, all.length);
      equal(new Set(all.map(({ value }) => JSON.stringify(value))).size, all.length);
    }));
  });
});
