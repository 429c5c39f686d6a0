import {
  type ActionSpace,
  type AgentConfiguration,
  createActionSpace,
  type PolicyParts,
  readReplay,
  restorePolicy,
} from "../../agent/mod.ts";
import { EddyError } from "../../errors.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { Policy } from "../../policy/mod.ts";
import type { AgentLearner, Assessment, LearnOptions, UpdateMetrics } from "./agent_learner.ts";
import { GRADIENT_DEFAULTS, type GradientOptions } from "./gradient/gradient_options.ts";
import { readMemory, withMemory } from "./gradient/learner_memory.ts";
import { updatePolicy } from "./gradient/update_policy.ts";
import { isHeldOut } from "./is_held_out.ts";

/** What a gradient learner is made of. */
export interface GradientLearnerParts extends PolicyParts {
  /** Last place of the journal behind the snapshot. Default 0. */
  readonly learnedUpTo?: number;
  /** What differs from the recipe. */
  readonly options?: Partial<GradientOptions>;
  /** Lets others work between two slices of an update. Default: a turn of the event loop. */
  readonly pause?: () => Promise<void>;
}

/** Thrown inside an update that was overtaken by `restore` or the learner's end. */
const GIVEN_UP = Symbol("given up");

/**
 * Learns a policy by batched, step-wise policy gradients from judged steps: clipped importance ratios, a baseline of
 * similar steps, weights for late data; corrections are imitated.
 *
 * An update is made of every `update.judgements` judged steps, of fewer after `update.seconds` (call `learn` with no steps
 * now and then, so that time is noticed) or on `flush`. `learnedUpTo` is the last place that the weights have taken in:
 * steps after it wait in memory, `takenUpTo` is the last of those, and after a restart they are given again. Nothing that
 * was judged is lost with a snapshot.
 *
 * The weights are a function of the journal and of where it was cut into updates; a version is so kept whole.
 *
 * @throws {EddyError} `configuration_invalid` If the configuration is of a reward model.
 */
export function createGradientLearner(
  kernels: Kernels,
  configuration: AgentConfiguration,
  parts: GradientLearnerParts,
): AgentLearner {
  if (configuration.policy.kind !== "checkpoint") {
    throw new EddyError("configuration_invalid", "Cannot learn by gradients: the policy is a reward model");
  }
  const { update, gate, learnsFrom } = configuration;
  const { pause = nextTurn } = parts;
  const options = { ...GRADIENT_DEFAULTS, ...parts.options };
  let policy = restorePolicy(kernels, parts.snapshot);
  const space = createActionSpace(kernels, parts);
  let memory = readMemory(parts.snapshot);
  let learnedUpTo = parts.learnedUpTo ?? 0, takenUpTo = learnedUpTo;
  let pending: JudgedStep[] = [];
  let waitingSince: number | undefined;
  let fresh = false, generation = 0;
  let last: Promise<unknown> = Promise.resolve();

  const counts = ({ metric, source, step }: JudgedStep): boolean =>
    (source === "correction" || metric === learnsFrom) && !isHeldOut(step.id, gate.heldOutShare);

  async function learnNow(
    steps: readonly JudgedStep[],
    { now, flush = false }: LearnOptions,
  ): Promise<UpdateMetrics[]> {
    const began = generation;
    const mayGoOn = async (): Promise<void> => {
      await pause();
      if (generation !== began) throw GIVEN_UP;
    };
    for (const judged of steps) {
      if (judged.sequence <= takenUpTo) continue;
      takenUpTo = judged.sequence;
      if (counts(judged)) pending.push(judged);
    }
    if (pending.length > 0) waitingSince ??= now;
    const reports: UpdateMetrics[] = [];
    const isDue = (): boolean =>
      pending.length >= update.judgements ||
      (pending.length > 0 && (flush || now - (waitingSince ?? now) >= update.seconds * 1000));
    while (isDue()) {
      const batch = pending.slice(0, update.judgements);
      const { staleness, learningRate } = update;
      reports.push(
        await updatePolicy(batch, {
          ...{ kernels, policy, space, memory, staleness, learningRate, options, pause: mayGoOn },
        }),
      );
      pending = pending.slice(batch.length);
      waitingSince = pending.length > 0 ? now : undefined;
      learnedUpTo = batch[batch.length - 1].sequence;
      fresh = true;
    }
    if (pending.length === 0) learnedUpTo = takenUpTo;
    return reports;
  }

  return {
    get learnedUpTo(): number {
      return learnedUpTo;
    },
    get takenUpTo(): number {
      return takenUpTo;
    },
    get hasCandidate(): boolean {
      return fresh;
    },
    learn: (steps, given) => {
      const learned = last.then(() => learnNow(steps, given)).catch((error) => {
        if (error === GIVEN_UP) return [];
        // Half a gradient is none.
        policy.writeGradients(new Float32Array(policy.parameterCount));
        throw error;
      });
      last = learned.catch(() => undefined);
      return learned;
    },
    snapshot: () => {
      fresh = false;
      return withMemory(policy.snapshot({ resume: true }), memory);
    },
    payload: () => {
      fresh = false;
      return { kind: "snapshot", snapshot: policy.snapshot() };
    },
    restore: (snapshot, upTo) => {
      const next = restorePolicy(kernels, snapshot);
      generation += 1;
      policy[Symbol.dispose]();
      [policy, memory] = [next, readMemory(snapshot)];
      [learnedUpTo, takenUpTo, pending, waitingSince, fresh] = [upTo, upTo, [], undefined, false];
    },
    assess: (steps) => assess(policy, space, steps),
    [Symbol.dispose]: () => {
      generation += 1;
      policy[Symbol.dispose]();
      space[Symbol.dispose]();
    },
  };
}

/** Whether the policy would do the same when it takes the most likely action. */
function assess(policy: Policy, space: ActionSpace, steps: readonly JudgedStep[]): Assessment {
  const probabilities = new Float64Array(steps.length);
  using context = policy.open();
  for (const [i, { step }] of steps.entries()) {
    const limit = step.replay === undefined ? space.limitOf(step) : readReplay(step).limit;
    context.restart(step.turns);
    const request = { context, ...space.open(limit, step.candidates), seed: 0, stream: 0 };
    probabilities[i] = Number(policy.decide([request], { temperature: 0 })[0].text === step.action);
  }
  return { probabilities };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
