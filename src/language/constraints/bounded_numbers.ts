/** Numbers without a bound stay within ±this, so that their digits end and JavaScript reads them exactly. */
export const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;

const LARGEST_DIVISOR = 10_000;
const MOST_MULTIPLES = 2_000;
/** What an excluded bound is moved by where it cannot be excluded exactly. */
const HAIR = 1e-9;

/** The keywords of numbers in one schema, as they are read and rewritten. */
export type NumberKeywords = Record<string, unknown>;

/**
 * Rewrites the keywords of numbers, in place, to those that become digits exactly. What changes allows less, never more:
 * numbers are bounded; fractional divisors become the list of their multiples; a bound that is excluded within one unit is
 * moved by 1e-9.
 *
 * @param refuse Makes the error of what cannot be rewritten.
 */
export function boundNumbers(schema: NumberKeywords, refuse: (what: string) => Error): void {
  const types = [schema.type].flat();
  const numeric = types.includes("number") || types.includes("integer");
  takeIn(schema, numeric);
  divide(schema, types, refuse);
  if (numeric) moveExcluded(schema);
}

/**
 * Numbers within the bounds that a grammar of digits leaves out: those whose digits are the beginning of a bound's, such as
 * 8.1 below 8.125.
 */
export function shortNumbers(schema: NumberKeywords): readonly number[] {
  const types = [schema.type ?? "number"].flat();
  if (!types.includes("number") || schema.enum !== undefined) return [];
  const bounds = BOUNDS.flatMap((key, index) => {
    const value = bound(schema, key);
    // away from 0: nothing else begins with the digits of a number nearer to it
    return value !== undefined && value * (index < 2 ? 1 : -1) > 0 ? [value] : [];
  });
  const shorter = bounds.flatMap((value) => {
    const [whole, fraction = ""] = plainDecimal(Math.abs(value)).split(".");
    return Array.from(fraction).map((_, at) => Math.sign(value) * Number(`${whole}.${fraction.slice(0, at)}`));
  });
  return [...new Set(shorter)].filter((value) => value !== 0 && within(schema, value));
}

/** The upper ones first. */
const BOUNDS = ["maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"] as const;

/** The digits of a positive number, without an exponent. */
function plainDecimal(value: number): string {
  const [digits, exponent] = String(value).split("e-");
  if (exponent === undefined) return digits;
  return `0.${"0".repeat(Number(exponent) - 1)}${digits.replace(".", "")}`;
}

function bound(schema: NumberKeywords, key: string): number | undefined {
  return schema[key] as number | undefined;
}

/** Bounds beyond the largest number are that number. */
function takeIn(schema: NumberKeywords, numeric: boolean): void {
  if (bound(schema, "exclusiveMinimum")! < -LARGEST_NUMBER) delete schema.exclusiveMinimum;
  if (bound(schema, "exclusiveMaximum")! > LARGEST_NUMBER) delete schema.exclusiveMaximum;
  if (bound(schema, "minimum")! < -LARGEST_NUMBER) schema.minimum = -LARGEST_NUMBER;
  if (bound(schema, "maximum")! > LARGEST_NUMBER) schema.maximum = LARGEST_NUMBER;
  if (!numeric) return;
  if (schema.exclusiveMinimum === undefined) schema.minimum ??= -LARGEST_NUMBER;
  if (schema.exclusiveMaximum === undefined) schema.maximum ??= LARGEST_NUMBER;
}

function divide(schema: NumberKeywords, types: readonly unknown[], refuse: (what: string) => Error): void {
  const divisor = bound(schema, "multipleOf");
  if (divisor === undefined) return;
  const unsupported = (why: string) => refuse(`has the 'multipleOf' ${divisor}${why}, which is not supported`);
  const { units, places } = decimal(divisor) ?? { units: 0, places: 0 };
  if (!(units > 0)) throw unsupported("");
  if (places === 0) {
    if (units > LARGEST_DIVISOR) throw unsupported("");
    return;
  }
  if (types.length === 1 && types[0] === "integer") {
    schema.multipleOf = units / greatestCommonDivisor(units, 10 ** places);
    if (schema.multipleOf as number > LARGEST_DIVISOR) throw unsupported("");
    return;
  }
  if (types.length !== 1 || types[0] !== "number") throw unsupported(" and not the one type 'number'");
  const scale = 10 ** places;
  const [low, high] = [lowest(schema) * scale / units, highest(schema) * scale / units];
  if (!(high - low <= MOST_MULTIPLES)) {
    throw unsupported(` with more than ${MOST_MULTIPLES} multiples within its bounds`);
  }
  const multiples: number[] = [];
  for (let factor = Math.floor(low); factor <= Math.ceil(high); factor++) {
    const value = Number(`${factor * units}e-${places}`);
    if (within(schema, value)) multiples.push(value === 0 ? 0 : value);
  }
  const listed = schema.enum as unknown[] | undefined;
  schema.enum = listed ? listed.filter((value) => multiples.includes(value as number)) : multiples;
  if ((schema.enum as unknown[]).length === 0) {
    throw refuse(`has the 'multipleOf' ${divisor} and no multiple within its bounds`);
  }
  for (const key of ["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]) delete schema[key];
}

function lowest(schema: NumberKeywords): number {
  return Math.max(bound(schema, "minimum") ?? -Infinity, bound(schema, "exclusiveMinimum") ?? -Infinity);
}

function highest(schema: NumberKeywords): number {
  return Math.min(bound(schema, "maximum") ?? Infinity, bound(schema, "exclusiveMaximum") ?? Infinity);
}

function within(schema: NumberKeywords, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } =
    schema as Record<string, number>;
  return value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum;
}

/** Excluding a whole number is not exact where all that is left begins with its digits. */
function moveExcluded(schema: NumberKeywords): void {
  const [low, high] = [lowest(schema), highest(schema)];
  if (!(low < high)) return;
  for (const [key, plain, sign] of [["exclusiveMinimum", "minimum", 1], ["exclusiveMaximum", "maximum", -1]] as const) {
    const value = bound(schema, key);
    if (value === undefined || [schema.type].flat().includes("integer")) continue;
    const nearest = sign > 0 ? high : low;
    if (Math.abs(nearest - value) > 1 || Math.abs(value) > 1e6) continue;
    delete schema[key];
    const moved = Number((value + sign * HAIR).toFixed(9));
    const other = bound(schema, plain);
    schema[plain] = other === undefined ? moved : sign > 0 ? Math.max(other, moved) : Math.min(other, moved);
  }
}

/** A positive number as a whole one and places after the point; undefined where it has too many of either. */
function decimal(value: number): { units: number; places: number } | undefined {
  const found = /^([0-9]+)(?:\.([0-9]+))?(?:e([+-][0-9]+))?$/.exec(String(value));
  if (!found) return undefined;
  const [, digits, fraction = "", exponent = "0"] = found;
  const places = fraction.length - Number(exponent);
  const units = Number(digits + fraction) * 10 ** Math.max(0, -places);
  return units <= 1e9 && places <= 9 ? { units, places: Math.max(0, places) } : undefined;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
