import { Hono } from "hono";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { requireScope } from "./require_scope.ts";

/**
 * `GET /v1/events`, server-sent: `status` at once and then every second in which something changed; `progress`, `update`,
 * `publication` and `warning` as the loop tells them; a comment when it is quiet. A listener that comes back
 * (`Last-Event-ID`) starts from the current status, which holds all that it missed.
 */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function eventRoutes({ events }: AppParts) {
  return new Hono<AppEnvironment>().get("/v1/events", requireScope("read"), (c) =>
    c.body(events.open(), 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Proxies that collect answers would hold events back.
      "x-accel-buffering": "no",
    }));
}
