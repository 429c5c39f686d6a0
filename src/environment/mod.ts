/** Where agents act. @module */
export type { Environment, Outcome, Split, Start, World } from "./environment.ts";
export { validate, type Validation } from "./validate.ts";
export { desk, deskDefaults, type DeskOptions, deskTexts } from "./worlds/desk/mod.ts";
export { WORLDS } from "./worlds/mod.ts";
