import { gather } from "./_members.ts";
import type { TeamRole, TeamTalk, TeamTurn } from "./team.ts";

/** How a dialogue goes. */
export interface DialogueOptions {
  /** What all hear first. */
  readonly task: string;
  /** Most turns, of all members together. */
  readonly turns: number;
  /** Whether what was said last finishes it. Default never. */
  readonly finished?: (said: readonly TeamTurn[]) => boolean;
}

/**
 * Members in turn, all hearing all, until one finishes it or there are no turns left: an assistant and a checker who
 * corrects it, an agent and a teacher, a player and an opponent.
 *
 * Each hears the others as `user`; with three or more members, with their names.
 *
 * @throws {TypeError} If there are no members, or two of one name.
 * @throws {RangeError} If `turns` is no whole number of at least 1.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { dialogue } from "@eddy/eddy";
 * const guesses = ["4", "5"];
 * const { said, ended } = await dialogue([
 *   { name: "assistant", reply: () => guesses.shift()! },
 *   { name: "checker", reply: (heard) => heard.at(-1)!.text === "5" ? "right" : "one more" },
 * ], { task: "2 + 3", turns: 8, finished: (said) => said.at(-1)!.text === "right" });
 * deepEqual([said.map(({ text }) => text), ended], [["4", "one more", "5", "right"], "finished"]);
 * ```
 */
export async function dialogue(
  roles: readonly TeamRole[],
  { task, turns, finished = () => false }: DialogueOptions,
): Promise<TeamTalk> {
  if (!(Number.isInteger(turns) && turns >= 1)) throw new RangeError(`Cannot talk for ${turns} turns`);
  const members = gather(roles);
  for (const { name } of roles) members.tell(name, { role: "user", text: task });
  const said: TeamTurn[] = [];
  while (said.length < turns) {
    const turn = await members.ask(roles[said.length % roles.length].name);
    said.push(turn);
    for (const { name } of roles) {
      const text = roles.length > 2 ? `${turn.role}: ${turn.text}` : turn.text;
      if (name !== turn.role) members.tell(name, { role: "user", text });
    }
    if (finished(said)) return { said, steps: members.steps, ended: "finished", calls: said.length };
  }
  return { said, steps: members.steps, ended: "limit", calls: said.length };
}
