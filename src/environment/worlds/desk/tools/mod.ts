import { actTools } from "./act_tools.ts";
import { closeTools } from "./close_tools.ts";
import type { DeskTool } from "./define_tool.ts";
import { readTools } from "./read_tools.ts";

export type { Desk, DeskTool } from "./define_tool.ts";

/** All tools of the desk by name. */
export const tools: ReadonlyMap<string, DeskTool> = new Map(
  [...readTools, ...actTools, ...closeTools].map((entry) => [entry.tool.name, entry]),
);
