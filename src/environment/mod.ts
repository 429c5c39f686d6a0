/** Where agents act. @module */
export type { Environment, Outcome, Split, Start, World } from "./environment.ts";
