import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { LoopEvent } from "../../learning/mod.ts";
import { EddyError } from "../../errors.ts";
import type { Gauge } from "../meters.ts";
import type { StatusReport } from "../status_report.ts";
import type { Native } from "./_context.ts";
import { allow } from "./allow.ts";

const CURVE_BUCKETS = 120;
const HISTORY = 100;
const STATUS_MS = 1000;
const HEARTBEAT_MS = 15_000;
/** Events that wait for a slow listener before it is let go. */
const MOST_WAITING = 1000;
/** Longest wait for a part to say whether it is ready. */
const READY_MS = 2000;

/** `/health`, `/ready`, `/metrics`, `/v1/status` and `/v1/events`. */
// deno-lint-ignore explicit-function-return-type -- the routes' own types are what the typed client reads
export function statusRoutes(native: Native, startedAt: number, inFlight: () => number) {
  const { deps, meters } = native;

  async function report(): Promise<StatusReport> {
    const { store, loop } = deps;
    const at = deps.monotonic();
    const percentiles = (window: typeof meters.decisions): { readonly p50: number; readonly p99: number } => ({
      p50: window.percentile(at, 0.5),
      p99: window.percentile(at, 0.99),
    });
    const agents = store && loop
      ? await Promise.all([...deps.agents].map(async ([name, { configuration }]) => ({
        status: loop.status(name),
        curve: await store.rewards.curve(name, 1, await store.rewards.last(name), CURVE_BUCKETS),
        history: await store.policies.history(name, HISTORY),
        metrics: configuration.metrics,
        learnsFrom: configuration.learnsFrom,
      })))
      : [];
    return {
      version: deps.version,
      startedAt,
      now: deps.now(),
      agents,
      throughput: {
        decisionsPerSecond: meters.decisions.perSecond(at),
        judgementsPerSecond: meters.feedback.perSecond(at),
      },
      latencyMs: { decisions: percentiles(meters.decisions), feedback: percentiles(meters.feedback) },
    };
  }

  return new Hono()
    .get("/health", (c) => c.json({ status: "ok", version: deps.version, agents: [...deps.agents.keys()] }))
    .get("/ready", async (c) => {
      const parts = await readiness(native);
      const ready = Object.values(parts).every((part) => part === true);
      return c.json({ ready, parts }, ready ? 200 : 503);
    })
    .get("/metrics", allow(native, "read"), (c) => {
      const text = meters.exposition(gauges(native, inFlight()));
      return c.body(text, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
    })
    .get("/v1/status", allow(native, "read"), async (c) => c.json(await report()))
    .get("/v1/events", allow(native, "read"), (c) => events(c, native, report));
}

/** What each part says about itself: true, or why not. A part that is silent is not ready. */
async function readiness({ deps }: Native): Promise<Record<string, true | string>> {
  const parts: Record<string, true | string> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Record<string, string>>((resolve) => {
    timer = setTimeout(() => resolve({ service: `silent for ${READY_MS} ms` }), READY_MS);
  });
  try {
    Object.assign(parts, await Promise.race([deps.readiness?.() ?? {}, late]));
  } catch (error) {
    parts.service = (error as Error).message;
  } finally {
    clearTimeout(timer);
  }
  for (const name of deps.loop ? deps.agents.keys() : []) {
    const { state, health } = deps.loop!.status(name);
    parts[`agent ${name}`] = state !== "failed" || health;
  }
  return parts;
}

function gauges({ deps }: Native, inFlight: number): Gauge[] {
  const none: Gauge[] = [{
    name: "http_requests_in_flight",
    help: "Requests that are worked on.",
    type: "gauge",
    samples: [{ labels: {}, value: inFlight }],
  }];
  const { loop } = deps;
  if (!loop) return none;
  const states = [...deps.agents.keys()].map((agent) => loop.status(agent));
  const perAgent = (
    name: string,
    help: string,
    value: (status: typeof states[number]) => number,
    type: "gauge" | "counter" = "gauge",
  ): Gauge => ({
    name,
    help,
    type,
    samples: states.map((status) => ({ labels: { agent: status.agent }, value: value(status) })),
  });
  return [
    ...none,
    perAgent("policy_version", "Version that is published.", ({ assignment }) => assignment.incumbent),
    perAgent("canary_share", "Share of the episodes on trial.", ({ assignment }) => assignment.canary?.share ?? 0),
    perAgent("rewards_total", "Rewards settled.", ({ judgements }) => judgements, "counter"),
    perAgent("rewards_learned_total", "Rewards learned.", ({ learnedUpTo }) => learnedUpTo, "counter"),
    perAgent("reward_recent", "Mean of the last 500 rewards.", ({ recentReward }) => recentReward),
    perAgent("frozen", "1 while learning is frozen.", ({ state }) => state === "frozen" ? 1 : 0),
    perAgent("failed", "1 while learning fails.", ({ state }) => state === "failed" ? 1 : 0),
    perAgent("feedback_waiting", "Judgements whose step is not there yet.", ({ feedback }) => feedback.early),
    perAgent(
      "feedback_orphaned_total",
      "Judgements whose step never came.",
      ({ feedback }) => feedback.orphaned,
      "counter",
    ),
  ];
}

/** Events as they happen: `status` every second, everything that the loop tells at once. */
function events(c: Context, { deps, meters }: Native, report: () => Promise<StatusReport>): Response {
  const { loop } = deps;
  if (!loop) throw new EddyError("request_invalid", "Cannot tell events: this is an edge; ask the centre");
  return streamSSE(c, async (stream) => {
    const waiting: LoopEvent[] = [];
    let wake = (): void => {};
    let id = 0;
    let tooSlow = false;
    const silence = loop.onEvent((event) => {
      if (event.event === "progress") return; // told in `status`
      if (waiting.length < MOST_WAITING) waiting.push(event);
      else tooSlow = true;
      wake();
    });
    stream.onAbort(() => wake());
    try {
      let [lastStatus, lastSign, told] = [-Infinity, deps.monotonic(), ""];
      while (!stream.aborted && !stream.closed && !tooSlow) {
        for (const event of waiting.splice(0)) {
          await stream.writeSSE({ event: event.event, id: String(++id), data: JSON.stringify(event) });
        }
        const now = deps.monotonic();
        if (now - lastStatus >= STATUS_MS) {
          lastStatus = now;
          const status = await report();
          const text = JSON.stringify({ ...status, now: 0 });
          if (text !== told) {
            told = text;
            lastSign = now;
            await stream.writeSSE({ event: "status", id: String(++id), data: JSON.stringify(status) });
          }
        }
        if (now - lastSign >= HEARTBEAT_MS) {
          lastSign = now;
          await stream.write(": still here\n\n");
        }
        if (waiting.length > 0) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, STATUS_MS / 2);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (tooSlow) meters.count("dropped_listeners");
    } finally {
      silence();
    }
  });
}
