import type { AgentStatus } from "../learning/mod.ts";
import type { GaugeSample } from "./_metric_registry.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppParts } from "./app_parts.ts";
import type { LoadShedder } from "./shed_load.ts";

const STATES = ["learning", "waiting", "frozen", "failed"] as const;

/** Tells the registry where to read what is not counted: versions, the loop, load, listeners. */
export function registerGauges(
  { agents, loop, version }: AppDependencies,
  { traffic: { registry }, events }: AppParts,
  load: LoadShedder,
): void {
  const of = (read: (status: AgentStatus) => Iterable<GaugeSample>) => (): GaugeSample[] =>
    loop ? [...agents.keys()].flatMap((agent) => [...read(loop.status(agent))]) : [];
  const number = (name: string, help: string, read: (status: AgentStatus) => number): void =>
    registry.gauge(name, help, ["agent"], of((status) => [[[status.agent], read(status)]]));

  registry.gauge("eddy_info", "Version of Eddy.", ["version"], () => [[[version], 1]]);
  registry.gauge("eddy_http_in_flight", "Requests that are worked on.", [], () => [[[], load.inFlight]]);
  registry.gauge("eddy_event_listeners", "Listeners of /v1/events.", [], () => [[[], events.listeners]]);
  registry.gauge(
    "eddy_policy_version",
    "Versions that serve.",
    ["agent", "arm"],
    () =>
      [...agents].flatMap(([agent, { served: { assignment: { incumbent, canary } } }]): GaugeSample[] => [
        [[agent, "incumbent"], incumbent],
        ...(canary ? [[[agent, "canary"], canary.version] as const] : []),
      ]),
  );
  number("eddy_loop_newest_version", "Newest version.", ({ newestVersion }) => newestVersion);
  number("eddy_loop_judgements", "Rewards settled: last place of the journal.", ({ judgements }) => judgements);
  number("eddy_loop_learned", "Last place of the journal that is learned.", ({ learnedUpTo }) => learnedUpTo);
  number("eddy_loop_mean_reward", "Mean reward of all judged steps.", ({ meanReward }) => meanReward);
  number("eddy_loop_recent_reward", "Mean reward of the last judged steps.", ({ recentReward }) => recentReward);
  registry.gauge(
    "eddy_loop_state",
    "1 for the state that the loop is in.",
    ["agent", "state"],
    of(({ agent, state }) => STATES.map((each) => [[agent, each], each === state ? 1 : 0])),
  );
  registry.gauge(
    "eddy_loop_latency_seconds",
    "From a reward being settled to its update, and to a version being served that learned it.",
    ["agent", "until", "quantile"],
    of(({ agent, updateLatencyMs, serveLatencyMs }) => [
      [[agent, "update", "0.5"], updateLatencyMs.p50 / 1000],
      [[agent, "update", "0.99"], updateLatencyMs.p99 / 1000],
      [[agent, "served", "0.5"], serveLatencyMs.p50 / 1000],
      [[agent, "served", "0.99"], serveLatencyMs.p99 / 1000],
    ]),
  );
}
