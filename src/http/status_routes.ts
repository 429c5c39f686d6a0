import { Hono } from "hono";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { requireScope } from "./require_scope.ts";

/** `GET /v1/status`: everything that an operator looks at first, as one `StatusReport`. */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function statusRoutes({ report }: AppParts) {
  return new Hono<AppEnvironment>().get("/v1/status", requireScope("read"), async (c) => c.json(await report()));
}
