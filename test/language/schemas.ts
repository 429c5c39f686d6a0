/** A JSON schema at random, of what constraints honour and a little more. */
export function someSchema(random: () => number, depth: number): Record<string, unknown> {
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const number = () => pick([below(5), -below(5), below(200) / 10 - 10, below(2000) / 100 - 10, below(1e5), 0.1 + 0.2]);
  const inner = () => someSchema(random, depth - 1);
  switch (below(depth > 0 ? 10 : 5)) {
    case 0: {
      const schema: Record<string, unknown> = { type: pick<unknown>(["number", "integer", ["number", "null"]]) };
      for (const key of ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]) {
        if (random() < 0.35) schema[key] = number();
      }
      if (random() < 0.3) schema.multipleOf = pick([2, 3, 0.5, 0.25, 0.1, 1.5]);
      return schema;
    }
    case 1: {
      const schema: Record<string, unknown> = { type: "string" };
      if (random() < 0.5) schema.minLength = below(4);
      if (random() < 0.5) schema.maxLength = below(8);
      if (random() < 0.4) {
        schema.pattern = pick([
          "^a",
          "b$",
          "^[a-c]*$",
          "^(foo|ba+r)$",
          "x\\d",
          '["\\\\]',
          "^.{2,3}$",
          "a|^b",
          "[^a-z]",
        ]);
      }
      return schema;
    }
    case 2:
      return { enum: [number(), "x", null, [number(), "y"], { a: number() }, true].slice(below(5)) };
    case 3:
      return { const: pick<unknown>([number(), 'q"\\\n', { a: [1] }, null]) };
    case 4:
      return { type: pick<unknown>(["boolean", "null", ["string", "integer"], ["null", "boolean"]]) };
    case 5: {
      const schema: Record<string, unknown> = { type: "array", items: inner() };
      if (random() < 0.5) schema.minItems = below(3);
      if (random() < 0.6) schema.maxItems = below(5);
      if (random() < 0.3) schema.prefixItems = [inner(), inner()];
      return schema;
    }
    case 6:
    case 7: {
      const names = ["a", "b", 'c"', "dé"].filter(() => random() < 0.7);
      const schema: Record<string, unknown> = {
        type: "object",
        properties: Object.fromEntries(names.map((name) => [name, inner()])),
        required: names.filter(() => random() < 0.5),
        additionalProperties: random() < 0.6 ? false : inner(),
      };
      if (random() < 0.2) schema.minProperties = below(3);
      if (random() < 0.2) schema.maxProperties = below(4);
      if (random() < 0.2) schema.patternProperties = { "^p": inner() };
      if (random() < 0.2) schema.dependentRequired = { a: ["b"] };
      return schema;
    }
    case 8:
      return { [pick(["anyOf", "oneOf"])]: [inner(), inner()] };
    default:
      return { allOf: [inner(), inner()] };
  }
}
