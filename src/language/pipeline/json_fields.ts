import { EddyError } from "../../errors.ts";

/** An object of a tokenizer file. */
export type Json = Readonly<Record<string, unknown>>;

/** What is wrong with a tokenizer's file. */
export function invalidTokenizer(state: string, options?: ErrorOptions): EddyError {
  return new EddyError("tokenizer_invalid", `Cannot load tokenizer: ${state}`, options);
}

/** True for objects that are no lists. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for ids of tokens: larger ones are mistakes that would cost memory. */
export function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 24;
}

/** A text field. @throws {EddyError} `tokenizer_invalid` If it is something else. */
export function textField(object: Json, key: string, fallback?: string): string {
  const value = object[key] ?? fallback;
  if (typeof value !== "string") throw invalidTokenizer(`'${key}' of '${kindOf(object)}' is not a text`);
  return value;
}

/** A text field of one character. @throws {EddyError} `tokenizer_invalid` If it is something else. */
export function characterField(object: Json, key: string): string {
  const value = textField(object, key);
  if ([...value].length !== 1) throw invalidTokenizer(`'${key}' of '${kindOf(object)}' is not one character`);
  return value;
}

/** A yes or no. @throws {EddyError} `tokenizer_invalid` If it is something else. */
export function booleanField(object: Json, key: string, fallback?: boolean): boolean {
  const value = object[key] ?? fallback;
  if (typeof value !== "boolean") throw invalidTokenizer(`'${key}' of '${kindOf(object)}' is not true or false`);
  return value;
}

/** A count. @throws {EddyError} `tokenizer_invalid` If it is something else. */
export function countField(object: Json, key: string, fallback?: number): number {
  const value = object[key] ?? fallback;
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= 2 ** 31) {
    throw invalidTokenizer(`'${key}' of '${kindOf(object)}' is not a count`);
  }
  return value as number;
}

/** A list. @throws {EddyError} `tokenizer_invalid` If it is something else. */
export function listField(object: Json, key: string): readonly unknown[] {
  const value = object[key];
  if (!Array.isArray(value)) throw invalidTokenizer(`'${key}' of '${kindOf(object)}' is not a list`);
  return value;
}

/** What the object calls itself. */
export function kindOf(value: unknown): string {
  const kind = isObject(value) ? value.type : value;
  return typeof kind === "string" ? quoted(kind) : String(typeof kind);
}

/** The beginning of a text of any length, for messages. */
export function quoted(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Deeper parts than any tokenizer has would take the stack. */
const DEEPEST = 8;

/** The parts of a sequence, and of sequences in it; a part alone is a sequence of one. */
export function flatten(value: unknown, key: string, depth = 0): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) throw invalidTokenizer(`a part of '${key}' is not an object`);
  if (value.type !== "Sequence") return [value];
  if (depth >= DEEPEST) throw invalidTokenizer(`sequences in '${key}' are nested too deeply`);
  return listField(value, key).flatMap((part) => flatten(part, key, depth + 1));
}
