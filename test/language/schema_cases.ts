/** A schema and what becomes of it: `refused` names what cannot be honoured. */
export interface SchemaCase {
  readonly name: string;
  readonly schema: unknown;
  readonly refused?: string;
  /** Texts that must be allowed, beside those that are made. */
  readonly accepts?: readonly string[];
}

const closed = (properties: Readonly<Record<string, unknown>>, required = Object.keys(properties)): unknown => (
  { type: "object", properties, required, additionalProperties: false }
);
const text = (examples: readonly string[], more: object = {}): unknown => ({ type: "string", examples, ...more });
const tree = (value: unknown): unknown => ({
  $ref: "#/$defs/node",
  $defs: {
    node: closed({ value, children: { type: "array", items: { $ref: "#/$defs/node" }, maxItems: 2 } }, ["value"]),
  },
});

/** Schemas of every kind that people write. `examples` are for who makes values; a mask does not read them. */
export const schemaCases: readonly SchemaCase[] = [
  // references
  {
    name: "nested references",
    schema: { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { type: "boolean" } } },
  },
  {
    name: "a reference with a neighbour",
    schema: { $ref: "#/$defs/n", maximum: 5, $defs: { n: { type: "integer", minimum: 3 } } },
  },
  {
    name: "a reference by pointer",
    schema: {
      type: "object",
      properties: { "a/b~c": { type: "null" }, d: { $ref: "#/properties/a~1b~0c" } },
      additionalProperties: false,
    },
  },
  {
    name: "a reference by anchor",
    schema: {
      type: "array",
      items: { $ref: "#word" },
      maxItems: 3,
      $defs: { w: { $anchor: "word", enum: ["x", "y"] } },
    },
  },
  { name: "definitions of an older draft", schema: { $ref: "#/definitions/k", definitions: { k: { const: 7 } } } },
  { name: "a recursive tree", schema: tree({ type: "integer", minimum: 0, maximum: 3 }) },
  {
    name: "a recursive list",
    schema: {
      $ref: "#/$defs/l",
      $defs: { l: { anyOf: [{ type: "null" }, closed({ head: { type: "boolean" }, tail: { $ref: "#/$defs/l" } })] } },
    },
  },
  {
    name: "two that refer to each other",
    schema: {
      $ref: "#/$defs/a",
      $defs: {
        a: { type: "array", items: { $ref: "#/$defs/b" }, maxItems: 2 },
        b: { anyOf: [{ type: "boolean" }, { $ref: "#/$defs/a" }] },
      },
    },
  },
  {
    name: "the whole within itself",
    schema: {
      type: "object",
      properties: { inner: { $ref: "#" }, leaf: { type: "boolean" } },
      additionalProperties: false,
    },
  },
  { name: "a reference outside", schema: { $ref: "other.json#/a" }, refused: "outside of the schema" },
  { name: "a reference to nothing", schema: { properties: { a: { $ref: "#/$defs/gone" } } }, refused: "not there" },
  { name: "a dynamic reference", schema: { $dynamicRef: "#node" }, refused: "$dynamicRef" },
  {
    name: "a circle of references",
    schema: { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
    refused: "never ends",
  },
  // enums and constants
  {
    name: "an enum with unicode",
    schema: { enum: ["Zürich", "東京", "🚀 x", 'quote "', "back\\slash", "line\nend", "\u0001", "é"] },
  },
  { name: "an enum of all kinds", schema: { enum: [null, true, 0, -1.5, "", [], {}, [1, "a"], { a: { b: null } }] } },
  { name: "an enum within a type", schema: { type: "string", enum: ["a", "b", 3] } },
  { name: "an enum within bounds", schema: { enum: [1, 5, 9], minimum: 4 } },
  { name: "a huge enum", schema: { enum: Array.from({ length: 4000 }, (_, i) => `value-${(i * 7919) % 100_003}`) } },
  {
    name: "a huge enum of objects",
    schema: { enum: Array.from({ length: 500 }, (_, i) => ({ id: i, name: `n${i}` })) },
  },
  { name: "a constant object", schema: { const: { b: [1, { c: "ü" }], a: null } } },
  { name: "a constant of a wrong type", schema: { type: "string", const: 3 }, refused: "nothing satisfies" },
  { name: "an empty enum", schema: { enum: [] }, refused: "'enum'" },
  // texts
  { name: "a pattern of alternatives", schema: text(["cat-1", "dog-22"], { pattern: "^(?:cat|dog)-[0-9]{1,3}$" }) },
  { name: "a pattern anywhere", schema: text(["x42y", "42", "é42"], { pattern: "[4-5]2" }) },
  { name: "a pattern of unicode", schema: text(["Ünï", "ab"], { pattern: "^\\p{L}{2,5}$" }) },
  { name: "a pattern with escapes", schema: text(["a.b", "a.b\tc"], { pattern: "^a\\.b(?:\\tc)?$" }) },
  { name: "a pattern and a length", schema: text(["aaa", "aaaa"], { pattern: "^a+$", minLength: 3, maxLength: 4 }) },
  { name: "lengths in characters", schema: text(["🚀é", "日本語"], { minLength: 2, maxLength: 3 }) },
  { name: "a text of no length", schema: text([""], { maxLength: 0 }) },
  {
    name: "lengths that exclude all",
    schema: { type: "string", minLength: 3, maxLength: 2 },
    refused: "nothing satisfies",
  },
  { name: "a pattern that looks ahead", schema: { type: "string", pattern: "^(?=a)b" }, refused: "lookahead" },
  { name: "a pattern that refers back", schema: { type: "string", pattern: "(a|b)\\1" }, refused: "references back" },
  { name: "a broken pattern", schema: { type: "string", pattern: "(" }, refused: "expression '('" },
  { name: "a date", schema: text(["2024-02-29", "1999-12-31"], { format: "date" }) },
  {
    name: "a time of day and date",
    schema: text(["2024-02-29T12:00:00Z", "1999-12-31T23:59:59.5+01:00"], { format: "date-time" }),
  },
  { name: "an address of mail", schema: text(["a@b.co", "first.last@example.org"], { format: "email" }) },
  { name: "a uuid", schema: text(["123e4567-e89b-12d3-a456-426614174000"], { format: "uuid" }) },
  {
    name: "internet addresses",
    schema: { anyOf: [text(["127.0.0.1"], { format: "ipv4" }), text(["::1", "fe80::1"], { format: "ipv6" })] },
  },
  { name: "a uri", schema: text(["https://example.org/a?b=c#d", "mailto:a@b"], { format: "uri" }) },
  { name: "an unknown format", schema: { type: "string", format: "iban" }, refused: "'iban'" },
  { name: "encoded content", schema: { type: "string", maxLength: 4, contentEncoding: "base64", examples: ["YQ=="] } },
  // numbers
  { name: "a whole number below 0", schema: { type: "integer", minimum: -12, maximum: -3 } },
  { name: "a whole number without bounds", schema: { type: "integer" } },
  { name: "a number between", schema: { type: "number", exclusiveMinimum: -0.5, maximum: 2.25 } },
  { name: "a number above", schema: { type: "number", minimum: 1.5 } },
  {
    name: "a share",
    schema: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
    accepts: ["0.9", "0.99", "0.5", "0.01", "0.999"],
  },
  {
    name: "a price",
    schema: { type: "number", minimum: 0, maximum: 99.99 },
    accepts: ["99.9", "99.99", "99", "0", "9.95"],
  },
  {
    name: "a number with neighbours",
    schema: { allOf: [{ type: "number", minimum: -0.75, maximum: 0.125 }, { minimum: -0.5 }] },
    accepts: ["-0.5", "0.1", "0.12", "-0.49"],
  },
  { name: "multiples", schema: { type: "integer", multipleOf: 7, minimum: -21, maximum: 70 } },
  { name: "multiples of a fraction", schema: { type: "number", multipleOf: 0.25, minimum: -1, maximum: 2 } },
  {
    name: "bounds in a row",
    schema: { allOf: [{ type: "integer", minimum: 2 }, { maximum: 9 }, { exclusiveMinimum: 4 }] },
  },
  {
    name: "bounds that exclude all",
    schema: { type: "integer", exclusiveMinimum: 3, exclusiveMaximum: 4 },
    refused: "nothing satisfies",
  },
  {
    name: "bounds of an older draft",
    schema: { type: "integer", minimum: 1, exclusiveMinimum: true },
    refused: "exclusiveMinimum",
  },
  { name: "a multiple of 0", schema: { type: "integer", multipleOf: 0 }, refused: "multipleOf" },
  // lists
  {
    name: "a tuple and no more",
    schema: { type: "array", prefixItems: [{ type: "boolean" }, { enum: ["a"] }], items: false, minItems: 2 },
  },
  {
    name: "a tuple and more",
    schema: { type: "array", prefixItems: [{ const: 0 }], items: { type: "boolean" }, maxItems: 3 },
  },
  { name: "a list of counted items", schema: { type: "array", items: { type: "null" }, minItems: 2, maxItems: 4 } },
  { name: "a list of anything", schema: { type: "array", items: {}, maxItems: 2 } },
  {
    name: "lists in lists",
    schema: {
      type: "array",
      maxItems: 2,
      items: { type: "array", maxItems: 2, items: { type: "integer", minimum: 0, maximum: 1 } },
    },
  },
  {
    name: "a list that excludes all",
    schema: { type: "array", minItems: 3, maxItems: 2 },
    refused: "nothing satisfies",
  },
  {
    name: "unique items",
    schema: { type: "array", items: { enum: [1, 2] }, uniqueItems: true },
    refused: "'uniqueItems'",
  },
  { name: "items that are contained", schema: { type: "array", contains: { const: 1 } }, refused: "'contains'" },
  { name: "items of an older draft", schema: { type: "array", items: [{ type: "null" }] }, refused: "'prefixItems'" },
  // objects
  {
    name: "members that may be left out",
    schema: closed({ a: { type: "null" }, b: { type: "null" }, c: { type: "null" } }, ["b"]),
  },
  {
    name: "members of odd names",
    schema: closed({ "": { const: 1 }, 'a "b"': { const: 2 }, "é\n": { const: 3 }, $ref: { const: 4 } }),
  },
  {
    name: "other members of a type",
    schema: { type: "object", properties: { a: { const: 1 } }, additionalProperties: { type: "boolean" } },
  },
  {
    name: "members by pattern",
    schema: { type: "object", patternProperties: { "^x-": { type: "boolean" } }, additionalProperties: false },
  },
  { name: "a counted map", schema: { type: "object", additionalProperties: { type: "null" }, maxProperties: 2 } },
  {
    name: "a member that needs another",
    schema: { ...closed({ a: { type: "null" }, b: { type: "null" } }, []) as object, dependentRequired: { a: ["b"] } },
  },
  {
    name: "required and not described",
    schema: { type: "object", required: ["z"], properties: { a: { type: "null" } } },
  },
  {
    name: "a required member that is forbidden",
    schema: { type: "object", properties: { a: false }, required: ["a"] },
    refused: "nothing satisfies",
  },
  {
    name: "names by a schema",
    schema: { type: "object", propertyNames: { maxLength: 2 } },
    refused: "'propertyNames'",
  },
  {
    name: "what is not evaluated",
    schema: { type: "object", unevaluatedProperties: false },
    refused: "'unevaluatedProperties'",
  },
  {
    name: "many members",
    schema: closed(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`m${i}`, { type: "boolean" }])), ["m0"]),
  },
  // joined
  {
    name: "any of several objects",
    schema: { anyOf: [closed({ a: { type: "null" } }), closed({ a: { type: "null" }, b: { type: "boolean" } })] },
  },
  {
    name: "one of tagged objects",
    schema: {
      oneOf: ["x", "y", "z"].map((kind) =>
        closed({ kind: { const: kind }, [kind]: { type: "integer", minimum: 0, maximum: 9 } })
      ),
    },
  },
  {
    name: "one of different types",
    schema: { oneOf: [{ type: "string", maxLength: 2 }, { type: "integer" }, { type: "null" }] },
  },
  {
    name: "one of which two may hold",
    schema: { oneOf: [{ type: "integer", minimum: 0 }, { type: "integer", maximum: 5 }] },
    refused: "'oneOf'",
  },
  {
    name: "all of several objects",
    schema: {
      allOf: [{ type: "object", properties: { a: { type: "null" } }, required: ["a"] }, {
        properties: { b: { type: "boolean" } },
        required: ["b"],
      }],
      maxProperties: 2,
    },
  },
  {
    name: "all of which none can hold",
    schema: { allOf: [{ type: "string" }, { type: "null" }] },
    refused: "nothing satisfies",
  },
  { name: "types in a list", schema: { type: ["string", "null", "integer"], maxLength: 1, minimum: 0, maximum: 2 } },
  { name: "conditions", schema: { if: { type: "string" }, then: { maxLength: 1 } }, refused: "'if'" },
  { name: "what must not hold", schema: { type: "integer", not: { const: 3 } }, refused: "'not'" },
  {
    name: "annotations",
    schema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://example.org/s",
      title: "t",
      description: "d",
      default: 1,
      deprecated: true,
      readOnly: true,
      $comment: "c",
      "x-mine": {},
      type: "boolean",
    },
  },
];

