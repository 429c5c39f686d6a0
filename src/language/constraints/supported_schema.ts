import { boundNumbers, LARGEST_NUMBER, shortNumbers } from "./bounded_numbers.ts";
import { ecmaExpression } from "./ecma_expression.ts";
import { invalidConstraint } from "./invalid_constraint.ts";
import { isRecord, type JsonRecord, referenced } from "./schema_references.ts";

const DEEPEST = 64;
const MOST_SCHEMAS = 10_000;
const LONGEST_TEXT = 2 ** 20;
/** No bound of a length or a count is larger. */
const LARGEST_COUNT = 10_000;

/** What would have to be honoured and cannot be. Words that no draft knows say nothing about a text. */
const UNSUPPORTED = new Set([
  ...["not", "if", "then", "else", "contains", "minContains", "maxContains", "propertyNames", "dependentSchemas"],
  ...["dependencies", "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"],
  ...["$recursiveAnchor", "divisibleBy", "disallow", "extends"],
]);
const FORMATS = new Set([
  ...["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri"],
]);
/** Formats that whatever is written has anyway: all numbers are within 2⁵³, and any text is a password. */
const WIDER_FORMATS = new Set(["int64", "float", "double", "password"]);
const TYPES = new Set(["null", "boolean", "number", "integer", "string", "array", "object"]);

/**
 * A JSON schema (draft 2020-12) in the part of it that masks can honour: references point to `$defs`, patterns are in the
 * syntax of Rust, numbers are bounded, annotations are gone. Nothing that restricts a text is left out.
 *
 * @throws {EddyError} `constraint_invalid` If it is broken, too large, or has a keyword that cannot be honoured: named
 * with its place.
 */
export function supportedSchema(schema: unknown): unknown {
  checkSize(schema);
  const names = new Map<unknown, string>();
  const waiting: unknown[] = [];
  const divisors = new Set<number>();
  let count = 0;

  const nameOf = (target: unknown): string => {
    let name = names.get(target);
    if (name === undefined) {
      names.set(target, name = `d${names.size}`);
      waiting.push(target);
    }
    return name;
  };

  function read(from: unknown, where: string, depth: number): unknown {
    const refuse = (what: string) => invalidConstraint(`the schema at '${where || "/"}' ${what}`);
    if (++count > MOST_SCHEMAS) throw invalidConstraint(`the schema has more than ${MOST_SCHEMAS} parts`);
    if (depth > DEEPEST) throw invalidConstraint(`the schema is nested more than ${DEEPEST} deep`);
    if (typeof from === "boolean") return from ? {} : false;
    if (!isRecord(from)) throw refuse("is neither an object nor true or false");

    const sub = (value: unknown, place: string) => read(value, `${where}/${place}`, depth + 1);
    const list = (value: unknown, key: string): unknown[] => {
      if (!Array.isArray(value) || value.length === 0) throw refuse(`has a '${key}' that is no list of schemas`);
      return value.map((each, index) => sub(each, `${key}/${index}`));
    };
    const map = (value: unknown, key: string, rename = (name: string) => name): JsonRecord => {
      if (!isRecord(value)) throw refuse(`has '${key}' that are no schemas by name`);
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [rename(name), sub(each, `${key}/${name}`)]),
      );
    };
    const number = (value: unknown, key: string): number => {
      if (typeof value !== "number") throw refuse(`has a '${key}' that is no number`);
      return value;
    };
    const size = (value: unknown, key: string): number => {
      if (!Number.isInteger(value) || (value as number) < 0) throw refuse(`has a '${key}' that is no count`);
      if (value as number > LARGEST_COUNT) throw refuse(`has a '${key}' above ${LARGEST_COUNT}`);
      return value as number;
    };
    const pattern = (value: unknown, key: string): string => {
      if (typeof value !== "string") throw refuse(`has a '${key}' that is no text`);
      return `^(?:${ecmaExpression(value, true)})$`;
    };
    const strings = (value: unknown, key: string): readonly string[] => {
      if (!Array.isArray(value) || value.some((each) => typeof each !== "string")) {
        throw refuse(`has '${key}' that are no list of names`);
      }
      return value;
    };

    const to: Record<string, unknown> = {};
    const all: unknown[] = [];
    for (const [key, value] of Object.entries(from)) {
      switch (key) {
        case "type":
          checkTypes(value, refuse);
          to.type = value;
          break;
        case "enum":
          if (!Array.isArray(value) || value.length === 0) throw refuse("has an 'enum' that is no list of values");
          value.forEach((each) => checkValue(each, refuse));
          to.enum = value;
          break;
        case "const":
          checkValue(value, refuse);
          to.const = value;
          break;
        case "minimum":
        case "maximum":
        case "exclusiveMinimum":
        case "exclusiveMaximum":
          to[key] = number(value, key);
          break;
        case "multipleOf":
          to.multipleOf = number(value, key);
          break;
        case "minLength":
        case "maxLength":
        case "minItems":
        case "maxItems":
        case "minProperties":
        case "maxProperties":
          to[key] = size(value, key);
          break;
        case "pattern":
          to.pattern = pattern(value, key);
          break;
        case "format":
          if (typeof value !== "string" || !(FORMATS.has(value) || WIDER_FORMATS.has(value))) {
            throw refuse(`has the 'format' '${String(value).slice(0, 80)}', which is not supported`);
          }
          if (FORMATS.has(value)) to.format = value;
          break;
        case "uniqueItems":
          if (typeof value !== "boolean") throw refuse("has a 'uniqueItems' that is neither true nor false");
          if (value && !(typeof from.maxItems === "number" && from.maxItems <= 1)) {
            throw refuse("has 'uniqueItems', which is not supported");
          }
          break;
        case "required":
          to.required = [...new Set(strings(value, key))];
          break;
        case "properties":
          to.properties = map(value, key);
          break;
        case "patternProperties":
          to.patternProperties = map(value, key, (name) => pattern(name, key));
          break;
        case "items":
        case "additionalProperties":
          if (Array.isArray(value)) throw refuse(`has '${key}' of an older draft: use 'prefixItems'`);
          to[key] = sub(value, key);
          break;
        case "prefixItems":
          to[key] = list(value, key);
          break;
        case "anyOf":
        case "oneOf":
          to[key] = list(value, key);
          break;
        case "allOf":
          all.push(...list(value, key));
          break;
        case "dependentRequired":
          if (!isRecord(value)) throw refuse("has 'dependentRequired' that are no lists by name");
          for (const [name, needed] of Object.entries(value)) {
            const without = { properties: Object.fromEntries([[name, false]]) };
            all.push({ anyOf: [without, { required: [...new Set([name, ...strings(needed, key)])] }] });
          }
          break;
        case "$ref": {
          if (typeof value !== "string") throw refuse("has a '$ref' that is no text");
          to.$ref = `#/$defs/${nameOf(referenced(schema, value, `${where}/$ref`))}`;
          break;
        }
        default:
          if (key === "not" && isRecord(value) && Object.keys(value).length === 0) return false;
          if (UNSUPPORTED.has(key)) throw refuse(`has '${key}', which is not supported`);
          if (key === "$id" && where !== "") throw refuse("has an '$id' of its own, which is not supported");
      }
    }
    checkBounds(to, refuse);
    boundNumbers(to, refuse);
    if (typeof to.multipleOf === "number") divisors.add(to.multipleOf);
    const short = shortNumbers(to);
    if (short.length > 0) {
      const bounds = Object.entries(to).filter(([key]) => /^(?:exclusiveM|m)(?:in|ax)imum$/.test(key));
      for (const [key] of bounds) delete to[key];
      all.push({ anyOf: [Object.fromEntries(bounds), { enum: short }] });
    }
    if (all.length > 0) to.allOf = all;
    return to;
  }

  const root = nameOf(schema);
  const definitions: Record<string, unknown> = {};
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
    const name = names.get(target)!;
    definitions[name] = read(target, name === root ? "" : `$defs`, 0);
  }
  checkDivisors([...divisors]);
  return { $ref: `#/$defs/${root}`, $defs: definitions };
}

