import type { JsonObject } from "./open_api_document.ts";

/** Components by name, as an OpenAPI document has them. */
export type Components = Readonly<Record<string, JsonObject>>;

/** A schema without its reference; what stands beside the reference (a description, a default) wins. */
export function dereference(schema: JsonObject, components: Components): JsonObject {
  if (typeof schema.$ref !== "string") return schema;
  const { $ref, ...beside } = schema;
  return { ...dereference(components[($ref as string).split("/").at(-1)!] ?? {}, components), ...beside };
}

/** A value that a schema allows: its example, else one made of its required parts. */
export function exampleOf(schema: JsonObject, components: Components, depth = 0): unknown {
  const { examples, default: fallback, type, ...known } = dereference(schema, components);
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (fallback !== undefined) return fallback;
  if ("const" in known) return known.const;
  if (Array.isArray(known.enum)) return known.enum[0];
  const alternatives = known.anyOf ?? known.oneOf;
  if (Array.isArray(alternatives) && alternatives.length > 0) return exampleOf(alternatives[0], components, depth);
  switch (Array.isArray(type) ? type[0] : type) {
    case "object":
      return depth > 8 ? {} : objectExample(known, components, depth);
    case "array":
      return depth > 8 ? [] : arrayExample(known, components, depth);
    case "string":
      return "…";
    case "number":
    case "integer":
      return known.minimum ?? 0;
    case "boolean":
      return true;
    default:
      return null;
  }
}

function arrayExample({ items, prefixItems = [] }: JsonObject, components: Components, depth: number): unknown[] {
  const places = typeof items === "object" && items !== null ? [items] : prefixItems as readonly unknown[];
  return places.map((place) => exampleOf(place as JsonObject, components, depth + 1));
}

function objectExample({ properties = {}, required = [] }: JsonObject, components: Components, depth: number): unknown {
  const needed = Object.entries(properties as Components).filter(([name]) => (required as string[]).includes(name));
  return Object.fromEntries(needed.map(([name, property]) => [name, exampleOf(property, components, depth + 1)]));
}
