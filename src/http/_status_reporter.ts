import type { HeldAgent } from "./_find_agent.ts";
import type { Traffic } from "./_traffic.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AgentReport, StatusReport } from "./status_report.ts";

/** Parts of a learning curve. */
const BUCKETS = 200;
/** Lines of history. */
const HISTORY = 50;

/** Writes status reports. @param startedAt Milliseconds since 1970 at which the application was made. */
export function statusReporter(
  deps: Pick<AppDependencies, "agents" | "loop" | "now" | "store" | "version">,
  traffic: Pick<Traffic, "recent">,
  startedAt: number,
): () => Promise<StatusReport> {
  return async () => {
    const agents = await Promise.all([...deps.agents.values()].map(reportOf));
    return { version: deps.version, startedAt, now: deps.now(), agents, ...traffic.recent() };
  };

  async function reportOf({ configuration, served: { name, kind } }: HeldAgent): Promise<AgentReport> {
    const { store, loop } = deps;
    const last = await store?.rewards.last(name) ?? 0;
    const [curve, history] = await Promise.all([
      last > 0 ? store!.rewards.curve(name, 1, last, Math.min(BUCKETS, last)) : [],
      store?.policies.history(name, HISTORY) ?? [],
    ]);
    const { mode, learnsFrom, metrics } = configuration;
    return {
      ...{ agent: name, kind, mode, learnsFrom, metrics, curve, history },
      warnings: loop?.warnings(name) ?? [],
      ...(loop && { status: loop.status(name) }),
    };
  }
}
