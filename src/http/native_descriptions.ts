import { z } from "zod";
import { DecisionBody } from "./decision_routes.ts";
import { EndBody, EpisodesQuery } from "./episode_routes.ts";
import { FeedbackBody } from "./feedback_routes.ts";
import { CanaryBody, PolicyQuery, PublishBody, ResumeBody, RollbackBody } from "./policy_routes.ts";
import { EpisodeId, Name, Version } from "./request_schemas.ts";
import type { RouteDescription, RouteParameter } from "./route_description.ts";

const ErrorAnswer = z.object({
  error: z.object({
    code: z.string().describe("For programs."),
    message: z.string().describe("For people: what cannot be done, why, what to do next."),
    requestId: z.string().describe("Names the request; also in the header `x-request-id`."),
  }),
}).meta({ id: "Error" });

const DecisionAnswer = z.object({
  id: z.string().describe("Of the step."),
  episode: z.string(),
  agent: z.string(),
  action: z.string().describe("What to do."),
  index: z.int().optional().describe("Its place among the candidates."),
  probability: z.number(),
  policyVersion: z.int(),
  arm: z.enum(["incumbent", "canary", "shadow"]),
  seed: z.int(),
  receipt: z.string().describe("Judges the step: `POST /v1/feedback`."),
}).meta({ id: "DecisionAnswer" });

const FeedbackAnswer = z.object({
  id: z.string(),
  status: z.enum(["joined", "early", "orphaned", "late", "superseded"]).optional(),
  duplicate: z.literal(true).optional().describe("The same was accepted before; nothing was counted twice."),
  conflict: z.literal(true).optional().describe(
    "In a list: the key stands for another judgement; this one was not kept.",
  ),
}).meta({ id: "FeedbackAnswer" });

const read = { schema: ErrorAnswer, statuses: [400, 401, 403, 404, 429, 503] } as const;
const written = { schema: ErrorAnswer, statuses: [400, 401, 403, 404, 413, 429, 500, 503, 504] } as const;
const judged = { schema: ErrorAnswer, statuses: [400, 401, 403, 404, 409, 410, 413, 429, 500, 503, 504] } as const;
const inPath = (name: string, description: string, schema: z.ZodType): RouteParameter => ({
  ...{ name, in: "path", description, schema },
});
const inQuery = (query: z.ZodObject): RouteParameter[] =>
  Object.entries(query.shape).map(([name, schema]) => ({
    ...{ name, in: "query", description: name === "limit" ? "How many, newest first." : "Name of the agent." },
    schema: schema as z.ZodType,
  }));
const agent = inPath("agent", "Name of the agent.", Name);
const episode = inPath("id", "Name of the attempt.", EpisodeId);

function managing(action: string, summary: string, request: z.ZodType): RouteDescription {
  return {
    ...{ method: "post", path: `/v1/policies/:agent/${action}`, operationId: `${action}Policy`, summary, request },
    ...{ tag: "Policies", scope: "manage", parameters: [agent], errors: written },
    responses: { 200: { description: "What serves from now on." } },
  };
}

function reading(
  path: string,
  operationId: string,
  tag: string,
  summary: string,
  parameters: readonly RouteParameter[] = [],
): RouteDescription {
  const responses = { 200: { description: summary } };
  return { method: "get", path, operationId, summary, tag, scope: "read", parameters, responses, errors: read };
}

/** What `nativeRoutes` mounts, for `/openapi.json` and `/docs`. */
export const NATIVE_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    ...{ method: "post", path: "/v1/decisions", operationId: "decide", summary: "Choose an action", tag: "Decisions" },
    description: "The step is durable before it is told. A list of up to 256 shares one commit and answers a list.",
    scope: "decide",
    request: DecisionBody,
    responses: { 200: { description: "What to do, with the receipt that judges it.", schema: DecisionAnswer } },
    errors: written,
  },
  {
    ...{ method: "post", path: "/v1/feedback", operationId: "judge", summary: "Judge a decision", tag: "Feedback" },
    description: "With a receipt no key is needed; by `step` or `episode` it takes a key with the scope `feedback`. " +
      "A list of up to 1000 is checked before any of it is kept, and shares one commit.",
    request: FeedbackBody,
    responses: {
      200: { description: "It was accepted before; nothing was counted twice.", schema: FeedbackAnswer },
      202: { description: "It is durable.", schema: FeedbackAnswer },
      207: { description: "Of a list, some contradict what is kept.", schema: FeedbackAnswer },
    },
    errors: judged,
  },
  {
    ...{ method: "post", path: "/v1/episodes/:id/end", operationId: "endEpisode", summary: "End an episode" },
    ...{ tag: "Episodes", scope: "decide", parameters: [episode], request: EndBody, errors: written },
    responses: { 200: { description: "How it ended." } },
  },
  reading("/v1/episodes/:id", "showEpisode", "Episodes", "One episode with steps, feedback and rewards", [episode]),
  reading("/v1/episodes", "listEpisodes", "Episodes", "Newest episodes of an agent", inQuery(EpisodesQuery)),
  reading("/v1/policies", "listPolicies", "Policies", "What serves"),
  reading("/v1/policies/:agent", "showPolicy", "Policies", "Versions and history of an agent", [
    agent,
    ...inQuery(PolicyQuery),
  ]),
  reading("/v1/policies/:agent/:version", "showVersion", "Policies", "One version", [
    agent,
    inPath("version", "Rises from 0.", Version),
  ]),
  managing("publish", "Serve a version to everyone", PublishBody),
  managing("canary", "Put a version on trial", CanaryBody),
  managing("rollback", "Go back to a version", RollbackBody),
  managing("resume", "Lift a freeze", ResumeBody),
  reading("/v1/status", "showStatus", "Operation", "What an operator looks at first"),
  {
    ...reading("/v1/events", "followEvents", "Operation", "What happens, as it happens"),
    responses: { 200: { description: "Server-sent events.", contentType: "text/event-stream", schema: z.string() } },
  },
  {
    ...{
      method: "get",
      path: "/health",
      operationId: "health",
      summary: "Whether the process lives",
      tag: "Operation",
    },
    responses: { 200: { description: "It does." } },
  },
  {
    ...{ method: "get", path: "/ready", operationId: "ready", summary: "Whether it can do its work", tag: "Operation" },
    responses: { 200: { description: "It can." }, 503: { description: "It cannot, and why." } },
  },
  {
    ...reading("/metrics", "showMetrics", "Operation", "Numbers for Prometheus"),
    responses: { 200: { description: "Prometheus text.", contentType: "text/plain", schema: z.string() } },
  },
];
