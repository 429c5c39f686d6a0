import { Hono } from "hono";
import { cors } from "hono/cors";
import { createReceiptBook, RESERVED_METRICS } from "../episode/mod.ts";
import { nearest } from "../nearest.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import { documentRoutes } from "./documents/mod.ts";
import { edgeRoutes } from "./edge_routes.ts";
import { errorAnswer, refusal } from "./error_answer.ts";
import { createMeters } from "./meters.ts";
import { type Native } from "./native/_context.ts";
import { decisionRoutes } from "./native/decision_routes.ts";
import { episodeRoutes } from "./native/episode_routes.ts";
import { feedbackRoutes } from "./native/feedback_routes.ts";
import { policyRoutes } from "./native/policy_routes.ts";
import { statusRoutes } from "./native/status_routes.ts";
import { openAiRoutes } from "./openai/mod.ts";
import { BodyTooLarge } from "./read_json.ts";
import { tokenBuckets } from "./token_buckets.ts";

/** Answers HTTP requests; runs wherever there is `fetch`. */
export interface App {
  /** Answers one request. Never rejects. */
  fetch(request: Request): Response | Promise<Response>;
}

/** Routes of `/v1`, for Hono's typed client: `hc<AppType>(address)`. */
export type AppType =
  & ReturnType<typeof decisionRoutes>
  & ReturnType<typeof feedbackRoutes>
  & ReturnType<typeof episodeRoutes>
  & ReturnType<typeof policyRoutes>
  & ReturnType<typeof statusRoutes>;

/** The dashboard runs its own scripts and asks nobody but where it comes from. */
const PAGE_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";
/** Streams stay open as long as their listeners like. */
const ENDLESS = new Set(["/v1/events", "/v1/edge/follow"]);

/** The whole HTTP surface over some agents: native, OpenAI's, documentation, edges and dashboard. */
export function createApp(deps: AppDependencies): App {
  const receipts = createReceiptBook(deps.receiptSecrets);
  const meters = createMeters();
  const native: Native = {
    deps,
    receipts,
    meters,
    sign: ({ id, episodeId, agent, policyVersion, createdAt }) =>
      receipts.sign({
        ...{ stepId: id, episodeId, agent, policyVersion },
        metrics: [...Object.keys(deps.agents.get(agent)?.configuration.metrics ?? {}), ...RESERVED_METRICS],
        expiresAt: Math.floor(createdAt / 1000) + deps.limits.receiptSeconds,
      }),
  };
  let inFlight = 0;

  const app = new Hono();
  if (deps.corsOrigins?.length) {
    app.use(cors({
      origin: deps.corsOrigins.includes("*") ? "*" : [...deps.corsOrigins],
      allowHeaders: ["authorization", "content-type", "x-request-id", "x-eddy-episode"],
      exposeHeaders: ["x-request-id", "retry-after"],
      maxAge: 600,
    }));
  }
  app.route("/", decisionRoutes(native));
  app.route("/", feedbackRoutes(native));
  app.route("/", episodeRoutes(native));
  app.route("/", policyRoutes(native));
  app.route("/", statusRoutes(native, deps.now(), () => inFlight));
  app.route("/", openAiRoutes(deps, native.sign));
  app.route("/", documentRoutes(deps));
  app.route("/", edgeRoutes(deps));
  app.onError((error) =>
    error instanceof BodyTooLarge
      ? refusal(413, "body_too_large", `Cannot read the request: the body has more than ${deps.limits.bodyBytes} bytes`)
      : errorAnswer(error)
  );
  const paths = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (path.includes("*")) continue;
    paths.set(path, (paths.get(path) ?? new Set()).add(method));
  }
  app.notFound((c) => {
    const page = c.req.method === "GET" ? deps.dashboard?.(c.req.path) : undefined;
    if (page) {
      page.headers.set("content-security-policy", PAGE_POLICY);
      return page;
    }
    const methods = paths.get(c.req.path);
    if (methods) {
      const allowed = [...methods].join(", ");
      const answer = refusal(405, "method_not_allowed", `Cannot ${c.req.method} ${c.req.path}: it takes ${allowed}`);
      answer.headers.set("allow", allowed);
      return answer;
    }
    const known = nearest(c.req.path, [...paths.keys()]);
    return refusal(
      404,
      "not_found",
      `Cannot ${c.req.method} ${c.req.path.slice(0, 200)}: there is no such route; is it ${known}?`,
    );
  });

  const buckets = tokenBuckets(deps.limits.perSecond);
  return {
    async fetch(request): Promise<Response> {
      const began = deps.monotonic();
      const told = request.headers.get("x-request-id");
      const requestId = told !== null && /^[\w.:-]{1,128}$/.test(told) ? told : deps.newId();
      const { pathname } = new URL(request.url);
      const refuse = (status: number, code: string, message: string): Response => {
        meters.count("refused", code);
        return refusal(status, code, message, requestId);
      };
      let answer: Response;
      if (inFlight >= deps.limits.concurrent && pathname !== "/health") {
        answer = refuse(503, "overloaded", "Cannot answer: the service is busy; try again soon");
      } else {
        const wait = deps.limits.perSecond > 0 ? buckets.take(clientOf(request), began) : 0;
        if (wait > 0) {
          answer = refuse(
            429,
            "too_many_requests",
            `Cannot answer: more than ${deps.limits.perSecond} requests a second`,
          );
          answer.headers.set("retry-after", String(Math.ceil(wait / 1000)));
        } else {
          inFlight++;
          try {
            answer = await withDeadline(app, request, ENDLESS.has(pathname) ? 0 : deps.limits.deadlineMs);
          } finally {
            inFlight--;
          }
        }
      }
      return finish(answer, requestId, deps.monotonic() - began, request.method, pathname);
    },
  };

  function finish(answer: Response, requestId: string, milliseconds: number, method: string, path: string): Response {
    const { headers } = answer;
    headers.set("x-request-id", requestId);
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    meters.answered(routeName(path, answer.status), method, answer.status, milliseconds);
    return answer;
  }

  /** Paths with ids are counted together; paths that nobody serves as one. */
  function routeName(path: string, status: number): string {
    if (paths.has(path)) return path;
    if (status === 404) return "other";
    return path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id").replace(/^(\/v1\/policies\/)[^/]+(\/\d+)?/, "$1:agent")
      .replace(/^(\/v1\/edge\/(?:agents|snapshots)\/).*/, "$1:name").replace(/^(\/v1\/models\/).*/, "$1:model");
  }
}

/** Whose requests are counted together: a key's, or everyone's without one. */
function clientOf(request: Request): string {
  return request.headers.get("authorization") ?? "anonymous";
}

async function withDeadline(app: Hono, request: Request, deadlineMs: number): Promise<Response> {
  const answer = app.fetch(request);
  if (!(answer instanceof Promise) || deadlineMs === 0) return answer;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(
      () => resolve(refusal(504, "timed_out", `Cannot answer: it took more than ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
