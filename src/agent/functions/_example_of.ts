type Schema = Readonly<Record<string, unknown>>;

/** A small value that a JSON schema allows, as far as its type, limits and lists tell; for a trial call. */
export function exampleOf(schema: Schema): unknown {
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  for (const key of ["default", "const"]) if (key in schema) return schema[key];
  if (Array.isArray(schema.enum)) return schema.enum[0];
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const [first] = (schema[key] ?? []) as readonly Schema[];
    if (first) return exampleOf(first);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "integer":
    case "number":
      return exampleNumber(schema, type === "integer");
    case "string":
      return "text".padEnd(Number(schema.minLength ?? 0), "x").slice(0, Number(schema.maxLength ?? Infinity));
    case "boolean":
      return true;
    case "array":
      return Array.from(
        { length: Math.max(1, Number(schema.minItems ?? 0)) },
        () => exampleOf((schema.items ?? {}) as Schema),
      );
    case "object":
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Record<string, Schema>).map((
          [name, each],
        ) => [name, exampleOf(each)]),
      );
    default:
      return null;
  }
}

/** 2, or what is nearest to it and allowed. */
function exampleNumber(schema: Schema, whole: boolean): number {
  const bound = (key: string, otherwise: number): number => typeof schema[key] === "number" ? schema[key] : otherwise;
  const nudge = whole ? 1 : 1e-3;
  const least = Math.max(bound("minimum", -Infinity), bound("exclusiveMinimum", -Infinity) + nudge);
  const most = Math.min(bound("maximum", Infinity), bound("exclusiveMaximum", Infinity) - nudge);
  const near = Math.min(Math.max(2, least), most);
  const step = bound("multipleOf", 0);
  const multiple = step > 0 ? Math.ceil(near / step) * step : near;
  return whole ? Math.ceil(multiple) : multiple;
}
