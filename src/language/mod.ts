/** Text to tokens and back, and what may be written. @module */
export type { Constraint } from "./constraint.ts";
