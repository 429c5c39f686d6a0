import type { StepRecord } from "../episode/mod.ts";
import { feedbackRow } from "./feedback_row.ts";
import { judge, type Judgement } from "./judge.ts";
import type { KnownStep } from "./memory.ts";
import { setStatuses } from "./set_statuses.ts";
import { stepRow } from "./step_row.ts";
import { windows } from "./windows.ts";
import type { WriteContext } from "./write_context.ts";

/**
 * Keeps steps that are new, with their episodes and lists of candidates, and joins the feedback that waited for them.
 *
 * @returns Those that were kept.
 */
export async function writeSteps(
  context: WriteContext,
  steps: readonly StepRecord[],
): Promise<ReadonlySet<StepRecord>> {
  const kept = new Set<StepRecord>();
  const unknown = new Map<string, StepRecord>();
  for (const step of steps) {
    if (unknown.has(step.id) || context.journals.of(step.agent).memory.steps.get(step.id) !== undefined) continue;
    unknown.set(step.id, step);
  }
  if (unknown.size === 0) return kept;
  const candidates = [...unknown.values()];
  const hashes = await writeLists(context, candidates);
  await writeEpisodes(context, candidates);
  const rows = candidates.map((step) =>
    stepRow.of(
      step,
      hashes.get(step.id) ?? null,
      windows.nextSettlement(context.metricsOf(step.agent), step.createdAt),
    )
  );
  const written = await context.database.insert(context.unit, "steps", rows, "id");
  const fresh: KnownStep[] = [];
  for (const step of candidates) {
    const { id, agent, episodeId, createdAt, action } = step;
    if (!written.has(id)) continue;
    const known = { id, agent, episodeId, createdAt, action };
    fresh.push(known);
    kept.add(step);
    context.fresh.set(id, known);
    context.committed.push(() => {
      context.journals.of(agent).memory.steps.set(id, known);
      context.recent.set(id, step);
    });
  }
  await joinEarly(context, fresh);
  return kept;
}

/** Hashes of the lists, by step. */
async function writeLists(context: WriteContext, steps: readonly StepRecord[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const unknown = new Map<string, string>();
  for (const step of steps) {
    if (step.candidates === undefined) continue;
    const { hash, text } = context.lists.name(step.candidates);
    hashes.set(step.id, hash);
    const { lists } = context.journals.of(step.agent).memory;
    if (lists.get(hash) === true) continue;
    unknown.set(hash, text);
    context.committed.push(() => lists.set(hash, true));
  }
  const rows = [...unknown].map(([hash, candidates]) => ({ hash, candidates }));
  await context.database.insert(context.unit, "candidate_lists", rows, "hash");
  return hashes;
}

/** An episode starts with the earliest of its steps, in whichever order they come. */
async function writeEpisodes(context: WriteContext, steps: readonly StepRecord[]): Promise<void> {
  const starts = new Map<string, { agent: string; startedAt: number }>();
  for (const { episodeId, agent, createdAt } of steps) {
    const known = context.journals.of(agent).memory.episodes.get(episodeId);
    if (known !== undefined && known <= createdAt) continue;
    const startedAt = Math.min(starts.get(episodeId)?.startedAt ?? Infinity, createdAt);
    starts.set(episodeId, { agent, startedAt });
  }
  const rows = [...starts].map(([id, { agent, startedAt }]) => (
    { id, agent, started_at: startedAt, ended_at: null, terminated: null }
  ));
  const written = await context.database.insert(context.unit, "episodes", rows, "id");
  for (const { id, agent, started_at } of rows) {
    if (!written.has(id)) {
      await context.unit.updateTable("episodes").set({ started_at })
        .where("id", "=", id).where("started_at", ">", started_at).execute();
    }
    context.committed.push(() => context.journals.of(agent).memory.episodes.set(id, started_at));
  }
}

async function joinEarly(context: WriteContext, steps: readonly KnownStep[]): Promise<void> {
  const expected = steps.filter(({ agent }) => context.journals.of(agent).early > 0);
  if (expected.length === 0) return;
  const episodes = [...new Set(expected.map(({ episodeId }) => episodeId))];
  const rows = await context.unit.selectFrom("feedback").selectAll()
    .where("status", "=", "early").where(context.database.among("episode_id", episodes))
    .orderBy("received_at").orderBy("id").execute();
  const judgements: Judgement[] = [];
  for (const row of rows) {
    const step = row.step_id === null
      ? lastOf(steps, row.episode_id, row.agent)
      : expected.find(({ id, agent, episodeId }) =>
        id === row.step_id && agent === row.agent && episodeId === row.episode_id
      );
    if (step !== undefined) judgements.push({ feedback: feedbackRow.read(row), step });
  }
  const judged = await judge(context, judgements);
  await setStatuses(context, judgements.map(({ feedback }, index) => ({ feedback, status: judged[index].status })));
}

function lastOf(steps: readonly KnownStep[], episode: string, agent: string): KnownStep | undefined {
  let last: KnownStep | undefined;
  for (const step of steps) {
    if (step.episodeId !== episode || step.agent !== agent) continue;
    if (last === undefined || step.id > last.id) last = step;
  }
  return last;
}
