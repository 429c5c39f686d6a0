/** One of the values that a schema allows. */
export interface ClosedValue {
  /** What an agent chooses. */
  readonly label: string;
  /** What the client reads, as JSON. */
  readonly value: unknown;
}

/** A JSON schema, not yet looked at. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** More values than this are no choice. */
const MOST = 1000;

/**
 * All values that a JSON schema allows, where it is a closed choice: `enum`, `const`, booleans, `null`, alternatives
 * (`anyOf`), and objects of those whose properties are all required.
 *
 * An object in which a single property varies is labeled by that property's value, so that `{ intent: "refund" }` and a
 * candidate `refund` are the same action to an agent; one in which more vary is labeled by its JSON.
 *
 * @returns Undefined when the schema allows other values than these, or more than 1000.
 */
export function closedValues(schema: unknown): readonly ClosedValue[] | undefined {
  const values = valuesOf(schema, schema, 0);
  if (values === undefined || values.length === 0) return undefined;
  const labels = new Set(values.map(({ label }) => label));
  return labels.size === values.length ? values : values.map(({ value }) => ({ label: JSON.stringify(value), value }));
}

type Values = readonly ClosedValue[] | undefined;

function valuesOf(schema: unknown, root: unknown, depth: number): Values {
  if (!isSchema(schema) || depth > 16) return undefined;
  if (typeof schema.$ref === "string") return valuesOf(resolve(schema.$ref, root), root, depth + 1);
  if ("const" in schema) return [labeled(schema.const)];
  if (Array.isArray(schema.enum)) return schema.enum.length <= MOST ? schema.enum.map(labeled) : undefined;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return together(alternatives.map((one) => valuesOf(one, root, depth + 1)));
  if (Array.isArray(schema.type)) {
    return together(schema.type.map((type) => valuesOf({ ...schema, type }, root, depth + 1)));
  }
  switch (schema.type) {
    case "boolean":
      return [labeled(true), labeled(false)];
    case "null":
      return [labeled(null)];
    case "object":
      return objectsOf(schema, root, depth);
    default:
      return undefined;
  }
}

function objectsOf(schema: JsonSchema, root: unknown, depth: number): Values {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const columns = Object.entries(properties).map(([name, property]) => {
    const values = required.includes(name) ? valuesOf(property, root, depth + 1) : undefined;
    return { name, values };
  });
  const size = columns.reduce((product, { values }) => product * (values?.length ?? Infinity), 1);
  if (!(size <= MOST)) return undefined;
  const varying = columns.filter(({ values }) => values!.length > 1);
  // Nothing varies: the first property speaks for the object.
  const speaker = varying.length === 1 ? varying[0] : varying.length === 0 ? columns[0] : undefined;
  let rows: { readonly value: Record<string, unknown>; readonly label: string }[] = [{ value: {}, label: "{}" }];
  for (const { name, values } of columns) {
    rows = rows.flatMap((row) =>
      values!.map(({ label, value }) => ({
        value: { ...row.value, [name]: value },
        label: name === speaker?.name ? label : row.label,
      }))
    );
  }
  return speaker ? rows : rows.map(({ value }) => ({ label: JSON.stringify(value), value }));
}

function together(alternatives: readonly Values[]): Values {
  const all = alternatives.flatMap((values) => values ?? []);
  return alternatives.includes(undefined) || all.length > MOST ? undefined : all;
}

function labeled(value: unknown): ClosedValue {
  return { label: typeof value === "string" ? value : JSON.stringify(value), value };
}

/** Follows a pointer inside the schema: `#/$defs/Intent`. */
function resolve(pointer: string, root: unknown): unknown {
  if (!pointer.startsWith("#")) return undefined;
  let at = root;
  for (const part of pointer.slice(1).split("/").slice(1)) {
    at = isSchema(at) ? at[part.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return at;
}

/** Whether a value is an object that can be a schema. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
