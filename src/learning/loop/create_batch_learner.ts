import type { AgentConfiguration } from "../../agent/mod.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { LearningPolicy, PolicySnapshot } from "../../policy/mod.ts";
import type { AgentLearner, Assessment, LearnOptions, UpdateMetrics } from "./agent_learner.ts";
import { GRADIENT_DEFAULTS, type GradientOptions } from "./gradient/gradient_options.ts";
import { readMemory, withMemory } from "./gradient/learner_memory.ts";
import type { StepReader } from "./gradient/step_reader.ts";
import { updatePolicy } from "./gradient/update_policy.ts";
import { isHeldOut } from "./is_held_out.ts";

/** Weights that learn, and how they see kept steps. */
export interface Learning extends Disposable {
  /** What learns. */
  readonly policy: LearningPolicy;
  /** How it sees kept steps. */
  readonly reader: StepReader;
}

/** What a batch learner is made of. */
export interface BatchLearnerParts {
  /** Where it starts from. */
  readonly snapshot: PolicySnapshot;
  /** Weights of a snapshot. */
  readonly open: (snapshot: PolicySnapshot) => Learning;
  /** Disposed of with the learner. */
  readonly owned?: Disposable;
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
 * Learns by batched, step-wise policy gradients from judged steps: clipped importance ratios, a baseline of similar steps,
 * weights for late data; corrections are imitated.
 *
 * An update is made of every `update.judgements` judged steps, of fewer after `update.seconds` (call `learn` with no steps
 * now and then, so that time is noticed) or on `flush`. `learnedUpTo` is the last place that the weights have taken in:
 * steps after it wait in memory, `takenUpTo` is the last of those, and after a restart they are given again. Nothing that
 * was judged is lost with a snapshot.
 *
 * The weights are a function of the journal and of where it was cut into updates; a version is so kept whole.
 */
export function createBatchLearner(
  kernels: Kernels,
  { update, gate, learnsFrom }: AgentConfiguration,
  parts: BatchLearnerParts,
): AgentLearner {
  const { pause = nextTurn } = parts;
  const options = { ...GRADIENT_DEFAULTS, ...parts.options };
  let learning = parts.open(parts.snapshot);
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
          ...{ kernels, policy: learning.policy, reader: learning.reader, memory },
          ...{ staleness, learningRate, options, pause: mayGoOn },
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
        const { policy } = learning;
        policy.writeGradients(new Float32Array(policy.parameterCount));
        throw error;
      });
      last = learned.catch(() => undefined);
      return learned;
    },
    snapshot: () => {
      fresh = false;
      return withMemory(learning.policy.snapshot({ resume: true }), memory);
    },
    payload: () => {
      fresh = false;
      return { kind: "snapshot", snapshot: learning.policy.snapshot() };
    },
    restore: (snapshot, upTo) => {
      const next = parts.open(snapshot);
      generation += 1;
      learning[Symbol.dispose]();
      [learning, memory] = [next, readMemory(snapshot)];
      [learnedUpTo, takenUpTo, pending, waitingSince, fresh] = [upTo, upTo, [], undefined, false];
    },
    assess: (steps) => assess(learning.reader, steps),
    [Symbol.dispose]: () => {
      generation += 1;
      learning[Symbol.dispose]();
      parts.owned?.[Symbol.dispose]();
    },
  };
}

/** Whether the weights would do the same when they take the most likely action. */
function assess(reader: StepReader, steps: readonly JudgedStep[]): Assessment {
  return { probabilities: Float64Array.from(steps, ({ step }) => Number(reader.takesToo?.(step) ?? false)) };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
