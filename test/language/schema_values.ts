type Schema = Readonly<Record<string, unknown>>;

/**
 * A value that probably satisfies a schema, members in the order of `properties`; another validator has to say whether it
 * does.
 */
export function someValue(schema: unknown, root: unknown, random: () => number, depth = 4): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const inner = (of: unknown) => someValue(of, root, random, depth - 1);
  if (typeof schema !== "object" || schema === null) return pick([null, true, 1, "a"]);
  const all = merged(schema as Schema, root, pick);
  if ("const" in all) return all.const;
  if (Array.isArray(all.enum)) return pick(all.enum);
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength = 0 } = all as Record<
    string,
    number
  >;
  const usual = "properties" in all || "required" in all ? "object" : pick(["null", "boolean", "integer", "string"]);
  switch (pick([all.type ?? usual].flat())) {
    case "null":
      return null;
    case "boolean":
      return random() < 0.5;
    case "integer":
    case "number": {
      const low = minimum ?? exclusiveMinimum ?? Math.min(-100, (maximum ?? exclusiveMaximum ?? 0) - 100);
      const high = maximum ?? exclusiveMaximum ?? Math.max(1000, low + 100);
      const value = low + random() * (high - low);
      if (multipleOf > 0) return Number((Math.round(value / multipleOf) * multipleOf).toFixed(6));
      return all.type === "number" && random() < 0.7
        ? Number((random() < 0.3 ? pick([low, high]) : value).toFixed(pick([1, 2, 3])))
        : Math.round(value);
    }
    case "string": {
      if (Array.isArray(all.examples)) return pick(all.examples);
      const length = minLength + Math.floor(random() * 3);
      return Array.from({ length }, () => pick([...'abé日🚀"\\\n/'])).join("");
    }
    case "array": {
      const { prefixItems = [], items = {}, minItems = 0, maxItems = 3 } = all as {
        prefixItems?: unknown[];
        items?: unknown;
        minItems?: number;
        maxItems?: number;
      };
      const most = depth <= 0 ? minItems : Math.min(maxItems, minItems + 3);
      const length = minItems + Math.floor(random() * (most - minItems + 1));
      return Array.from({ length }, (_, at) => inner(at < prefixItems.length ? prefixItems[at] : items));
    }
    default: {
      const { properties = {}, required = [], additionalProperties, patternProperties } = all as {
        properties?: Schema;
        required?: string[];
        additionalProperties?: unknown;
        patternProperties?: Schema;
      };
      const members = Object.entries(properties).filter(([name]) =>
        required.includes(name) || depth > 0 && random() < 0.5
      ).map(([name, of]) => [name, inner(of)]);
      for (const name of required.filter((name) => !(name in properties))) {
        members.push([name, inner(additionalProperties)]);
      }
      if (patternProperties && random() < 0.7) members.push(["x-é", inner(Object.values(patternProperties)[0])]);
      if (additionalProperties && depth > 0 && random() < 0.5) members.push(["ot her", inner(additionalProperties)]);
      return Object.fromEntries(members);
    }
  }
}

/** References, alternatives and conjunctions as one schema. */
function merged(schema: Schema, root: unknown, pick: <T>(list: readonly T[]) => T): Schema {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema as {
    readonly [key: string]: unknown;
    readonly $ref?: string;
    readonly allOf?: readonly unknown[];
    readonly anyOf?: readonly unknown[];
    readonly oneOf?: readonly unknown[];
  };
  const parts = [
    ...($ref === undefined ? [] : [referred(root, $ref)]),
    ...(allOf ?? []),
    ...[anyOf, oneOf].flatMap((list) => list ? [pick(list)] : []),
  ];
  return parts.reduce<Schema>((sum, part) => {
    const more = merged(part as Schema, root, pick);
    const [a, b] = [sum, more] as { readonly properties?: Schema; readonly required?: string[] }[];
    return {
      ...sum,
      ...more,
      ...((a.properties || b.properties) && { properties: { ...a.properties, ...b.properties } }),
      ...((a.required || b.required) && { required: [...a.required ?? [], ...b.required ?? []] }),
      ...("minimum" in sum && "minimum" in more &&
        { minimum: Math.max(sum.minimum as number, more.minimum as number) }),
    };
  }, own);
}

function referred(root: unknown, reference: string): unknown {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) {
    const { $defs } = root as { readonly $defs: Readonly<Record<string, Schema>> };
    return Object.values($defs).find(({ $anchor }) => `#${$anchor}` === reference);
  }
  return reference.slice(2).split("/").reduce<unknown>(
    (at, key) => (at as Schema)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
    root,
  );
}
