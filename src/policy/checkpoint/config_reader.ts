import { EddyError } from "../../errors.ts";

/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Takes values out of a config.json; absent and null mean the fallback. */
export interface ConfigReader {
  /** Content of the file. */
  readonly json: JsonObject;
  /** A positive integer. @throws {EddyError} `checkpoint_invalid` If it is something else. */
  natural(key: string, fallback?: number, largest?: number): number;
  /** A positive number. @throws {EddyError} `checkpoint_invalid` If it is something else. */
  positive(key: string, fallback?: number): number;
  /** True or false. @throws {EddyError} `checkpoint_invalid` If it is something else. */
  flag(key: string, fallback: boolean): boolean;
  /** Refuses settings that have another value than the only one that is computed. */
  only(plain: JsonObject): void;
  /** A reader of an object inside. */
  inside(json: JsonObject): ConfigReader;
  /** Throws that the value is impossible. */
  invalid(reason: string): never;
  /** Throws that Eddy does not compute this. */
  unsupported(reason: string): never;
}

/** A reader of `json`; `where` names the file in messages. */
export function configReader(json: JsonObject, where: string): ConfigReader {
  const invalid = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot read '${where}': ${reason}`);
  };
  const unsupported = (reason: string): never => {
    throw new EddyError("model_unsupported", `Cannot load '${where}': ${reason}`);
  };
  const number = (key: string, fallback: number | undefined, holds: (value: number) => boolean): number => {
    const value = json[key] ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value) || !holds(value)) {
      return invalid(`'${key}' is ${showValue(value)}`);
    }
    return value;
  };
  return {
    json,
    natural: (key, fallback, largest = 2 ** 31) =>
      number(key, fallback, (value) => Number.isInteger(value) && value >= 1 && value <= largest),
    positive: (key, fallback) => number(key, fallback, (value) => value > 0),
    flag: (key, fallback) => {
      const value = json[key] ?? fallback;
      return typeof value === "boolean" ? value : invalid(`'${key}' is ${showValue(value)}`);
    },
    only: (plain) => {
      for (const [key, computed] of Object.entries(plain)) {
        const value = json[key] ?? null;
        if (value !== null && value !== computed) unsupported(`'${key}' is ${showValue(value)}`);
      }
    },
    inside: (inner) => configReader(inner, where),
    invalid,
    unsupported,
  };
}

/** A value for a message; not through JSON.stringify: a hostile file nests deeper than the stack. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 3).map((each) => typeof each === "object" ? "…" : each)}]`;
  return typeof value === "object" && value !== null ? "an object" : `'${String(value).slice(0, 80)}'`;
}
