import type { RewardRow } from "./schema.ts";
import type { WriteContext } from "./write_context.ts";

/** An entry without its place. */
export type NewReward = Omit<RewardRow, "sequence">;

/** Gives entries their places in the journals and writes them; the caller has made sure that none is there yet. */
export async function writeRewards(context: WriteContext, rewards: readonly NewReward[]): Promise<void> {
  if (rewards.length === 0) return;
  const rows = rewards.map((reward) => {
    const journal = context.journals.of(reward.agent);
    if (reward.source === "judged") journal.weigh(reward.metric, reward.reward);
    context.rewarded.add(reward.agent);
    return { ...reward, sequence: journal.next() };
  });
  const written = await context.database.insert(context.unit, "rewards", rows, "subject");
  if (written.size !== new Set(rows.map(({ subject }) => subject)).size) {
    throw new Error("Cannot keep a reward: it was written at the same time");
  }
}

/** Sources of the rewards that are there, by agent, subject and metric: see {@linkcode nameOf}. */
export async function readSources(
  context: Pick<WriteContext, "database" | "unit">,
  subjects: Iterable<string>,
): Promise<Map<string, string>> {
  const asked = [...new Set(subjects)];
  if (asked.length === 0) return new Map();
  const rows = await context.unit.selectFrom("rewards").select(["agent", "subject", "metric", "source"])
    .where(context.database.among("subject", asked)).execute();
  return new Map(rows.map((row) => [nameOf(row.agent, row.subject, row.metric), row.source]));
}

/** One name for what is rewarded once. */
export function nameOf(agent: string, subject: string, metric: string): string {
  return `${agent}\n${metric}\n${subject}`;
}
