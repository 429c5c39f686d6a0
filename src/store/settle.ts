import type { Metric } from "../episode/mod.ts";
import { rewardOf } from "../episode/mod.ts";
import type { Database } from "./database.ts";
import { feedbackRow } from "./feedback_row.ts";
import type { FeedbackRow, StepRow } from "./schema.ts";
import { setStatuses } from "./set_statuses.ts";
import { windows } from "./windows.ts";
import type { WriteContext } from "./write_context.ts";
import { nameOf, type NewReward, readSources, writeRewards } from "./write_rewards.ts";
import type { Writer } from "./writer.ts";

/** Steps, and pieces of early feedback, of one transaction; and transactions of one call. */
const BOUNDS = { rows: 256, transactions: 16 } as const;

/**
 * Closes windows that ended before `now`, at most some thousand with one call; costs two look-ups where none did.
 *
 * A metric of episodes is settled when the window of the episode's last step closes; steps that follow do not move it.
 *
 * @returns How many rewards were written.
 */
export async function settle(database: Database, writer: Writer, now: number): Promise<number> {
  let written = 0;
  for (let round = 0; round < BOUNDS.transactions; round++) {
    const due = await readDue(database, now);
    if (due.agents.length === 0) break;
    written += await writer.run(due.agents, async (context) => {
      await orphan(context, due.agents, now);
      return await settleSteps(context, due.agents, now);
    });
    if (!due.isMore) break;
  }
  return written;
}

/** Whose windows closed. */
async function readDue({ db }: Database, now: number): Promise<{ agents: string[]; isMore: boolean }> {
  const steps = await db.selectFrom("steps").select("agent").where("settle_at", "<", now)
    .orderBy("settle_at").limit(BOUNDS.rows).execute();
  const feedback = await db.selectFrom("feedback").select("agent").where("due_at", "<", now)
    .orderBy("due_at").limit(BOUNDS.rows).execute();
  return {
    agents: [...new Set([...steps, ...feedback].map(({ agent }) => agent))],
    isMore: steps.length === BOUNDS.rows || feedback.length === BOUNDS.rows,
  };
}

async function orphan(context: WriteContext, agents: readonly string[], now: number): Promise<void> {
  const rows = await context.unit.selectFrom("feedback").select(["agent", "key"])
    .where("due_at", "<", now).where("agent", "in", [...agents]).orderBy("due_at").limit(BOUNDS.rows).execute();
  await setStatuses(context, rows.map((feedback) => ({ feedback, status: "orphaned" })));
}

async function settleSteps(context: WriteContext, agents: readonly string[], now: number): Promise<number> {
  const { unit, database } = context;
  // Read again, now that nobody else writes: another process may have settled them.
  const steps = await unit.selectFrom("steps").select(["id", "agent", "episode_id", "created_at", "settle_at"])
    .where("settle_at", "<", now).where("agent", "in", [...agents])
    .orderBy("settle_at").orderBy("id").limit(BOUNDS.rows).execute();
  if (steps.length === 0) return 0;
  const episodes = [...new Set(steps.map((step) => step.episode_id))];
  const feedback: FeedbackRow[] = await unit.selectFrom("feedback").selectAll()
    .where(database.among("episode_id", episodes)).where("status", "=", "joined")
    .orderBy("received_at").orderBy("id").execute();
  const lastSteps = new Set(
    (await unit.selectFrom("steps").select(({ fn }) => fn.max("id").as("id"))
      .where(database.among("episode_id", episodes)).groupBy(["episode_id", "agent"]).execute()).map(({ id }) => id),
  );
  const sources = await readSources(context, steps.flatMap((step) => [step.id, step.episode_id]));
  const byEpisode = Map.groupBy(feedback, (row) => row.episode_id);

  const rewards: NewReward[] = [];
  const next = new Map<number | null, string[]>();
  for (const step of steps) {
    const metrics = context.metricsOf(step.agent);
    for (const [name, metric] of Object.entries(metrics)) {
      const closesAt = windows.closesAt(metric, step.created_at);
      if (!windows.mustSettle(metric) || closesAt < step.settle_at! || closesAt >= now) continue;
      if (metric.level === "episode" && !lastSteps.has(step.id)) continue;
      const subject = metric.level === "episode" ? step.episode_id : step.id;
      const key = nameOf(step.agent, subject, name);
      if (sources.has(key)) continue;
      const heard = (byEpisode.get(step.episode_id) ?? []).filter((row) =>
        row.metric === name && isAbout(row, step, metric, lastSteps)
      );
      const reward = settled(metric, heard, context.journals.of(step.agent).mean(name));
      if (reward === undefined) continue;
      sources.set(key, reward.source);
      rewards.push({
        agent: step.agent,
        step_id: step.id,
        subject,
        metric: name,
        ...reward,
        correction: null,
        settled_at: now,
      });
    }
    // `now` itself is not over yet.
    const following = windows.nextSettlement(metrics, step.created_at, now - 1);
    next.set(following, [...next.get(following) ?? [], step.id]);
  }
  for (const [settle_at, ids] of next) {
    await unit.updateTable("steps").set({ settle_at }).where(database.among("id", ids)).execute();
  }
  await writeRewards(context, rewards);
  return rewards.length;
}

/** Feedback that names no step is about the last one. */
function isAbout(
  row: FeedbackRow,
  step: Pick<StepRow, "id" | "agent">,
  metric: Metric,
  lastSteps: ReadonlySet<string>,
): boolean {
  if (row.agent !== step.agent) return false;
  return metric.level === "episode" || (row.step_id === null ? lastSteps.has(step.id) : row.step_id === step.id);
}

function settled(
  metric: Metric,
  heard: readonly FeedbackRow[],
  mean: number | undefined,
): Pick<NewReward, "reward" | "source"> | undefined {
  const judged = rewardOf(metric, heard.map((row) => feedbackRow.read(row).value));
  if (judged !== undefined) return { reward: judged, source: "judged" };
  if (metric.missing === "ignore") return undefined;
  const silence = metric.missing === "mean" ? mean : metric.missing;
  return silence === undefined ? undefined : { reward: silence, source: "missing" };
}
