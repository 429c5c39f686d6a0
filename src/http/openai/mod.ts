/** Official OpenAI clients over Eddy's agents. @module */
export { OpenAiError, type OpenAiErrorBody } from "./open_ai_error.ts";
export { openAiErrorOf } from "./open_ai_error_of.ts";
export { openAiRoutes } from "./open_ai_routes.ts";
