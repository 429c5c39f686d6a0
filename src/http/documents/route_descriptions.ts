import { OPEN_AI_DESCRIPTIONS } from "../openai/mod.ts";
import type { RouteDescription } from "../route_description.ts";
import { DOCUMENT_DESCRIPTIONS } from "./document_descriptions.ts";
import { EDGE_DESCRIPTIONS } from "./edge_descriptions.ts";
import { NATIVE_DESCRIPTIONS } from "./native_descriptions.ts";
import { OPERATOR_DESCRIPTIONS } from "./operator_descriptions.ts";

/** All routes that an application mounts. A route group that is added is added here; a test compares. */
export const ROUTE_DESCRIPTIONS: readonly RouteDescription[] = [
  ...NATIVE_DESCRIPTIONS,
  ...OPEN_AI_DESCRIPTIONS,
  ...OPERATOR_DESCRIPTIONS,
  ...EDGE_DESCRIPTIONS,
  ...DOCUMENT_DESCRIPTIONS,
];
