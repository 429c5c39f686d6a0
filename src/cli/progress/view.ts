import type { TrainingEvent } from "../../learning/mod.ts";

/** Shows a run while it goes on. */
export interface View {
  event(event: TrainingEvent): void;
  /** Says something between events. */
  note(text: string): void;
  /** Leaves the terminal as it was; nothing is shown afterwards. */
  close(): void;
}
