import { EddyError } from "../../../errors.ts";
import type { Environment, Outcome, Split, Start, World } from "../../environment.ts";
import { parseCall } from "./_parse_call.ts";
import { type Call, formatCall } from "./call.ts";
import { expertCall } from "./expert.ts";
import { deskDefaults, type DeskOptions, readDeskOptions } from "./options.ts";
import { drawTask, type Task } from "./task.ts";
import { type Desk, tools } from "./tools/mod.ts";

/** Paid for the right end; the sub-goals share the rest of 1. */
const successReward = 0.6;
const failurePenalty = 0.05;
/** For reading what is not needed, or again. */
const idlePenalty = 0.02;

/**
 * A generated service desk: each seed makes a small company and one request, which the agent serves with tool calls.
 *
 * Each call of the task's plan but the last is a sub-goal that pays once. An act before the reading that its rules need, an
 * act that a rule forbids, or one that nobody asked for fails the audit: the episode goes on, but cannot succeed any more.
 * Success is the right closing call with all sub-goals reached and nothing else changed.
 *
 * ```text
 * reward = 0.4 / sub-goals   when a sub-goal is first reached      − 0.05 for errors and audited acts
 *        + 0.6               for success                           − 0.02 for idle reading
 * ```
 *
 * ```ts
 * import { strict as assert } from "node:assert";
 * const environment = desk.create({ kinds: ["status"], distractorShare: 0 });
 * environment.reset(1, "train");
 * const first = environment.step(environment.gold!()!);
 * const last = environment.step(environment.gold!()!);
 * assert.ok(!first.terminated && last.terminated && last.success);
 * ```
 */
export const desk: World = {
  name: "desk",
  description: "A generated service desk: serve one request of a small company's customer with tool calls.",
  horizon: deskDefaults.horizon,
  tools: [...tools.values()].map((entry) => entry.tool),
  create: (options = {}) => openDesk(readDeskOptions(options)),
};

/** What an episode has come to. */
interface Progress {
  readonly seed: number;
  readonly split: Split;
  readonly task: Task;
  readonly desk: Desk;
  /** Which calls of the plan were made. */
  readonly reached: boolean[];
  /** Everything written so far: an episode is its seed and its actions. */
  readonly actions: string[];
  /** Why the audit will fail. */
  spoiled: string | undefined;
  failed: boolean;
  ended: boolean;
  success: boolean;
  /** Sum of the rewards so far. */
  total: number;
}

interface Snapshot {
  readonly seed: number;
  readonly split: Split;
  readonly actions: readonly string[];
}

function openDesk(options: DeskOptions): Environment {
  let progress: Progress | undefined;
  const current = (): Progress => {
    if (!progress) throw new EddyError("environment_invalid", "Cannot act at the desk: call reset first");
    return progress;
  };
  const environment = {
    reset(seed: number, split: Split): Start {
      const task = drawTask(seed, split, options);
      progress = {
        seed,
        split,
        task,
        desk: { company: task.company, read: new Set() },
        reached: task.plan.map(() => false),
        actions: [],
        spoiled: undefined,
        failed: false,
        ended: false,
        success: false,
        total: 0,
      };
      return { turns: [{ role: "user", text: task.request }] };
    },
    step: (action: string) => step(current(), action, options),
    gold: () => {
      const right = rightCall(current(), options);
      return right && formatCall(right);
    },
    expert: (random: () => number) => {
      const { task, failed } = current();
      return formatCall(expertCall({ task, right: rightCall(current(), options), failed }, options, random));
    },
    snapshot(): Snapshot {
      const { seed, split, actions } = current();
      return { seed, split, actions: [...actions] };
    },
    restore(snapshot: unknown): void {
      if (!isSnapshot(snapshot)) {
        throw new EddyError("environment_invalid", "Cannot restore the desk: this is not one of its snapshots");
      }
      environment.reset(snapshot.seed, snapshot.split);
      for (const action of snapshot.actions) environment.step(action);
    },
  } satisfies Environment;
  return environment;
}

function step(progress: Progress, action: string, options: DeskOptions): Outcome {
  if (progress.ended) return outcome(progress, "error: the case is closed", 0, false);
  progress.actions.push(action);
  const { text, reward } = apply(progress, action);
  progress.failed = text.startsWith("error:");
  progress.total += reward;
  const terminated = progress.ended;
  const truncated = !terminated && progress.actions.length >= options.horizon;
  progress.ended ||= truncated;
  if (options.reward === "step") return outcome(progress, text, reward, truncated);
  return outcome(progress, text, progress.success ? progress.total : 0, truncated);
}

function outcome(progress: Progress, text: string, reward: number, truncated: boolean): Outcome {
  return {
    turns: [{ role: "tool", text }],
    reward,
    terminated: progress.ended && !truncated,
    truncated,
    success: progress.success,
  };
}

/** Makes the call, moves the progress on, and says what it brought. */
function apply(progress: Progress, action: string): { readonly text: string; readonly reward: number } {
  const call = parseCall(action, tools);
  if (typeof call === "string") return { text: call, reward: -failurePenalty };
  const used = tools.get(call.name);
  if (!used) return { text: "error: no such tool", reward: -failurePenalty };
  const text = used.run(progress.desk, call.arguments);
  if (text.startsWith("error:")) return { text, reward: -failurePenalty };
  if (used.kind === "close") return close(progress, call);
  const index = planIndex(progress, call);
  if (used.kind === "act") {
    progress.spoiled ??= progress.desk.breach;
    if (index < 0) progress.spoiled ??= `${call.name} was not asked for`;
    else if (progress.reached.indexOf(false) < index) progress.spoiled ??= `${call.name} came too early`;
    if (progress.spoiled) return { text, reward: -failurePenalty };
  }
  if (index < 0) return { text, reward: -idlePenalty };
  progress.reached[index] = true;
  const subGoals = progress.task.plan.length - 1;
  return { text, reward: progress.spoiled ? 0 : (1 - successReward) / subGoals };
}

function close(progress: Progress, call: Call): { readonly text: string; readonly reward: number } {
  const last = progress.task.plan.length - 1;
  progress.ended = true;
  const isRight = planIndex(progress, call) === last;
  if (!isRight) progress.spoiled ??= "the answer is wrong";
  else if (progress.reached.indexOf(false) < last) progress.spoiled ??= "something was left out";
  progress.success = !progress.spoiled;
  const text = progress.spoiled ? `closed, audit: ${progress.spoiled}` : "closed, audit passed";
  return { text, reward: progress.success ? successReward : 0 };
}

/** Place of a call among those of the plan that were not made yet, or -1. */
function planIndex({ task, reached }: Progress, call: Call): number {
  const text = formatCall(call);
  for (let index = 0; index < reached.length; index++) {
    if (!reached[index] && task.planTexts[index] === text) return index;
  }
  return -1;
}

function rightCall(progress: Progress, options: DeskOptions): Call | undefined {
  if (progress.ended || progress.spoiled) return undefined;
  const next = progress.reached.indexOf(false);
  const needed = progress.reached.length - next;
  return progress.actions.length + needed <= options.horizon ? progress.task.plan[next] : undefined;
}

function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === "object" && value !== null && "seed" in value && typeof value.seed === "number" &&
    "split" in value && (value.split === "train" || value.split === "validation" || value.split === "test") &&
    "actions" in value && Array.isArray(value.actions) &&
    value.actions.every((action) => typeof action === "string");
}
