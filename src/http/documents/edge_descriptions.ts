import { z } from "zod";
import type { StoredKey } from "../../store/mod.ts";
import { ingestBody } from "../_ingest_body.ts";
import type { AssignmentMessage, IngestAnswer, VersionMessage } from "../edge_messages.ts";
import type { RouteDescription } from "../route_description.ts";
import { NativeErrorSchema } from "./native_error_schema.ts";
import { AssignmentSchema, PolicyVersionSchema } from "./policy_schemas.ts";
import { FeedbackOutcomeSchema } from "./record_schemas.ts";

const Judgement = z.object({
  text: z.string(),
  candidates: z.array(z.string()),
  choice: z.int(),
  reward: z.number(),
  weight: z.number().optional(),
});

const VersionMessageSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("judgements"),
    version: PolicyVersionSchema,
    base: z.int().describe("The version that the judgements start from."),
    judgements: z.array(Judgement),
  }),
  z.object({
    kind: z.literal("snapshot"),
    version: PolicyVersionSchema,
    hash: z.string().describe("SHA-256 of the bytes, hex."),
    bytes: z.int(),
  }),
]).meta({ id: "VersionMessage" }) satisfies z.ZodType<VersionMessage>;

const AssignmentMessageSchema = z.object({
  agent: z.string(),
  assignment: AssignmentSchema,
  versions: z.array(VersionMessageSchema).describe("How to get to them, in the order in which they are installed."),
}).meta({ id: "AssignmentMessage" }) satisfies z.ZodType<AssignmentMessage>;

const IngestAnswerSchema = z.object({ outcomes: z.array(FeedbackOutcomeSchema) })
  .meta({ id: "IngestAnswer" }) satisfies z.ZodType<IngestAnswer>;

const StoredKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  hash: z.string().describe("SHA-256 of the key, hex; the key itself is kept nowhere."),
  scopes: z.array(z.enum(["decide", "feedback", "read", "manage"])),
  createdAt: z.int().describe("Milliseconds since 1970."),
  revokedAt: z.int().optional(),
}).meta({ id: "StoredKey" }) satisfies z.ZodType<StoredKey>;

const tag = "Edges";
const scope = "read";

/** What `edgeRoutes` mounts, where there are a store and a loop. */
export const EDGE_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: "post",
    path: "/v1/edge/ingest",
    operationId: "ingest",
    summary: "Take what an edge acknowledged",
    description:
      "Needs the scopes `decide` and `feedback`. Once it is answered, all of it is durable; what is sent again " +
      "is counted once.",
    tag,
    scope: "decide",
    request: ingestBody.meta({
      id: "IngestBatch",
      examples: [{ steps: [], feedback: [], ends: [] }],
    }),
    responses: { 200: { description: "What became of each judgement.", schema: IngestAnswerSchema } },
    errors: { schema: NativeErrorSchema, statuses: [400, 401, 403, 413, 429, 503] },
  },
  {
    method: "get",
    path: "/v1/edge/agents/:agent",
    operationId: "wayToAgent",
    summary: "How to serve an agent",
    tag,
    scope,
    parameters: [
      { name: "agent", in: "path", description: "Name of the agent.", schema: z.string() },
      {
        name: "have",
        in: "query",
        description: "Versions that the edge has, with commas between.",
        schema: z.string().optional(),
      },
    ],
    responses: { 200: { description: "What serves, and the way to it.", schema: AssignmentMessageSchema } },
    errors: { schema: NativeErrorSchema, statuses: [400, 401, 403, 404, 429] },
  },
  {
    method: "get",
    path: "/v1/edge/snapshots/:hash",
    operationId: "getEdgeSnapshot",
    summary: "The bytes of a version",
    tag,
    scope,
    parameters: [{ name: "hash", in: "path", description: "SHA-256 of the bytes, hex.", schema: z.string() }],
    responses: { 200: { description: "The bytes; they never change.", contentType: "application/octet-stream" } },
    errors: { schema: NativeErrorSchema, statuses: [401, 403, 404, 429] },
  },
  {
    method: "get",
    path: "/v1/edge/follow",
    operationId: "followAgents",
    summary: "Hear what is to be served",
    description: "Events named `assignment`, the first at once.",
    tag,
    scope,
    parameters: [
      {
        name: "agent",
        in: "query",
        description: "Name of an agent, as often as needed; all unless given.",
        schema: z.string().optional(),
      },
    ],
    responses: {
      200: {
        description: "One event for each change.",
        schema: AssignmentMessageSchema,
        contentType: "text/event-stream",
      },
    },
    errors: { schema: NativeErrorSchema, statuses: [401, 403, 404, 429] },
  },
  {
    method: "get",
    path: "/v1/edge/keys",
    operationId: "listEdgeKeys",
    summary: "Whom to let in",
    description: "Needs the scopes `decide`, `feedback` and `read`.",
    tag,
    scope,
    responses: { 200: { description: "Hashes of all keys.", schema: z.array(StoredKeySchema) } },
    errors: { schema: NativeErrorSchema, statuses: [401, 403, 429, 503] },
  },
];
