import type { Feedback, FeedbackOutcome } from "../episode/mod.ts";
import type { OutboxItem } from "./outbox_storage.ts";

/** How many steps and judgements an outbox remembers, each. */
export const RECENT_ITEMS = 10_000;

/** What came in lately: answers repeats at once. What is older is told apart by the centre, which knows every key. */
export interface RecentItems {
  /** Remembers something that is kept. */
  see(item: OutboxItem): void;
  /** Keeps the judgements that are new through `keep`, and answers all of them once those are durable. */
  judge(
    feedback: readonly Feedback[],
    keep: (fresh: readonly Feedback[]) => Promise<void>,
  ): Promise<readonly FeedbackOutcome[]>;
}

interface Judgement {
  readonly id: string;
  readonly content: string;
  /** Resolves once it is on disk. */
  readonly kept: Promise<void>;
}

/** Remembers nothing yet. */
export function recentItems(): RecentItems {
  const steps = new Map<string, true>();
  const judgements = new Map<string, Judgement>();

  return {
    see(item): void {
      if (item.kind === "step") remember(steps, item.step.id, true);
      if (item.kind !== "feedback") return;
      const { id, key } = item.feedback;
      remember(judgements, key, { id, content: contentOf(item.feedback), kept: Promise.resolve() });
    },
    async judge(feedback, keep): Promise<readonly FeedbackOutcome[]> {
      const fresh: Feedback[] = [];
      const written = Promise.withResolvers<void>();
      const answers = feedback.map((judgement): Judgement & { readonly outcome: FeedbackOutcome } => {
        const [before, content] = [judgements.get(judgement.key), contentOf(judgement)];
        if (before) {
          return { ...before, outcome: { kind: before.content === content ? "duplicate" : "conflict", id: before.id } };
        }
        const { id, stepId } = judgement;
        const own = { id, content, kept: written.promise };
        remember(judgements, judgement.key, own);
        fresh.push(judgement);
        const status = stepId && steps.has(stepId) ? "joined" : "early";
        return { ...own, outcome: { kind: "accepted", id, status } };
      });
      try {
        if (fresh.length) await keep(fresh);
        written.resolve();
      } catch (error) {
        for (const { key } of fresh) judgements.delete(key);
        written.reject(error);
      }
      await Promise.all(answers.map(({ kept }) => kept));
      await written.promise;
      return answers.map(({ outcome }) => outcome);
    },
  };
}

function remember<T>(into: Map<string, T>, key: string, value: T): void {
  into.set(key, value);
  if (into.size > RECENT_ITEMS) into.delete(into.keys().next().value!);
}

function contentOf({ agent, metric, episodeId, stepId, value, author }: Feedback): string {
  return JSON.stringify([agent, metric, episodeId, stepId, value, author]);
}
