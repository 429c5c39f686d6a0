import { dialogue } from "../agent/mod.ts";
import type { Environment } from "../environment/mod.ts";
import type { Turn } from "../episode/mod.ts";
import type { KeyedEnvironment } from "./keyed_environment.ts";
import { transcribe } from "./transcribe.ts";
import type { Transcript } from "./transcript.ts";

/** An attempt as a team of assistant and checker made it. */
export interface TeamAttempt {
  /** What the assistant did. */
  readonly transcript: Transcript;
  /** What the checker had said before it; empty before the first. */
  readonly told: string;
  /** What it said afterwards: `right`, or what should be done otherwise. */
  readonly verdict: string;
}

/** Who does what in {@linkcode checkedAttempts}. */
export interface AttemptTeam {
  /** The assistant's next action, after what the checker said. */
  act(environment: Environment, told: string): string;
  /** The checker: `right`, or what should be done otherwise. `keys` are those of the environment. */
  check(success: boolean, actions: readonly string[], keys: readonly string[]): string;
  /** Most attempts. */
  readonly attempts: number;
}

/**
 * A task tried by an assistant until a checker says `right` or there are no attempts left; each new one begins at the
 * start and knows what the checker said last.
 *
 * @throws {RangeError} If `attempts` is no whole number of at least 1.
 */
export async function checkedAttempts(
  environment: KeyedEnvironment,
  task: number,
  { act, check, attempts }: AttemptTeam,
): Promise<TeamAttempt[]> {
  const made: TeamAttempt[] = [];
  const assistant = (heard: readonly Turn[]): string => {
    const told = heard.length > 1 ? heard[heard.length - 1].text : "";
    const transcript = transcribe(environment, { task }, (each) => act(each, told));
    made.push({ transcript, told, verdict: "" });
    return transcript.steps.map(({ action }) => action).join("\n");
  };
  const checker = (heard: readonly Turn[]): string => {
    const attempt = made.pop()!;
    const actions = heard[heard.length - 1].text.split("\n");
    const verdict = check(attempt.transcript.success, actions, environment.keys);
    made.push({ ...attempt, verdict });
    return verdict;
  };
  await dialogue([{ name: "assistant", reply: assistant }, { name: "checker", reply: checker }], {
    task: `task ${task}`,
    turns: 2 * attempts,
    finished: (said) => said[said.length - 1].text === "right",
  });
  return made;
}