type Refuse = (what: string) => Error;

/** Refuses what would take too long to look at. */
function checkSize(schema: unknown): void {
  let waiting: unknown[] = [schema];
  for (let depth = 0, seen = 0; waiting.length > 0; depth++) {
    if (depth > 8 * DEEPEST) throw invalidConstraint(`the schema is nested more than ${DEEPEST} deep`);
    const inside: unknown[] = [];
    for (const each of waiting) {
      if (typeof each !== "object" || each === null) continue;
      for (const value of Object.values(each)) inside.push(value);
      if ((inside.length + seen) > LONGEST_TEXT) throw invalidConstraint("the schema is too large");
    }
    seen += inside.length;
    waiting = inside;
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(schema);
  } catch (cause) {
    throw invalidConstraint("the schema is not JSON", cause);
  }
  if (text === undefined) throw invalidConstraint("there is no schema");
  if (text.length > LONGEST_TEXT) {
    throw invalidConstraint(`the schema has ${text.length} characters, at most ${LONGEST_TEXT} are supported`);
  }
}

function checkTypes(types: unknown, refuse: Refuse): void {
  const list = Array.isArray(types) ? types : [types];
  const unknown = list.find((type) => !TYPES.has(type));
  if (list.length === 0) throw refuse("has no 'type' in its list of types");
  if (unknown !== undefined) throw refuse(`has the 'type' '${String(unknown).slice(0, 80)}', which is none`);
}

/** Values that are written as they are: numbers that JavaScript reads exactly. */
function checkValue(value: unknown, refuse: Refuse): void {
  if (typeof value === "number" && Math.abs(value) > LARGEST_NUMBER) {
    throw refuse(`has the value ${value}, which is too large`);
  }
  if (typeof value === "object" && value !== null) Object.values(value).forEach((each) => checkValue(each, refuse));
}

function checkBounds(schema: JsonRecord, refuse: Refuse): void {
  const { minProperties = 0, required = [], additionalProperties } = schema;
  const free = (minProperties as number) - (required as string[]).length;
  // a mask does not remember names: two equal ones would count as two
  if (free > 1 && additionalProperties !== false) {
    throw refuse("has 'minProperties' more than one above 'required' with free names, which is not supported");
  }
}

/** Divisors of one schema may meet at one number: their least common multiple must be counted in 32 bits. */
function checkDivisors(divisors: readonly number[]): void {
  for (const a of divisors) {
    for (const b of divisors) {
      if (a !== b && a * b >= 2 ** 32) {
        throw invalidConstraint(`the schema has the 'multipleOf' ${a} and ${b}, which are not supported together`);
      }
    }
  }
}
