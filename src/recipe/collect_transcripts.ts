import type { Environment } from "../environment/mod.ts";
import { transcribe } from "./transcribe.ts";
import type { Transcript } from "./transcript.ts";

/** Tasks tried before giving up. */
const MOST_TASKS = 100_000;

/**
 * Plays tasks 0, 1, … until there are as many solved and as many failed ones as asked for; more of a kind are dropped.
 *
 * @returns The failed ones, then the solved ones.
 * @throws {RangeError} If one kind does not come up.
 */
export function collectTranscripts(
  environment: Environment,
  act: (environment: Environment) => string,
  wanted: { readonly solved: number; readonly failed: number },
): Transcript[] {
  const [failed, solved]: [Transcript[], Transcript[]] = [[], []];
  for (let task = 0; task < MOST_TASKS; task++) {
    if (failed.length >= wanted.failed && solved.length >= wanted.solved) return [...failed, ...solved];
    const transcript = transcribe(environment, { task }, act);
    if (transcript.success && solved.length < wanted.solved) solved.push(transcript);
    if (!transcript.success && failed.length < wanted.failed) failed.push(transcript);
  }
  throw new RangeError(`Cannot collect: ${solved.length} solved and ${failed.length} failed of ${MOST_TASKS} tasks`);
}
