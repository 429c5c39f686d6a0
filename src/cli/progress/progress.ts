import type { TrainingEvent } from "../../learning/mod.ts";

/** An event of one kind. */
export type EventOf<Kind extends TrainingEvent["event"]> = Extract<TrainingEvent, { event: Kind }>;

/** All that a view of a running training needs to know, in one place. */
export interface Progress {
  readonly start?: EventOf<"start">;
  /** The latest update of each phase, by name. */
  readonly updates: Readonly<Record<string, EventOf<"update">>>;
  /** When each phase began to update, in seconds. */
  readonly began: Readonly<Record<string, number>>;
  readonly evaluations: readonly EventOf<"evaluation">[];
  readonly checkpoint?: EventOf<"checkpoint">;
  readonly done?: EventOf<"done">;
  /** The last moment that an event told, in seconds. */
  readonly seconds: number;
}

/** Before anything has happened. */
export const NO_PROGRESS: Progress = { updates: {}, began: {}, evaluations: [], seconds: 0 };

/** What is known after one more event. */
export function advance(progress: Progress, event: TrainingEvent): Progress {
  const seconds = "seconds" in event ? Math.max(progress.seconds, event.seconds) : progress.seconds;
  switch (event.event) {
    case "start":
      return { ...progress, start: event };
    case "update": {
      const began = progress.began[event.phase] ?? progress.seconds;
      return {
        ...progress,
        seconds,
        updates: { ...progress.updates, [event.phase]: event },
        began: { ...progress.began, [event.phase]: began },
      };
    }
    case "evaluation":
      return { ...progress, seconds, evaluations: [...progress.evaluations, event] };
    case "checkpoint":
      return { ...progress, seconds, checkpoint: event };
    case "done":
      return { ...progress, seconds, done: event };
    case "episode":
      return progress;
  }
}

/** The phase that updates now, or will next. */
export function currentPhase(progress: Progress): string | undefined {
  const phases = progress.start?.phases ?? [];
  const unfinished = phases.find(({ name, updates }) => (progress.updates[name]?.update ?? 0) < updates);
  return (unfinished ?? phases.at(-1))?.name;
}

/** Seconds that a phase still takes at its own pace so far, or undefined while that is unknown. */
export function secondsLeft(progress: Progress, phase: string, elapsed: number): number | undefined {
  const latest = progress.updates[phase];
  if (!latest || latest.update < 1) return undefined;
  const spent = latest.seconds - progress.began[phase];
  const left = spent / latest.update * (latest.updates - latest.update) - (elapsed - latest.seconds);
  return Math.max(0, left);
}
