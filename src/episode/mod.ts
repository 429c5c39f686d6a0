/** What happened: types only, no I/O. @module */
export type { Role, Tool, ToolParameter, ToolParameters, Turn } from "./turn.ts";
export type { Episode, Step } from "./episode.ts";
