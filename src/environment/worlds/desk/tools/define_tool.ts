import type { Tool, ToolParameter } from "../../../../episode/mod.ts";
import type { Company } from "../company.ts";

/** A company being served: its state, what was read so far, and the first rule that was broken unseen. */
export interface Desk {
  readonly company: Company;
  /** Ids whose records were read. */
  readonly read: Set<string>;
  /** A call that went through though a rule forbids it; the audit finds it. */
  breach?: string;
}

/** What a call gives to its tool, by argument name. */
export type Values = Readonly<Record<string, string | number>>;

/** A tool and what it does. `read` tools change no record, `act` tools do, `close` tools end the episode. */
export interface DeskTool {
  readonly tool: Tool;
  readonly kind: "read" | "act" | "close";
  /** Answers a valid call; texts that begin with "error:" changed nothing. */
  run(desk: Desk, values: Values): string;
}

/** Puts a tool together; its arguments are all required, in the order of `properties`. */
export function defineTool(
  kind: DeskTool["kind"],
  name: string,
  description: string,
  properties: Readonly<Record<string, ToolParameter>>,
  run: DeskTool["run"],
): DeskTool {
  const parameters = { type: "object", properties, required: Object.keys(properties) } as const;
  return { tool: { name, description, parameters }, kind, run };
}
