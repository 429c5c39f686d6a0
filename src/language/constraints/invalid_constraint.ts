import { EddyError } from "../../errors.ts";

/** The refusal of a constraint: what is wrong with it, in a sentence. */
export function invalidConstraint(state: string, cause?: unknown): EddyError {
  return new EddyError("constraint_invalid", `Cannot constrain: ${state}`, cause === undefined ? undefined : { cause });
}
