import { EddyError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { TrainConfiguration } from "./configuration.ts";
import { CONFIGURATION_FIELDS, type ConfigurationField } from "./configuration_fields.ts";

/**
 * A configuration with some fields replaced, each named by its dotted path.
 *
 * @param configuration Where to start. @param changes Path and value; text is read as the field's type.
 * @throws {EddyError} `configuration_invalid` If a path is unknown (the nearest is named) or a value does not fit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { overrideConfiguration, PRESETS } from "@eddy/eddy";
 * const changed = overrideConfiguration(PRESETS.desk, [["reinforcement.gamma", "0.9"]]);
 * assert.ok(changed.reinforcement.gamma === 0.9);
 * ```
 */
export function overrideConfiguration(
  configuration: TrainConfiguration,
  changes: Iterable<readonly [path: string, value: unknown]>,
): TrainConfiguration {
  const changed = structuredClone(configuration) as unknown as Record<string, unknown>;
  for (const [path, value] of changes) {
    if (path.startsWith(WORLD_KNOBS) && path.length > WORLD_KNOBS.length) {
      changed.environmentOptions = {
        ...changed.environmentOptions as object,
        [path.slice(WORLD_KNOBS.length)]: plain(value),
      };
      continue;
    }
    const keys = path.split(".");
    const last = keys.pop()!;
    let place: Record<string, unknown> | undefined = changed;
    for (const key of keys) place = own(place, key) as Record<string, unknown> | undefined;
    const current = own(place, last);
    if (current === undefined || typeof current === "object") throw unknownPath(path, configurationPaths(changed));
    const next = fieldValue(path, value);
    if (FIXED.has(path) && next !== current) throw fixed(path, String(current));
    place![last] = next;
  }
  return fitting(changed as unknown as TrainConfiguration);
}

/** A world's knobs are its own: it checks them when it is made. */
const WORLD_KNOBS = "environmentOptions.";

/** Text that reads as JSON is what it says: `3`, `true`. */
function plain(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What two fields must be to each other. */
function fitting(configuration: TrainConfiguration): TrainConfiguration {
  const { reinforcement: { shards, minibatches }, policy } = configuration;
  const refuse = (state: string): never => {
    throw new EddyError("configuration_invalid", `Cannot use this configuration: ${state}`);
  };
  if (shards % minibatches !== 0) {
    return refuse(
      `'reinforcement.minibatches' is ${minibatches}, which does not divide 'reinforcement.shards', ${shards}`,
    );
  }
  if (policy.kind === "transformer" && policy.heads % policy.keyValueHeads !== 0) {
    return refuse(
      `'policy.keyValueHeads' is ${policy.keyValueHeads}, which does not divide 'policy.heads', ${policy.heads}`,
    );
  }
  return configuration;
}

/** What the other fields depend on: another value is another preset. */
const FIXED: ReadonlySet<string> = new Set(["preset", "policy.kind"]);

function fixed(path: string, current: string): EddyError {
  return new EddyError(
    "configuration_invalid",
    `Cannot set '${path}': it is '${current}' in this preset; begin from another preset instead`,
  );
}

/** The dotted paths of all values in a configuration, in order. */
export function configurationPaths(configuration: object): string[] {
  return Object.entries(configuration).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? configurationPaths(value).map((path) => `${key}.${path}`) : [key]
  );
}

function own(place: unknown, key: string): unknown {
  return typeof place === "object" && place !== null && Object.hasOwn(place, key)
    ? (place as Record<string, unknown>)[key]
    : undefined;
}

function unknownPath(path: string, known: readonly string[]): EddyError {
  return new EddyError(
    "configuration_invalid",
    `Cannot set '${path}': unknown field; did you mean '${nearest(path, known)}'?`,
  );
}

/** Reads a value as its field's type and checks its bounds. */
function fieldValue(path: string, value: unknown): string | number {
  const field: ConfigurationField = CONFIGURATION_FIELDS[path as keyof typeof CONFIGURATION_FIELDS];
  const refuse = (expected: string): never => {
    throw new EddyError("configuration_invalid", `Cannot set '${path}': expected ${expected}, got '${value}'`);
  };
  if (field.type === "text") return typeof value === "string" && value !== "" ? value : refuse("text");
  if (field.type === "choice") {
    if (field.choices.includes(String(value))) return String(value);
    return refuse(`one of ${field.choices.join(", ")} (nearest: '${nearest(String(value), field.choices)}')`);
  }
  const number = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
  const { type, minimum, maximum = Infinity } = field;
  const whole = type === "number" || Number.isSafeInteger(number);
  if (Number.isFinite(number) && whole && number >= minimum && number <= maximum) return number;
  const bounds = maximum === Infinity ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return refuse(`${type === "integer" ? "a whole number" : "a number"} ${bounds}`);
}
