import type { Feedback, FeedbackOutcome, FeedbackStatus } from "../episode/mod.ts";
import { feedbackRow } from "./feedback_row.ts";
import { judge } from "./judge.ts";
import { findSteps } from "./find_steps.ts";
import type { WriteContext } from "./write_context.ts";

/** A judgement that is kept already, or was met before in the same group. */
interface Known {
  readonly feedback: Feedback;
  /** Its status, where it stands in the database. */
  readonly status?: FeedbackStatus;
}

/** Keeps judgements that are new, derives what they are worth at once, and says what became of each, in order. */
export async function writeFeedback(
  context: WriteContext,
  feedback: readonly Feedback[],
): Promise<readonly FeedbackOutcome[]> {
  if (feedback.length === 0) return [];
  const known = await readKnown(context, feedback);
  const fresh: Feedback[] = [];
  const repeats = new Map<number, FeedbackOutcome>();
  feedback.forEach((each, index) => {
    const name = nameOf(each);
    const before = known.get(name);
    if (before !== undefined) return repeats.set(index, repeatOf(context, each, before));
    known.set(name, { feedback: each });
    fresh.push(each);
  });

  const stepOf = await findSteps(context, fresh);
  const judged = await judge(context, fresh.map((each) => ({ feedback: each, step: stepOf(each) })));
  const rows = fresh.map((each, index) => feedbackRow.of(each, judged[index].status, judged[index].dueAt));
  const written = await context.database.insert(context.unit, "feedback", rows, "key");
  if (written.size !== new Set(rows.map(({ key }) => key)).size) {
    throw new Error("Cannot keep feedback: its key was taken at the same time");
  }
  fresh.forEach((each, index) => context.journals.of(each.agent).count(judged[index].status));

  let next = 0;
  return feedback.map((each, index) =>
    repeats.get(index) ?? { kind: "accepted", id: each.id, status: judged[next++].status }
  );
}

async function readKnown(context: WriteContext, feedback: readonly Feedback[]): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for (const [agent, ofAgent] of Map.groupBy(feedback, (each) => each.agent)) {
    const keys = ofAgent.map(({ key }) => key);
    const rows = await context.unit.selectFrom("feedback").selectAll()
      .where("agent", "=", agent).where(context.database.among("key", keys)).execute();
    for (const row of rows) {
      const { status, ...kept } = feedbackRow.read(row);
      known.set(nameOf(kept), { feedback: kept, status });
    }
  }
  return known;
}

function repeatOf(context: WriteContext, feedback: Feedback, known: Known): FeedbackOutcome {
  const { id } = known.feedback;
  // Our own, from an attempt whose commit we did not hear of.
  if (context.retried && id === feedback.id && known.status !== undefined) {
    return { kind: "accepted", id, status: known.status };
  }
  const kind = isEqual(feedback, known.feedback) ? "duplicate" : "conflict";
  context.journals.of(feedback.agent).count(kind);
  return { kind, id };
}

/** Whether both say the same; when it was received and under which id does not matter. */
function isEqual(a: Feedback, b: Feedback): boolean {
  return a.metric === b.metric && a.value === b.value && a.author === b.author && a.episodeId === b.episodeId &&
    a.stepId === b.stepId;
}

function nameOf({ agent, key }: Feedback): string {
  return `${agent}\n${key}`;
}
