import type { FeedbackStatus } from "../episode/mod.ts";
import { feedbackRow } from "./feedback_row.ts";
import { stepRow } from "./step_row.ts";
import type { KeptEpisode, KeptFeedback } from "./store.ts";
import { verdictOf } from "./verdict_of.ts";
import { windows } from "./windows.ts";
import type { WriteContext } from "./write_context.ts";
import { nameOf, readSources } from "./write_rewards.ts";
import type { Writer } from "./writer.ts";

/** Episodes that share a commit. */
const CHUNK = 50;

/**
 * Puts back what an export holds; an episode that is there is left as it is. Rewards are put back, not derived again.
 *
 * In an agent's empty journal they keep their places, so that versions can be rebuilt from it; in one that is not empty
 * they go to its end. Restore before learning starts: a learner that is ahead of a place does not come back to it.
 *
 * @returns How many episodes were new.
 */
export async function restore(writer: Writer, episodes: AsyncIterable<KeptEpisode>): Promise<number> {
  let restored = 0;
  let part: KeptEpisode[] = [];
  const empty = new Map<string, boolean>();
  for await (const episode of episodes) {
    part.push(episode);
    if (part.length < CHUNK) continue;
    restored += await restoreMany(writer, part, empty);
    part = [];
  }
  return restored + await restoreMany(writer, part, empty);
}

/** In calls of their own that share a commit, so that one that cannot be read does not keep the others out. */
async function restoreMany(
  writer: Writer,
  episodes: readonly KeptEpisode[],
  empty: Map<string, boolean>,
): Promise<number> {
  const results = await Promise.all(episodes.map((episode) => {
    const agents = [episode, ...episode.steps, ...episode.feedback].map(({ agent }) => agent);
    return writer.run([...new Set(agents)], async (context) => {
      for (const agent of agents) {
        if (!empty.has(agent)) empty.set(agent, context.journals.of(agent).last === 0);
      }
      return await restoreOne(context, episode, (agent) => empty.get(agent)!);
    });
  }));
  return results.reduce((sum, each) => sum + each, 0);
}

async function restoreOne(
  context: WriteContext,
  episode: KeptEpisode,
  isEmpty: (agent: string) => boolean,
): Promise<number> {
  const { unit, database } = context;
  const isNew = await database.insert(unit, "episodes", [{
    id: episode.id,
    agent: episode.agent,
    started_at: episode.startedAt,
    ended_at: episode.end?.endedAt ?? null,
    terminated: episode.end === undefined ? null : Number(episode.end.terminated),
  }], "id");
  if (isNew.size === 0) return 0;

  const named = episode.steps.map((step) => step.candidates && context.lists.name(step.candidates));
  const lists = new Map(named.flatMap((list) => list === undefined ? [] : [[list.hash, list.text] as const]));
  const listRows = [...lists].map(([hash, candidates]) => ({ hash, candidates }));
  await database.insert(unit, "candidate_lists", listRows, "hash");
  const steps = episode.steps.map((step, index) =>
    stepRow.of(
      step,
      named[index]?.hash ?? null,
      windows.nextSettlement(context.metricsOf(step.agent), step.createdAt),
    )
  );
  await database.insert(unit, "steps", steps, "id");
  await restoreFeedback(context, episode);
  await restoreRewards(context, episode, isEmpty);
  return 1;
}

async function restoreFeedback(context: WriteContext, episode: KeptEpisode): Promise<void> {
  const settled = new Set<string>();
  const rows = episode.feedback.map((feedback) => {
    const status = feedback.status ?? statusOf(context, episode, feedback, settled);
    const dueAt = feedback.receivedAt + windows.waitMs(context.metricsOf(feedback.agent), feedback.metric);
    return feedbackRow.of(feedback, status, status === "early" ? dueAt : null);
  });
  const written = await context.database.insert(context.unit, "feedback", rows, "id");
  for (const { id, agent, status } of rows) {
    if (written.has(id)) context.journals.of(agent).count(status as FeedbackStatus);
  }
}

/** What became of feedback that an export does not say of. */
function statusOf(
  context: WriteContext,
  { steps }: KeptEpisode,
  feedback: KeptFeedback,
  settled: Set<string>,
): FeedbackStatus {
  const own = steps.filter(({ agent }) => agent === feedback.agent);
  const step = feedback.stepId === undefined ? own.at(-1) : own.find(({ id }) => id === feedback.stepId);
  const verdict = verdictOf(context.metricsOf(feedback.agent), feedback, step);
  if (verdict.reward === undefined) return verdict.status;
  const name = nameOf(feedback.agent, verdict.subject!, feedback.metric);
  if (settled.has(name)) return "superseded";
  settled.add(name);
  return verdict.status;
}

async function restoreRewards(
  context: WriteContext,
  episode: KeptEpisode,
  isEmpty: (agent: string) => boolean,
): Promise<void> {
  const steps = new Map(episode.steps.map((step) => [step.id, step]));
  const sources = await readSources(context, [episode.id, ...steps.keys()]);
  const rows = episode.rewards.flatMap((reward) => {
    const agent = steps.get(reward.stepId)?.agent;
    if (agent === undefined) return [];
    const isOfEpisode = context.metricsOf(agent)[reward.metric]?.level === "episode";
    const subject = isOfEpisode ? episode.id : reward.stepId;
    if (sources.has(nameOf(agent, subject, reward.metric))) return [];
    return [{
      agent,
      sequence: reward.sequence,
      step_id: reward.stepId,
      subject,
      metric: reward.metric,
      reward: reward.reward,
      source: reward.source,
      correction: reward.correction ?? null,
      settled_at: reward.settledAt,
    }];
  });
  for (const row of rows) {
    const journal = context.journals.of(row.agent);
    const kept = isEmpty(row.agent) &&
      (await context.database.insert(context.unit, "rewards", [row], "subject")).size > 0;
    if (kept) journal.raise(row.sequence);
    else await context.database.insert(context.unit, "rewards", [{ ...row, sequence: journal.next() }], "subject");
    if (row.source === "judged") journal.weigh(row.metric, row.reward);
    context.rewarded.add(row.agent);
  }
}
