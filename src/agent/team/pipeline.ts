import { gather } from "./_members.ts";
import type { TeamRole, TeamTalk, TeamTurn } from "./team.ts";

/**
 * Members one after the other: the first hears the task, each of the others the task and what the one before it said.
 *
 * @returns What was said; the last is the answer.
 * @throws {TypeError} If there are no members, or two of one name.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { pipeline } from "@eddy/eddy";
 * const { said } = await pipeline([
 *   { name: "planner", reply: ([task]) => `plan of ${task.text}` },
 *   { name: "actor", reply: (heard) => `did ${heard.at(-1)!.text}` },
 * ], "tea");
 * equal(said.at(-1)!.text, "did plan of tea");
 * ```
 */
export async function pipeline(roles: readonly TeamRole[], task: string): Promise<TeamTalk> {
  const members = gather(roles);
  const said: TeamTurn[] = [];
  for (const { name } of roles) {
    members.tell(name, { role: "user", text: task });
    const before = said.at(-1);
    if (before) members.tell(name, { role: "user", text: before.text });
    said.push(await members.ask(name));
  }
  return { said, steps: members.steps, ended: "finished", calls: said.length };
}