/** Schemas that grow beyond bounds where they are written out. */
export function explodingSchemas(): readonly (readonly [name: string, schema: unknown])[] {
  let doubled: unknown = { type: "string", minLength: 1 };
  for (let level = 0; level < 30; level++) {
    doubled = { anyOf: [doubled, { allOf: [doubled, { maxLength: 100 + level }] }] };
  }
  const chain: Record<string, unknown> = { d20: { type: "boolean" } };
  for (let i = 0; i < 20; i++) {
    chain[`d${i}`] = closed({ a: { $ref: `#/$defs/d${i + 1}` }, b: { $ref: `#/$defs/d${i + 1}` } });
  }
  const wide = (count: number): unknown =>
    closed(
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`m${i}`, { type: "string", pattern: "^(a|b)*a(a|b){12}$" }]),
      ),
      [],
    );
  return [
    ["doubled alternatives", doubled],
    ["a chain that doubles", { $ref: "#/$defs/d0", $defs: chain }],
    ["many members with patterns", wide(250)],
    ["a pattern of many states", { type: "string", pattern: "^(a|b)*a(a|b){40}c$" }],
    ["counted in counted in counted", { type: "string", pattern: "^(?:(?:[a-z]{1,100}-){1,100}){1,2}$" }],
    ["lists in counted lists", {
      type: "array",
      minItems: 5000,
      maxItems: 9000,
      items: { type: "array", minItems: 5000, items: { type: "integer" } },
    }],
    ["alternatives of alternatives", {
      allOf: Array.from({ length: 16 }, (_, i) => ({ anyOf: [{ minLength: i }, { pattern: `a{${i}}b` }] })),
    }],
    ["a long text of counted length", { type: "string", minLength: 9_999, maxLength: 10_000 }],
    ["ten thousand multiples", { type: "integer", multipleOf: 9973, minimum: 0, maximum: 99_730_000 }],
  ];
}
