import { z } from "zod";
import { CanaryBody, PublishBody, ResumeBody, RollbackBody } from "../policy_routes.ts";
import { Limit, Version } from "../request_schemas.ts";
import type { RouteDescription } from "../route_description.ts";
import { NativeErrorSchema as schema } from "./native_error_schema.ts";
import { AssignmentSchema, PolicyVersionSchema, PublicationEventSchema } from "./policy_schemas.ts";
import { LoopEventSchema, StatusSchema } from "./status_schemas.ts";

const ServedPolicy = z.object({
  agent: z.string(),
  kind: z.enum(["reward-model", "linear", "transformer"]),
  assignment: AssignmentSchema.describe("What serves."),
  installed: z.array(z.int()).describe("Versions that are loaded."),
}).meta({ id: "ServedPolicy" });

const KeptPolicy = z.object({
  ...ServedPolicy.shape,
  versions: z.array(PolicyVersionSchema).describe("Newest first."),
  history: z.array(PublicationEventSchema).describe("Newest first."),
}).meta({ id: "KeptPolicy" });

const Managed = z.object({ agent: z.string(), assignment: AssignmentSchema.describe("What serves from now on.") })
  .meta({ id: "ManagedPolicy" });

const agent = { name: "agent", in: "path", description: "Name of the agent.", schema: z.string() } as const;
const read = { tag: "Policies", scope: "read", errors: { schema, statuses: [400, 401, 403, 404, 429, 503] } } as const;
const manage = {
  method: "post",
  tag: "Policies",
  scope: "manage",
  parameters: [agent],
  responses: { 200: { description: "Done, and written down with the name of the key.", schema: Managed } },
  errors: { schema, statuses: [400, 401, 403, 404, 415, 429, 500, 503, 504] },
} as const;

/** Policies, status, events and health. */
export const OPERATOR_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    ...read,
    method: "get",
    path: "/v1/policies",
    operationId: "listPolicies",
    summary: "What is served",
    responses: { 200: { description: "Every agent.", schema: z.object({ policies: z.array(ServedPolicy) }) } },
  },
  {
    ...read,
    method: "get",
    path: "/v1/policies/:agent",
    operationId: "getPolicy",
    summary: "Versions and history of an agent",
    parameters: [
      agent,
      { name: "limit", in: "query", description: "How many of each, 100 unless given.", schema: Limit.optional() },
    ],
    responses: { 200: { description: "What is served, and what there is.", schema: KeptPolicy } },
  },
  {
    ...read,
    method: "get",
    path: "/v1/policies/:agent/:version",
    operationId: "getPolicyVersion",
    summary: "One version",
    parameters: [agent, { name: "version", in: "path", description: "Its number.", schema: Version }],
    responses: { 200: { description: "The version.", schema: PolicyVersionSchema } },
  },
  {
    ...manage,
    path: "/v1/policies/:agent/publish",
    operationId: "publishPolicy",
    summary: "Serve a version to everyone",
    description: "Whatever the gate says.",
    request: PublishBody,
    requestExamples: [{ version: 1 }],
  },
  {
    ...manage,
    path: "/v1/policies/:agent/canary",
    operationId: "tryPolicy",
    summary: "Put a version on trial",
    request: CanaryBody,
    requestExamples: [{ version: 1, share: 0.1 }],
  },
  {
    ...manage,
    path: "/v1/policies/:agent/rollback",
    operationId: "rollBackPolicy",
    summary: "Go back",
    description: "To a version, or to the one published before. Learning goes on from there.",
    request: RollbackBody,
    requestExamples: [{}, { version: 1 }],
  },
  {
    ...manage,
    path: "/v1/policies/:agent/resume",
    operationId: "resumePolicy",
    summary: "Lift a freeze",
    request: ResumeBody,
    requestExamples: [{ learnQuarantined: false }],
  },
  {
    method: "get",
    path: "/v1/status",
    operationId: "getStatus",
    summary: "Where everything stands",
    tag: "Operation",
    scope: "read",
    responses: { 200: { description: "What an operator looks at first.", schema: StatusSchema } },
    errors: { schema, statuses: [401, 403, 429, 503] },
  },
  {
    method: "get",
    path: "/v1/events",
    operationId: "followEvents",
    summary: "Hear what happens",
    description:
      "Events named `status` (at once, then every second in which something changed), `progress`, `update`, " +
      "`publication` and `warning`.",
    tag: "Operation",
    scope: "read",
    responses: {
      200: {
        description: "A stream that does not end.",
        schema: z.union([StatusSchema, LoopEventSchema]),
        contentType: "text/event-stream",
      },
    },
    errors: { schema, statuses: [401, 403, 429, 503] },
  },
  {
    method: "get",
    path: "/health",
    operationId: "getHealth",
    summary: "Whether the process lives",
    tag: "Operation",
    responses: {
      200: { description: "It does.", schema: z.object({ status: z.literal("ok"), version: z.string() }) },
    },
  },
  {
    method: "get",
    path: "/ready",
    operationId: "getReadiness",
    summary: "Whether it can do its work",
    tag: "Operation",
    responses: {
      200: { description: "It can.", schema: readiness() },
      503: { description: "It cannot; `checks` says why.", schema: readiness() },
    },
  },
  {
    method: "get",
    path: "/metrics",
    operationId: "getMetrics",
    summary: "Numbers for Prometheus",
    tag: "Operation",
    scope: "read",
    responses: { 200: { description: "In its text format.", contentType: "text/plain" } },
    errors: { schema, statuses: [401, 403, 429] },
  },
];

function readiness(): z.ZodType {
  const check = z.union([z.literal(true), z.string().describe("What is wrong, in plain words.")]);
  return z.object({ ready: z.boolean(), checks: z.record(z.string(), check) });
}
