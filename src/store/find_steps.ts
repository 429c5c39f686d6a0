import type { Feedback } from "../episode/mod.ts";
import type { KnownStep } from "./memory.ts";
import type { WriteContext } from "./write_context.ts";

const COLUMNS = ["id", "agent", "episode_id", "created_at", "action"] as const;

/**
 * Finds what judgements are about: the step they name, else the last step of their episode. A step of another agent or
 * episode than the judgement says is not its step.
 */
export async function findSteps(
  context: WriteContext,
  feedback: readonly Feedback[],
): Promise<(feedback: Feedback) => KnownStep | undefined> {
  const byId = new Map<string, KnownStep>();
  const missing = new Map<string, string>();
  const episodes = new Set<string>();
  for (const each of feedback) {
    if (isOfEpisode(context, each)) {
      episodes.add(each.episodeId);
      continue;
    }
    const id = each.stepId!;
    const known = context.fresh.get(id) ?? context.journals.of(each.agent).memory.steps.get(id);
    if (known === undefined) missing.set(id, each.agent);
    else byId.set(id, known);
  }
  for (const step of await readSteps(context, [...missing.keys()])) {
    byId.set(step.id, step);
    const { memory } = context.journals.of(missing.get(step.id)!);
    context.committed.push(() => memory.steps.set(step.id, step));
  }
  const last = await readLast(context, [...episodes]);
  return (each) => {
    const step = isOfEpisode(context, each) ? last.get(nameOf(each.episodeId, each.agent)) : byId.get(each.stepId!);
    return step?.agent === each.agent && step.episodeId === each.episodeId ? step : undefined;
  };
}

/** The level of the metric decides; feedback by the other names is about the step, where it names one. */
function isOfEpisode(context: WriteContext, { agent, metric, stepId }: Feedback): boolean {
  return stepId === undefined || context.metricsOf(agent)[metric]?.level === "episode";
}

async function readSteps({ unit, database }: WriteContext, ids: readonly string[]): Promise<KnownStep[]> {
  if (ids.length === 0) return [];
  const rows = await unit.selectFrom("steps").select(COLUMNS).where(database.among("id", ids)).execute();
  return rows.map(known);
}

async function readLast(
  { unit, database }: WriteContext,
  episodes: readonly string[],
): Promise<Map<string, KnownStep>> {
  if (episodes.length === 0) return new Map();
  const rows = await unit.selectFrom("steps").select(COLUMNS).where(
    "id",
    "in",
    (query) =>
      query.selectFrom("steps as each").select(({ fn }) => fn.max("each.id").as("last"))
        .where(database.among("each.episode_id", episodes)).groupBy(["each.episode_id", "each.agent"]),
  ).execute();
  return new Map(rows.map((row) => [nameOf(row.episode_id, row.agent), known(row)]));
}

function known(row: { id: string; agent: string; episode_id: string; created_at: number; action: string }): KnownStep {
  return {
    id: row.id,
    agent: row.agent,
    episodeId: row.episode_id,
    createdAt: row.created_at,
    action: row.action,
  };
}

function nameOf(episode: string, agent: string): string {
  return `${agent}\n${episode}`;
}
