import type { Feedback, FeedbackStatus } from "../episode/mod.ts";
import type { WriteContext } from "./write_context.ts";

/** Early feedback and what became of it. */
export interface StatusChange {
  readonly feedback: Pick<Feedback, "agent" | "key">;
  readonly status: FeedbackStatus;
}

/** Ends the waiting of early feedback, in its rows and in the totals. */
export async function setStatuses(context: WriteContext, changes: readonly StatusChange[]): Promise<void> {
  for (const group of Map.groupBy(changes, (each) => `${each.status}\n${each.feedback.agent}`).values()) {
    const { feedback: { agent }, status } = group[0];
    await context.unit.updateTable("feedback").set({ status, due_at: null })
      .where("agent", "=", agent)
      .where(context.database.among("key", group.map(({ feedback }) => feedback.key)))
      .execute();
    context.journals.of(agent).count("early", -group.length);
    context.journals.of(agent).count(status, group.length);
  }
}
