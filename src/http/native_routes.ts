import { Hono } from "hono";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { decisionRoutes } from "./decision_routes.ts";
import { episodeRoutes } from "./episode_routes.ts";
import { eventRoutes } from "./event_routes.ts";
import { feedbackRoutes } from "./feedback_routes.ts";
import { healthRoutes } from "./health_routes.ts";
import { policyRoutes } from "./policy_routes.ts";
import { statusRoutes } from "./status_routes.ts";

/** Eddy's own surface. Its type is the one that Hono's typed client takes: `hc<AppType>(address)`. */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function nativeRoutes(deps: AppDependencies, parts: AppParts) {
  return new Hono<AppEnvironment>()
    .route("/", decisionRoutes(deps, parts))
    .route("/", feedbackRoutes(deps, parts))
    .route("/", episodeRoutes(deps))
    .route("/", policyRoutes(deps))
    .route("/", statusRoutes(parts))
    .route("/", eventRoutes(parts))
    .route("/", healthRoutes(deps, parts));
}

/** What typed clients are made of. */
export type AppType = ReturnType<typeof nativeRoutes>;
