import { Hono } from "hono";
import { z } from "zod";
import type { FeedbackOutcome, FeedbackStatus } from "../episode/mod.ts";
import { readFeedback } from "./_read_feedback.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { oneOrManyBody } from "./json_body.ts";
import { Refusal } from "./refusal.ts";
import { EpisodeId, Name } from "./request_schemas.ts";

/** Judgements of one request. */
const MOST = 1000;

/** One judgement, by a receipt or by naming what is judged. */
export const FeedbackBody = z.strictObject({
  receipt: z.string().max(8192).optional().describe("Of the decision; whoever holds it needs no key."),
  step: Name.optional().describe("The decision, where there is no receipt."),
  episode: EpisodeId.optional().describe("The attempt, where there is no receipt."),
  agent: Name.optional().describe("Who decided; the first agent unless given."),
  metric: Name.optional().describe(
    "A declared metric, `comment` or `correction`; what the agent learns from unless given.",
  ),
  value: z.union([z.boolean(), z.number(), z.string()]).describe("As the metric declares it."),
  key: z.string().min(1).max(256).optional()
    .describe("Names the judgement for repeats; made of step, metric, author and value unless given."),
  author: Name.optional().describe("Who judges; `person` with a receipt alone, `program` with a key unless given."),
}).meta({ id: "FeedbackRequest" });

/** What became of one judgement, once it is on disk. */
export type FeedbackAnswer =
  | { readonly id: string; readonly status: FeedbackStatus }
  /** The same was accepted before; nothing was counted twice. */
  | { readonly id: string; readonly duplicate: true }
  /** In a list: the same key was accepted with other content before; this one was not kept. */
  | { readonly id: string; readonly conflict: true };

/**
 * `POST /v1/feedback`: one or many judgements. 202 accepted, 200 all were there already, 207 some of a list contradict what
 * is kept, 409 the only one does. A list is checked before any of it is kept, and shares one commit.
 */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function feedbackRoutes(deps: AppDependencies, { receipts }: AppParts) {
  const read = readFeedback(deps, receipts);
  const body = oneOrManyBody(FeedbackBody, { bodyBytes: deps.limits.bodyBytes, most: MOST });

  return new Hono<AppEnvironment>().post("/v1/feedback", body, async (c) => {
    const { many, items } = c.req.valid("json");
    const caller = c.get("caller");
    const feedback = await Promise.all(items.map((item, index) => read(item, caller, many ? `[${index}]: ` : "")));
    const outcomes = await deps.recorder.addFeedback(feedback);
    const answers = outcomes.map(answerOf);
    if (many) return c.json(answers, statusOf(outcomes));
    const [{ kind, id }] = outcomes;
    if (kind === "conflict") {
      throw new Refusal("conflict", `Cannot judge: the key was used for another judgement, '${id}', which stands`);
    }
    return c.json(answers[0], kind === "accepted" ? 202 : 200);
  });
}

function answerOf(outcome: FeedbackOutcome): FeedbackAnswer {
  if (outcome.kind === "accepted") return { id: outcome.id, status: outcome.status };
  return outcome.kind === "duplicate" ? { id: outcome.id, duplicate: true } : { id: outcome.id, conflict: true };
}

function statusOf(outcomes: readonly FeedbackOutcome[]): 200 | 202 | 207 {
  if (outcomes.some(({ kind }) => kind === "conflict")) return 207;
  return outcomes.some(({ kind }) => kind === "accepted") ? 202 : 200;
}
