import { Hono } from "hono";
import { cors } from "hono/cors";
import { createReceiptBook } from "../episode/mod.ts";
import { errorAnswer } from "./_error_answer.ts";
import { createEventHub } from "./_event_hub.ts";
import { registerGauges } from "./_register_gauges.ts";
import { routeIndex } from "./_route_index.ts";
import { signStep } from "./_sign_step.ts";
import { statusReporter } from "./_status_reporter.ts";
import { createTraffic } from "./_traffic.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { documentRoutes } from "./documents/mod.ts";
import { edgeRoutes } from "./edge_routes.ts";
import { identifyCaller } from "./identify_caller.ts";
import { nativeRoutes } from "./native_routes.ts";
import { observe } from "./observe.ts";
import { anthropicErrorAnswer, anthropicRoutes, isAnthropicPath } from "./anthropic/mod.ts";
import { isOpenAiPath, openAiErrorAnswer, openAiRoutes } from "./openai/mod.ts";
import { shedLoad } from "./shed_load.ts";
import { withinDeadline } from "./within_deadline.ts";

/** Answers HTTP requests; runs wherever there is `fetch`. Disposing it ends the streams that are open. */
export interface App extends Disposable {
  /** Answers one request. @param connection What the server knows of it: Deno's second argument, Node's bindings. */
  fetch(request: Request, connection?: unknown): Response | Promise<Response>;
  /** Answers a path, for tests: `app.request("/health")`. */
  request(path: string, init?: RequestInit): Response | Promise<Response>;
}

/**
 * The HTTP surface of agents, their feedback and their loop: everything that it needs is an argument.
 *
 * ```text
 * request ─▶ observe ─▶ cors ─▶ deadline ─▶ shed load ─▶ identify caller ─▶ route: scope ─▶ body ─▶ work ─▶ durable ─▶ answer
 * ```
 *
 * @throws {RangeError} If no receipt secret is given or one is shorter than 32 bytes.
 */
export function createApp(dependencies: AppDependencies): App {
  const traffic = createTraffic(dependencies);
  const deps: AppDependencies = { ...dependencies, recorder: traffic.recorder };
  const report = statusReporter(deps, traffic, deps.now());
  const events = createEventHub(deps, report);
  const receipts = createReceiptBook(deps.receiptSecrets);
  const parts: AppParts = { receipts, traffic, events, report };
  const load = shedLoad(deps.limits.concurrent, () => traffic.refused("shed"));
  registerGauges(deps, parts, load);
  const closing = new AbortController();

  const app = new Hono<AppEnvironment>();
  app.use(observe(deps, traffic));
  if (deps.corsOrigins?.length) app.use(corsFor(deps.corsOrigins));
  app.use(withinDeadline(deps.limits.deadlineMs), load.middleware);
  app.use(identifyCaller(deps, () => traffic.refused("limited")));

  // Every group of routes, once.
  app.route("/", nativeRoutes(deps, parts));
  app.route("/", openAiRoutes(deps, signStep(deps, receipts)));
  app.route("/", anthropicRoutes(deps, signStep(deps, receipts)));
  app.route("/", documentRoutes(deps));
  app.route("/", edgeRoutes(deps, { closing: closing.signal }));

  const refuse = routeIndex(app.routes);
  app.notFound((c) => {
    const asset = c.req.method === "GET" || c.req.method === "HEAD" ? deps.dashboard?.(c.req.path) : undefined;
    return asset ?? errorAnswer(refuse(c.req.method, c.req.path), c, deps.report);
  });
  app.onError((error, c) => {
    if (isAnthropicPath(c.req.path)) return anthropicErrorAnswer(error, c, deps.report);
    return isOpenAiPath(c.req.path) ? openAiErrorAnswer(error, c, deps.report) : errorAnswer(error, c, deps.report);
  });

  return {
    fetch: (request, connection) => app.fetch(request, connection as object | undefined),
    request: (path, init) => app.request(path, init),
    [Symbol.dispose]: () => {
      events[Symbol.dispose]();
      closing.abort();
    },
  };
}

function corsFor(origins: readonly string[]): ReturnType<typeof cors> {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    allowMethods: ["GET", "HEAD", "POST"],
    allowHeaders: [
      ...["authorization", "content-type", "last-event-id", "x-eddy-episode", "x-request-id"],
      ...["x-api-key", "anthropic-version", "anthropic-dangerous-direct-browser-access"],
    ],
    exposeHeaders: [
      "x-request-id",
      "retry-after",
      ...["step", "episode", "receipt", "probability", "policy-version", "arm"].map((name) => `x-eddy-${name}`),
    ],
    maxAge: 600,
  });
}
