import { type Feedback, type FeedbackStatus, type JudgedStep, type Metrics, rewardOf } from "../episode/mod.ts";
import type { KnownStep } from "./memory.ts";
import { windows } from "./windows.ts";

/** What becomes of a judgement by itself, before it is known what was judged before. */
export interface Verdict {
  readonly status: FeedbackStatus;
  /** When it becomes an orphan, while it is early. */
  readonly dueAt?: number;
  /** The reward that it is worth at once. */
  readonly reward?: Pick<JudgedStep, "reward" | "source" | "correction">;
  /** It counts when this window closes. */
  readonly settleAt?: number;
  /** What is judged: the id of the step, or of the episode. */
  readonly subject?: string;
}

/**
 * Decides about one judgement; pure. What is neither `joined` nor `early` is kept and never learned from: `late` after
 * the window, `superseded` where the metric is not declared or cannot read the value.
 *
 * Comments and corrections have no window. A correction rewards what was done with 1 if it is what should have been done,
 * else 0.
 *
 * @param step What it is about: the step it names, else the last one of its episode; nothing while that is not there.
 */
export function verdictOf(metrics: Metrics, feedback: Feedback, step: KnownStep | undefined): Verdict {
  const { metric: name, value, receivedAt } = feedback;
  if (step === undefined) return { status: "early", dueAt: receivedAt + windows.waitMs(metrics, name) };
  if (name === "comment") return { status: "joined" };
  if (name === "correction") {
    if (typeof value !== "string") return { status: "superseded" };
    const reward = { reward: value === step.action ? 1 : 0, source: "correction", correction: value } as const;
    return { status: "joined", subject: step.id, reward };
  }
  const metric = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (metric === undefined) return { status: "superseded" };
  const reward = rewardOf(metric, [value]);
  if (reward === undefined) return { status: "superseded" };
  const closesAt = windows.closesAt(metric, step.createdAt);
  if (receivedAt > closesAt) return { status: "late" };
  const subject = metric.level === "episode" ? step.episodeId : step.id;
  if (metric.aggregation !== "first") return { status: "joined", subject, settleAt: closesAt };
  return { status: "joined", subject, reward: { reward, source: "judged" } };
}
