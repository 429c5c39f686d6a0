import { OPEN_AI_DESCRIPTIONS } from "../openai/mod.ts";
import type { RouteDescription } from "../route_description.ts";
import { DOCUMENT_DESCRIPTIONS } from "./document_descriptions.ts";

/** All routes that an application mounts. A route group that is added is added here; a test compares. */
export const ROUTE_DESCRIPTIONS: readonly RouteDescription[] = [
  ...OPEN_AI_DESCRIPTIONS,
  ...DOCUMENT_DESCRIPTIONS,
];
