import type { AppDependencies } from "../app_dependencies.ts";
import { ANTHROPIC_DESCRIPTIONS } from "../anthropic/mod.ts";
import { OPEN_AI_DESCRIPTIONS } from "../openai/mod.ts";
import type { RouteDescription } from "../route_description.ts";
import { DOCUMENT_DESCRIPTIONS } from "./document_descriptions.ts";
import { EDGE_DESCRIPTIONS } from "./edge_descriptions.ts";
import { NATIVE_DESCRIPTIONS } from "./native_descriptions.ts";
import { OPERATOR_DESCRIPTIONS } from "./operator_descriptions.ts";

/**
 * The routes that an application mounts: edges are only served where there are a store and a loop. A route group that is
 * added is added here; a test compares.
 */
export function routeDescriptions({ store, loop }: Pick<AppDependencies, "store" | "loop">): RouteDescription[] {
  return [
    ...NATIVE_DESCRIPTIONS,
    ...OPEN_AI_DESCRIPTIONS,
    ...ANTHROPIC_DESCRIPTIONS,
    ...OPERATOR_DESCRIPTIONS,
    ...(store && loop ? EDGE_DESCRIPTIONS : []),
    ...DOCUMENT_DESCRIPTIONS,
  ];
}
