import { EddyError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { LoggedDecision } from "./logged_decision.ts";

/** Probabilities of a decision's candidates, in their order. */
export type TargetPolicy = (decision: LoggedDecision, index: number) => readonly number[];

/**
 * The policy that is asked about.
 *
 * | `--policy` | what it does |
 * | --- | --- |
 * | `uniform` | every candidate alike |
 * | `always:ACTION` | the action of this name, wherever it is a candidate |
 * | `FILE` | a JSON object of probabilities by action, or a JSON array of probabilities a line, one line a decision |
 *
 * @param text What stands after `--policy`. @param read Gives a file's text.
 * @throws {EddyError} `data_missing`, `data_invalid` or `configuration_invalid`.
 */
export async function targetPolicy(
  text: string,
  decisions: readonly LoggedDecision[],
  read: (path: string) => Promise<string | undefined>,
): Promise<TargetPolicy> {
  const names = new Set(decisions.flatMap(({ candidates }) => candidates));
  if (text === "uniform") return ({ candidates }) => candidates.map(() => 1 / candidates.length);
  if (text.startsWith("always:")) {
    const action = text.slice("always:".length);
    if (!names.has(action)) throw unknown(action, names);
    return ({ candidates }) => candidates.map((candidate) => Number(candidate === action));
  }
  const file = await read(text);
  if (file === undefined) {
    throw new EddyError(
      "data_missing",
      `Cannot read policy '${text}': it is neither 'uniform', 'always:ACTION' nor a file`,
    );
  }
  return file.trimStart().startsWith("{") ? byAction(file, text, names) : byLine(file, text, decisions);
}

function byAction(file: string, path: string, names: ReadonlySet<string>): TargetPolicy {
  const shares = new Map(Object.entries(json(file, path, 1) as Record<string, number>));
  for (const action of shares.keys()) if (!names.has(action)) throw unknown(action, names);
  checkSum([...shares.values()], `policy '${path}'`);
  // Among the candidates that there are: what a policy does that prefers absent actions is not known.
  return ({ candidates }) => {
    const own = candidates.map((candidate) => shares.get(candidate) ?? 0);
    const sum = own.reduce((total, share) => total + share, 0);
    return own.map((share) => sum === 0 ? 0 : share / sum);
  };
}

function byLine(file: string, path: string, decisions: readonly LoggedDecision[]): TargetPolicy {
  const lines = file.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length !== decisions.length) {
    throw new EddyError(
      "data_invalid",
      `Cannot use policy '${path}': it has ${lines.length} lines for ${decisions.length} decisions`,
    );
  }
  const rows = lines.map((line, index) => {
    const row = json(line, path, index + 1) as number[];
    if (!Array.isArray(row) || row.length !== decisions[index].candidates.length) {
      const expected = decisions[index].candidates.length;
      throw new EddyError("data_invalid", `Cannot use policy '${path}': line ${index + 1} is no array of ${expected}`);
    }
    checkSum(row, `line ${index + 1} of policy '${path}'`);
    return row;
  });
  return (_, index) => rows[index];
}

function json(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EddyError("data_invalid", `Cannot use policy '${path}': line ${line} is not JSON`, { cause });
  }
}

function checkSum(probabilities: readonly number[], what: string): void {
  const sum = probabilities.reduce((total, p) => total + (p >= 0 ? p : NaN), 0);
  if (Math.abs(sum - 1) <= 1e-3) return;
  throw new EddyError("data_invalid", `Cannot use ${what}: its probabilities add up to ${sum}, expected 1`);
}

function unknown(action: string, names: ReadonlySet<string>): EddyError {
  const near = nearest(action, [...names]);
  return new EddyError(
    "configuration_invalid",
    `Cannot ask about action '${action}': the log has none of this name; did you mean '${near}'?`,
  );
}
