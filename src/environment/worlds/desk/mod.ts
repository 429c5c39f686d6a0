/** The generated service desk. @module */
export { type Call, formatCall } from "./call.ts";
export { desk, desk as default } from "./desk.ts";
export { type DeskRequest, drawDeskRequest } from "./draw_request.ts";
export { deskDefaults, type DeskOptions } from "./options.ts";
