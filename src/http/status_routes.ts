import { Hono } from "hono";
import type { HeldAgent } from "./_find_agent.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { requireScope } from "./require_scope.ts";
import type { AgentReport, StatusReport } from "./status_report.ts";

/** Parts of a learning curve. */
const BUCKETS = 200;
/** Lines of history. */
const HISTORY = 50;

/** `GET /v1/status`: everything that an operator looks at first, as one {@linkcode StatusReport}. */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function statusRoutes(deps: AppDependencies, { traffic, startedAt }: AppParts) {
  return new Hono<AppEnvironment>().get("/v1/status", requireScope("read"), async (c) => {
    const agents = await Promise.all([...deps.agents.values()].map(reportOf));
    return c.json(
      { version: deps.version, startedAt, now: deps.now(), agents, ...traffic.recent() } satisfies StatusReport,
    );
  });

  async function reportOf({ configuration, served: { name, kind } }: HeldAgent): Promise<AgentReport> {
    const { store, loop } = deps;
    const last = await store?.rewards.last(name) ?? 0;
    const [curve, history] = await Promise.all([
      last > 0 ? store!.rewards.curve(name, 1, last, Math.min(BUCKETS, last)) : [],
      store?.policies.history(name, HISTORY) ?? [],
    ]);
    const { mode, learnsFrom, metrics } = configuration;
    return { agent: name, kind, mode, learnsFrom, metrics, curve, history, ...(loop && { status: loop.status(name) }) };
  }
}
