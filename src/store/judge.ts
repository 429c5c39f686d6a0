import type { Feedback, FeedbackStatus } from "../episode/mod.ts";
import type { KnownStep } from "./memory.ts";
import { type Verdict, verdictOf } from "./verdict_of.ts";
import type { WriteContext } from "./write_context.ts";
import { nameOf, type NewReward, readSources, writeRewards } from "./write_rewards.ts";

/** A judgement and what it is about. */
export interface Judgement {
  readonly feedback: Feedback;
  /** Nothing while it is not there. */
  readonly step: KnownStep | undefined;
}

/** What became of it. */
export interface Judged {
  readonly status: FeedbackStatus;
  /** When it becomes an orphan, while it is early. */
  readonly dueAt: number | null;
}

/**
 * Decides about judgements in order, with what was judged before, and writes the rewards that follow at once.
 *
 * The first judgement of a (step, metric) wins; others are `superseded`, or `late` where the window was settled already.
 */
export async function judge(context: WriteContext, judgements: readonly Judgement[]): Promise<Judged[]> {
  const verdicts = judgements.map(({ feedback, step }) => verdictOf(context.metricsOf(feedback.agent), feedback, step));
  const sources = await readSources(context, verdicts.flatMap(({ subject }) => subject ?? []));
  const rewards: NewReward[] = [];
  const settlements = new Map<string, number>();

  const judged = judgements.map(({ feedback, step }, index): Judged => {
    const verdict = verdicts[index];
    if (verdict.subject === undefined || step === undefined) {
      return { status: verdict.status, dueAt: verdict.dueAt ?? null };
    }
    const name = nameOf(feedback.agent, verdict.subject, feedback.metric);
    const source = sources.get(name);
    if (source !== undefined) return { status: statusAfter(verdict, source), dueAt: null };
    if (verdict.reward !== undefined) {
      sources.set(name, verdict.reward.source);
      rewards.push(entryOf({ feedback, step }, verdict.subject, verdict.reward));
    }
    if (verdict.settleAt !== undefined) {
      settlements.set(step.id, Math.min(settlements.get(step.id) ?? Infinity, verdict.settleAt));
    }
    return { status: "joined", dueAt: null };
  });

  await writeRewards(context, rewards);
  await expectSettlement(context, settlements);
  return judged;
}

/** What was settled when its window closed is not judged again; what was judged first stays. */
function statusAfter(verdict: Verdict, source: string): FeedbackStatus {
  return verdict.settleAt !== undefined || source === "missing" ? "late" : "superseded";
}

function entryOf(
  { feedback, step }: Required<Judgement>,
  subject: string,
  reward: Verdict["reward"] & object,
): NewReward {
  return {
    agent: feedback.agent,
    step_id: step!.id,
    subject,
    metric: feedback.metric,
    reward: reward.reward,
    source: reward.source,
    correction: reward.correction ?? null,
    settled_at: Math.max(feedback.receivedAt, step!.createdAt),
  };
}

/** Makes sure that a window is settled where it was left already: its judgement was in time but came late to us. */
async function expectSettlement(
  { unit, database }: WriteContext,
  settlements: ReadonlyMap<string, number>,
): Promise<void> {
  if (settlements.size === 0) return;
  const rows = await unit.selectFrom("steps").select(["id", "settle_at"])
    .where(database.among("id", [...settlements.keys()])).execute();
  for (const { id, settle_at } of rows) {
    const settleAt = settlements.get(id)!;
    if (settle_at !== null && settle_at <= settleAt) continue;
    await unit.updateTable("steps").set({ settle_at: settleAt }).where("id", "=", id).execute();
  }
}
