/** Where agents act. @module */
export type { Environment, Outcome, Split, Start, World } from "./environment.ts";
export { validate, type Validation } from "./validate.ts";
export { cards, type CardsOptions } from "./worlds/cards.ts";
export { craft } from "./worlds/craft.ts";
export { type CraftConfig, type CraftThing, parseCraftConfig } from "./worlds/craft_config.ts";
export { craftStages } from "./worlds/craft_stages.ts";
export { drawCraftConfig, type DrawCraftOptions } from "./worlds/draw_craft_config.ts";
export { desk, deskDefaults, type DeskOptions, type DeskRequest, drawDeskRequest } from "./worlds/desk/mod.ts";
export { lock } from "./worlds/lock.ts";
export { play } from "./worlds/play.ts";
export { sums } from "./worlds/sums.ts";
export { type ReadSum, readSum } from "./worlds/read_sum.ts";
export { tools, toolsOfWorld, type ToolsWorldOptions } from "./worlds/tools.ts";
export { undo } from "./worlds/undo.ts";
export { WORLDS } from "./worlds/mod.ts";
