import { EddyError } from "../errors.ts";
import type { Call } from "./command.ts";

/** The whole number that a flag was given; undefined without it. @throws {EddyError} `configuration_invalid` */
export function wholeNumber(call: Call, flag: string, least: number): number | undefined {
  const text = call.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && text.trim() !== "") return value;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--${flag} ${text}': expected a whole number of at least ${least}`,
  );
}
