import { z } from "zod";
import { type DecisionAnswer, DecisionBody } from "../decision_routes.ts";
import { EndBody } from "../episode_routes.ts";
import { type FeedbackAnswer, FeedbackBody } from "../feedback_routes.ts";
import { EpisodeId, Limit, Name } from "../request_schemas.ts";
import type { RouteDescription } from "../route_description.ts";
import { NativeErrorSchema as schema } from "./native_error_schema.ts";
import { EndedEpisodeSchema, EpisodeSchema } from "./record_schemas.ts";

const Decision = z.object({
  id: z.string().describe("Id of the step."),
  episode: z.string().describe("Its attempt; send it with the next request of the same attempt."),
  agent: z.string().describe("Who decided."),
  action: z.string().describe("What to do."),
  index: z.int().optional().describe("Its place among the candidates."),
  probability: z.number().describe("With which it was chosen."),
  policyVersion: z.int().describe("Version whose weights chose."),
  arm: z.enum(["incumbent", "canary", "shadow"]).describe("Which copy answered."),
  seed: z.int().describe("Names the draw: equal seed, context and weights, equal choice."),
  receipt: z.string().describe("Judges this step: `POST /v1/feedback` with it. Whoever holds it needs no key."),
}).meta({
  id: "Decision",
  examples: [{
    id: "0198c2f1-6b7e-7d1a-9f0e-3f6a52f0c111",
    episode: "0198c2f1-6b7e-7d1a-9f0e-3f6a52f0c110",
    agent: "support",
    action: "refund",
    index: 1,
    probability: 0.93,
    policyVersion: 41,
    arm: "incumbent",
    seed: 7,
    receipt: "AZyQ…",
  }],
}) satisfies z.ZodType<DecisionAnswer>;

const Judged = z.union([
  z.object({
    id: z.string(),
    status: z.enum(["joined", "early", "orphaned", "late", "superseded"]).describe("What became of it."),
  }),
  z.object({ id: z.string(), duplicate: z.literal(true) }).describe("Accepted before; nothing was counted twice."),
  z.object({ id: z.string(), conflict: z.literal(true) }).describe("The key was used for another judgement."),
]).meta({
  id: "FeedbackAnswer",
  examples: [{ id: "0198c2f1-7a10-7c4e-8b8e-0c6a0f6c1b22", status: "joined" }],
}) satisfies z.ZodType<FeedbackAnswer>;

/** One, or a list that shares a commit; the answer has the same form. */
const oneOrMany = <Item extends z.ZodType>(item: Item, most: number): z.ZodUnion<[Item, z.ZodArray<Item>]> =>
  z.union([item, z.array(item).min(1).max(most)]);

const answered = (item: typeof Decision | typeof Judged): z.ZodType =>
  oneOrMany(item, 1000).meta({ examples: item.meta()?.examples });

const id = { name: "id", in: "path", description: "Id of the episode.", schema: EpisodeId } as const;

/** Decisions, judgements and episodes. */
export const NATIVE_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: "post",
    path: "/v1/decisions",
    operationId: "decide",
    summary: "Choose an action",
    description:
      "Exactly one of `text` and `turns` says what the agent is shown. A step is on disk before it is answered. " +
      "A list of up to 256 is answered with a list, and shares one commit.",
    tag: "Decisions and feedback",
    scope: "decide",
    request: oneOrMany(DecisionBody, 256).meta({
      examples: [{ agent: "support", text: "my card was charged twice", candidates: ["billing", "shipping"] }],
    }),
    responses: { 200: { description: "What to do, with a receipt.", schema: answered(Decision) } },
    errors: { schema, statuses: [400, 401, 403, 404, 413, 415, 429, 500, 503, 504] },
  },
  {
    method: "post",
    path: "/v1/feedback",
    operationId: "judge",
    summary: "Judge a decision",
    description:
      "With the `receipt` of a decision and no key, or by name with the scope `feedback`. Once it is answered it is " +
      "on disk. It may come before its step, late, or again: an equal judgement counts once. A list of up to 1000 shares one " +
      "commit.",
    tag: "Decisions and feedback",
    request: oneOrMany(FeedbackBody, 1000).meta({ examples: [{ receipt: "the receipt of a decision", value: true }] }),
    responses: {
      200: { description: "All of it was there already.", schema: answered(Judged) },
      202: { description: "Accepted.", schema: answered(Judged) },
      207: { description: "Some of a list contradict what is kept.", schema: z.array(Judged) },
    },
    errors: { schema, statuses: [400, 401, 403, 404, 409, 410, 413, 415, 429, 500, 503, 504] },
  },
  {
    method: "post",
    path: "/v1/episodes/:id/end",
    operationId: "endEpisode",
    summary: "End an episode",
    description: "Repeats are ignored.",
    tag: "Episodes",
    scope: "decide",
    parameters: [id],
    request: EndBody,
    requestExamples: [{ terminated: true }],
    responses: { 200: { description: "It ended.", schema: EndedEpisodeSchema } },
    errors: { schema, statuses: [400, 401, 403, 404, 429, 500, 503, 504] },
  },
  {
    method: "get",
    path: "/v1/episodes/:id",
    operationId: "getEpisode",
    summary: "Show an episode",
    description: "Its steps, judgements and rewards. An edge has none.",
    tag: "Episodes",
    scope: "read",
    parameters: [id],
    responses: { 200: { description: "The episode.", schema: EpisodeSchema } },
    errors: { schema, statuses: [400, 401, 403, 404, 429, 503] },
  },
  {
    method: "get",
    path: "/v1/episodes",
    operationId: "listEpisodes",
    summary: "List episodes",
    description: "The newest first.",
    tag: "Episodes",
    scope: "read",
    parameters: [
      { name: "agent", in: "query", description: "Whose; the first agent's unless given.", schema: Name.optional() },
      { name: "limit", in: "query", description: "How many, 50 unless given.", schema: Limit.optional() },
    ],
    responses: { 200: { description: "Episodes.", schema: z.object({ episodes: z.array(EpisodeSchema) }) } },
    errors: { schema, statuses: [400, 401, 403, 404, 429, 503] },
  },
];
