import { EddyError } from "../../../errors.ts";
import { taskKinds } from "./tasks/mod.ts";

/** The desk's knobs. */
export interface DeskOptions {
  /** Chance of a random slip in each of the expert's calls. */
  readonly expertNoise: number;
  /** Share of the phrasings on which the expert has a wrong habit. */
  readonly trapShare: number;
  /** Chance that the expert follows its habit where it has one. */
  readonly habitRate: number;
  /** Chance of chatter in a request, and of a remark in an order. */
  readonly distractorShare: number;
  /** Longest episode, in steps. */
  readonly horizon: number;
  /** `step` pays each sub-goal when it is reached; `episode` pays the same sum at the end, and only for success. */
  readonly reward: "step" | "episode";
  /** Names of the task kinds to draw from. */
  readonly kinds: readonly string[];
}

/** What holds where nothing is said. */
export const deskDefaults: DeskOptions = {
  expertNoise: 0.03,
  trapShare: 0.5,
  habitRate: 0.7,
  distractorShare: 0.3,
  horizon: 8,
  reward: "step",
  kinds: taskKinds.map((kind) => kind.name),
};

/** @throws {EddyError} `configuration_invalid` if an option is unknown or its value has the wrong kind. */
export function readDeskOptions(given: Readonly<Record<string, unknown>>): DeskOptions {
  for (const [key, value] of Object.entries(given)) {
    const check = checks[key];
    if (!check) throw invalid(`there is no option '${key}'; there are ${Object.keys(checks).join(", ")}`);
    if (!check(value)) throw invalid(`option '${key}' cannot be ${JSON.stringify(value)}`);
  }
  return { ...deskDefaults, ...given };
}

const isShare = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;
const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  expertNoise: isShare,
  trapShare: isShare,
  habitRate: isShare,
  distractorShare: isShare,
  horizon: (value) => Number.isInteger(value) && Number(value) >= 1,
  reward: (value) => value === "step" || value === "episode",
  kinds: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((name) => deskDefaults.kinds.includes(name)),
} satisfies Record<keyof DeskOptions, (value: unknown) => boolean>;

function invalid(reason: string): EddyError {
  return new EddyError("configuration_invalid", `Cannot open the desk: ${reason}`);
}
