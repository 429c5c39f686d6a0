/** Several who work on one task. @module */
export type { TeamRole, TeamTalk, TeamTurn } from "./team.ts";
export { dialogue, type DialogueOptions } from "./dialogue.ts";
export { pipeline } from "./pipeline.ts";
