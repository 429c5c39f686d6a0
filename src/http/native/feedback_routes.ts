import { sha256 } from "@noble/hashes/sha2.js";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Feedback, FeedbackOutcome, Metric } from "../../episode/mod.ts";
import { EddyError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { agentOf, body, type NamedAgent, type Native } from "./_context.ts";
import { requireScopes } from "./allow.ts";

const MOST_AT_ONCE = 1000;
const LONGEST_TEXT = 16_384;

/** One judgement. */
export const Judgement = z.strictObject({
  receipt: z.string().max(4096).optional().describe("Of the answer that is judged. With it no key is needed."),
  agent: z.string().optional().describe("Who acted, where there is no receipt."),
  episode: z.uuid().toLowerCase().optional().describe("The attempt, where there is no receipt."),
  step: z.uuid().toLowerCase().optional().describe("The decision, where there is no receipt."),
  metric: z.string().max(255).optional().describe(
    "A declared metric, `comment` or `correction`; what the agent learns from unless given.",
  ),
  value: z.union([z.boolean(), z.number(), z.string().max(LONGEST_TEXT)]).describe(
    "Right or wrong, a number, a comment, or the action that should have been taken.",
  ),
  key: z.string().min(1).max(255).optional().describe("Names the judgement, so that it can be sent again."),
  author: z.string().min(1).max(255).optional().describe("Who judged. Default `person`."),
}).meta({ id: "Judgement", examples: [{ receipt: "AUpe…", value: true }] });

/** Body of `POST /v1/feedback`. */
export const FeedbackBody = z.union([Judgement, z.array(Judgement).min(1).max(MOST_AT_ONCE)]);

/** What became of a judgement. */
export const JudgementAnswer = z.object({
  id: z.string().describe("Of the judgement."),
  status: z.enum(["joined", "early", "orphaned", "late", "superseded"]).optional().describe(
    "`joined` counts; `early` waits for its step; `late` and `superseded` are kept, and not learned from.",
  ),
  duplicate: z.boolean().optional().describe("The same was sent before; nothing was counted twice."),
  conflict: z.boolean().optional().describe("Another value was sent before under the same key; this one was not kept."),
}).meta({ id: "JudgementAnswer" });

type JudgementAnswer = z.infer<typeof JudgementAnswer>;

/** What a judgement is about. */
interface Subject {
  readonly name: string;
  readonly agent: NamedAgent;
  readonly episodeId: string;
  readonly stepId?: string;
  /** Metrics that it may be judged in; all where a key says so. */
  readonly metrics?: readonly string[];
}

/** `POST /v1/feedback`: a 2xx means that it is on disk. */
// deno-lint-ignore explicit-function-return-type -- the routes' own types are what the typed client reads
export function feedbackRoutes(native: Native) {
  const { deps, receipts, meters } = native;

  async function subjectOf(c: Context, judgement: z.infer<typeof Judgement>): Promise<Subject> {
    if (judgement.receipt !== undefined) {
      const claims = receipts.verify(judgement.receipt, Math.floor(deps.now() / 1000));
      for (
        const [told, signed] of [["agent", claims.agent], ["episode", claims.episodeId], [
          "step",
          claims.stepId,
        ]] as const
      ) {
        if (judgement[told] !== undefined && judgement[told] !== signed) {
          throw new EddyError("receipt_invalid", `Cannot judge: the receipt is for another ${told}`);
        }
      }
      const { name, agent } = agentOf(native, claims.agent);
      return { name, agent, episodeId: claims.episodeId, stepId: claims.stepId, metrics: claims.metrics };
    }
    requireScopes(c, native, ["feedback"]);
    const { step, episode } = judgement;
    if (step === undefined && episode === undefined) {
      throw new EddyError("request_invalid", "Cannot judge: send the receipt of the answer, or 'step' and 'episode'");
    }
    if (episode !== undefined) return { ...agentOf(native, judgement.agent), episodeId: episode, stepId: step };
    const record = await deps.store?.steps.get(step!);
    if (!record) {
      throw new EddyError(
        "request_invalid",
        `Cannot judge '${step}': it is not known here yet; send 'episode' as well`,
      );
    }
    return { ...agentOf(native, record.agent), episodeId: record.episodeId, stepId: step };
  }

  async function read(c: Context, judgement: z.infer<typeof Judgement>): Promise<Feedback> {
    const subject = await subjectOf(c, judgement);
    const { configuration } = subject.agent;
    const metric = judgement.metric ?? configuration.learnsFrom;
    if (subject.metrics && !subject.metrics.includes(metric)) {
      throw new EddyError("receipt_invalid", `Cannot judge: the receipt is not for the metric '${metric}'`);
    }
    const declared = declaredMetric(metric, subject);
    checkValue(metric, declared, judgement.value, configuration.candidates);
    const perEpisode = declared?.level === "episode";
    if (!perEpisode && subject.stepId === undefined) {
      throw new EddyError("request_invalid", `Cannot judge '${metric}': it is about a step; send 'step' as well`);
    }
    const stepId = perEpisode ? undefined : subject.stepId;
    const author = judgement.author ?? "person";
    return {
      id: deps.newId(),
      key: judgement.key === undefined
        ? `${stepId ?? subject.episodeId}/${metric}/${author}/${shortValue(judgement.value)}`
        : `${subject.name}/${judgement.key}`,
      agent: subject.name,
      metric,
      episodeId: subject.episodeId,
      stepId,
      value: judgement.value,
      author,
      receivedAt: deps.now(),
    };
  }

  return new Hono().post("/v1/feedback", body(native, FeedbackBody), async (c) => {
    const began = deps.monotonic();
    const sent = c.req.valid("json");
    const judgements = Array.isArray(sent) ? sent : [sent];
    const feedback = await Promise.all(judgements.map((judgement) => read(c, judgement)));
    const outcomes = await deps.recorder.addFeedback(feedback);
    const ended = deps.monotonic();
    meters.feedback.add(ended, ended - began, outcomes.length);
    for (const outcome of outcomes) {
      meters.count("feedback", outcome.kind === "accepted" ? outcome.status : outcome.kind);
    }
    if (Array.isArray(sent)) return c.json(outcomes.map(answerOf));
    return c.json(answerOf(outcomes[0]), outcomes[0].kind === "conflict" ? 409 : 200);
  });
}

function answerOf(outcome: FeedbackOutcome): JudgementAnswer {
  if (outcome.kind === "accepted") return { id: outcome.id, status: outcome.status };
  return { id: outcome.id, [outcome.kind]: true };
}

/** The declaration of a metric; none for the reserved ones. */
function declaredMetric(metric: string, { name, agent }: Subject): Metric | undefined {
  const { metrics } = agent.configuration;
  if (metric === "comment" || metric === "correction") return undefined;
  if (Object.hasOwn(metrics, metric)) return metrics[metric];
  const known = nearest(metric, [...Object.keys(metrics), "comment", "correction"]);
  throw new EddyError(
    "request_invalid",
    `Cannot judge '${metric}': '${name}' has no such metric; did you mean '${known}'?`,
  );
}

function checkValue(
  metric: string,
  declared: Metric | undefined,
  value: boolean | number | string,
  candidates: readonly string[] | undefined,
): void {
  const wanted = declared?.type ?? "string";
  if (typeof value !== wanted) {
    throw new EddyError(
      "request_invalid",
      `Cannot judge '${metric}' with ${JSON.stringify(value).slice(0, 80)}: it takes a ${wanted}`,
    );
  }
  if (metric === "correction" && candidates && !candidates.includes(value as string)) {
    const known = nearest(value as string, candidates);
    throw new EddyError(
      "request_invalid",
      `Cannot correct to '${
        String(value).slice(0, 80)
      }': it is none of the agent's candidates; did you mean '${known}'?`,
    );
  }
  const [lowest, highest] = declared?.range ?? [-Infinity, Infinity];
  if (typeof value === "number" && !(value >= lowest && value <= highest)) {
    throw new EddyError(
      "request_invalid",
      `Cannot judge '${metric}' with ${value}: it lies in ${lowest} to ${highest}`,
    );
  }
}

/** Long texts go into a key by their hash. */
function shortValue(value: boolean | number | string): string {
  return typeof value === "string" ? sha256(new TextEncoder().encode(value)).toHex() : String(value);
}
