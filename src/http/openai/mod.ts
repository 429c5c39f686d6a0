/** Official OpenAI clients over Eddy's agents. @module */
export { OpenAiError, OpenAiErrorBody } from "./open_ai_error.ts";
export { openAiErrorOf } from "./open_ai_error_of.ts";
export { OPEN_AI_DESCRIPTIONS } from "./open_ai_descriptions.ts";
export { openAiRoutes } from "./open_ai_routes.ts";
