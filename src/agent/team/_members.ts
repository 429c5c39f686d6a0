import type { TranscriptStep, Turn } from "../../episode/mod.ts";
import type { TeamRole, TeamTurn } from "./team.ts";

/** The members of a team while they talk: who heard what, who said what. */
export interface Members {
  /** Asks a member; the others do not hear it until it is told. */
  ask(name: string): Promise<TeamTurn>;
  /** Lets a member hear something. */
  tell(name: string, turn: Turn): void;
  /** By member. */
  readonly steps: Record<string, TranscriptStep[]>;
}

/** @throws {TypeError} If there are no members, or two of one name. */
export function gather(roles: readonly TeamRole[]): Members {
  const names = roles.map(({ name }) => name);
  if (roles.length === 0) throw new TypeError("Cannot gather a team: it has no members");
  if (new Set(names).size < names.length) {
    throw new TypeError(`Cannot gather a team: two members of ${names} are alike`);
  }
  const heard = new Map(roles.map(({ name, instruction }): [string, Turn[]] => [
    name,
    instruction === undefined ? [] : [{ role: "system", text: instruction }],
  ]));
  const steps: Record<string, TranscriptStep[]> = Object.fromEntries(names.map((name) => [name, []]));
  /** By member: how much of what it heard stands in its steps. */
  const written = new Map(names.map((name) => [name, 0]));
  return {
    steps,
    tell: (name, turn): void => void heard.get(name)!.push(turn),
    ask: async (name): Promise<TeamTurn> => {
      const turns = heard.get(name)!;
      const text = await roles.find((role) => role.name === name)!.reply([...turns]);
      steps[name].push({ turns: turns.slice(written.get(name)!), action: text });
      turns.push({ role: "assistant", text });
      written.set(name, turns.length);
      return { role: name, text };
    },
  };
}
