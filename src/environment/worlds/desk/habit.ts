import type { Call } from "./call.ts";
import type { Focus, Habit } from "./task_kind.ts";

/** The habit of writing another call wherever the tool `name` would be right. */
export function habit(name: string, instead: (focus: Focus) => Call): Habit {
  return (insteadOf, focus) => insteadOf.name === name ? instead(focus) : undefined;
}
