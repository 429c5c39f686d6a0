import { Hono } from "hono";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { requireScope } from "./require_scope.ts";

/** Milliseconds that the database has to answer. */
const PING_MS = 1000;

/** `GET /health` (the process lives), `GET /ready` (it can do its work, and if not why), `GET /metrics` (Prometheus). */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function healthRoutes(deps: AppDependencies, { traffic }: AppParts) {
  return new Hono<AppEnvironment>()
    .get("/health", (c) => c.json({ status: "ok" as const, version: deps.version }))
    .get("/ready", async (c) => {
      const checks = await readiness();
      const ready = Object.values(checks).every((check) => check === true);
      return c.json({ ready, checks }, ready ? 200 : 503);
    })
    .get(
      "/metrics",
      requireScope("read"),
      (c) => c.body(traffic.registry.expose(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
    );

  /** `true`, or in plain words what is wrong. */
  async function readiness(): Promise<Record<string, true | string>> {
    const { store, loop, agents } = deps;
    const [kept, own] = await Promise.all([
      store?.ping(PING_MS).catch(() => false),
      deps.readiness?.().catch(() => ({ readiness: "Cannot tell: the check failed" })),
    ]);
    const checks: Record<string, true | string> = { ...own };
    if (store) checks.store = kept || `the database did not answer within ${PING_MS} ms`;
    for (const name of loop ? agents.keys() : []) {
      const { state, health } = loop!.status(name);
      checks[`learning of ${name}`] = state !== "failed" || health;
    }
    return checks;
  }
}
