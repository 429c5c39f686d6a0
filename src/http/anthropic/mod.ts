/** Official Anthropic clients over Eddy's agents. @module */
export { ANTHROPIC_DESCRIPTIONS } from "./anthropic_descriptions.ts";
export { anthropicErrorAnswer, isAnthropicPath } from "./anthropic_error.ts";
export { anthropicRoutes } from "./anthropic_routes.ts";
