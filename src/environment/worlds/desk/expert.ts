import type { Call } from "./call.ts";
import { drawValue } from "./draw_value.ts";
import type { DeskOptions } from "./options.ts";
import { steps } from "./steps.ts";
import type { Task } from "./task.ts";
import { taskKinds } from "./tasks/mod.ts";
import { tools } from "./tools/mod.ts";

/** Where an episode stands, as far as the expert looks. */
export interface ExpertView {
  readonly task: Task;
  /** The right next call; undefined when the task is lost. */
  readonly right: Call | undefined;
  /** The last answer was an error message. */
  readonly failed: boolean;
}

/** How often the expert goes on after an error message, instead of pretending that all is done. */
const recoveryRate = 0.3;

/**
 * The scripted expert's next call: right on most phrasings, wrong by habit on trap phrasings, helpless after errors, and
 * with random slips everywhere. It is right often enough for each right call to be tried.
 */
export function expertCall({ task, right, failed }: ExpertView, options: DeskOptions, random: () => number): Call {
  if (!right || (failed && random() >= recoveryRate)) return steps.reply("done");
  if (random() < options.expertNoise) return slip(right, random);
  if (isTrap(task, options.trapShare) && random() < options.habitRate) {
    const habits = task.kind.habits;
    return habits[task.phrasing % habits.length](right, task.focus) ?? right;
  }
  return right;
}

/**
 * Whether the expert has a wrong habit on the task's phrasing. The traps are spread evenly over the phrasings of all kinds
 * and do not depend on any seed.
 */
export function isTrap({ kind, phrasing }: Pick<Task, "kind" | "phrasing">, share: number): boolean {
  // The offset lets kinds begin their pattern at different places.
  const place = phrasing + 3 * taskKinds.indexOf(kind);
  return Math.floor((place + 1) * share) > Math.floor(place * share);
}

/** Another value of one argument. */
function slip(call: Call, random: () => number): Call {
  const properties = tools.get(call.name)?.tool.parameters.properties ?? {};
  const keys = Object.keys(properties);
  const key = keys[Math.floor(random() * keys.length)];
  return { name: call.name, arguments: { ...call.arguments, [key]: drawValue(properties[key], random) } };
}
