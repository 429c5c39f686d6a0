import { EddyError } from "../../errors.ts";

/** One logged choice among actions, and what it earned. */
export interface LoggedDecision {
  /** What could be done, by name, in the order of the log. */
  readonly candidates: readonly string[];
  /** What was done: an index. */
  readonly choice: number;
  /** Probability with which it was chosen, in (0, 1]. */
  readonly propensity: number;
  /** What it earned. */
  readonly reward: number;
}

/** One line of a log, read. */
export interface LineReading {
  /** Decisions with known rewards. */
  readonly decisions: readonly LoggedDecision[];
  /** Why decisions of this line cannot be used, for example that nobody judged them. */
  readonly skipped?: string;
}

/** A whole log. */
export interface DecisionLog {
  /** What it was recognized as. */
  readonly format: string;
  readonly decisions: readonly LoggedDecision[];
  /** How many lines or decisions were left out, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Why a line of a log cannot be read. */
export function badLine(line: number, state: string, cause?: unknown): EddyError {
  return new EddyError("data_invalid", `Cannot estimate: line ${line} ${state}`, { cause });
}

/** A decision, checked. @throws {EddyError} `data_invalid`. */
export function decisionOf(decision: LoggedDecision, line: number): LoggedDecision {
  const { candidates, choice, propensity, reward } = decision;
  if (!(Number.isInteger(choice) && choice >= 0 && choice < candidates.length)) {
    throw badLine(line, `chose action ${choice}, which is none of its ${candidates.length}`);
  }
  if (!(propensity > 0 && propensity <= 1)) throw badLine(line, `has propensity ${propensity}, expected (0, 1]`);
  if (!Number.isFinite(reward)) throw badLine(line, `has reward ${reward}, expected a number`);
  return decision;
}
