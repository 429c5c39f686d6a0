import type { Kernels } from "../kernels/mod.ts";
import type { PolicySnapshot } from "../policy/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import type { ReplicaSetup } from "./crew.ts";
import type { DoneEvent, EvaluationEvent, PhaseName, TrainingEvent } from "./events.ts";
import { imitate, reinforce } from "./learn_batch.ts";
import { openCrew } from "./open_crew.ts";
import { play } from "./play.ts";
import { newPolicy } from "./new_policy.ts";
import { openWorld } from "./open_world.ts";
import { readableEpisodes } from "./readable_episodes.ts";
import { summarize } from "./summarize.ts";

/** Where a run stands; with the policy's snapshot it is all that a resume needs. */
export interface RunState {
  /** Updates of both phases done so far. */
  readonly updates: number;
  /** Shown and written while learning. */
  readonly tokens: number;
  /** Spent so far. */
  readonly seconds: number;
  /** Held-out success before any training, once measured. */
  readonly untrained?: number;
  /** Held-out success after the warm start, once measured. */
  readonly warmStart?: number;
}

/** What a run takes from outside. */
export interface TrainDependencies {
  /** The mathematics. */
  readonly kernels: Kernels;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Hears what happens. */
  readonly onEvent: (event: TrainingEvent) => void;
  /** Keeps a checkpoint; resolves with its folder once it is on disk. */
  readonly save: (snapshot: PolicySnapshot, state: RunState) => Promise<string>;
  /** Starts a worker that serves replicas; without it everything runs in this thread. */
  readonly spawnWorker?: () => Worker;
  /** Stops the run after the current update, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** A run to go on with. */
  readonly resume?: { readonly snapshot: PolicySnapshot; readonly state: RunState };
}

/**
 * Trains an agent: imitation of the world's expert, then step-wise reinforcement, evaluated on held-out tasks.
 *
 * Equal configurations give equal weights, bit for bit, whatever the number of workers and however often the run was
 * stopped and resumed.
 *
 * @returns The closing event, or undefined when the signal stopped the run.
 */
export async function train(
  configuration: TrainConfiguration,
  dependencies: TrainDependencies,
): Promise<DoneEvent | undefined> {
  const { kernels, now, onEvent, signal, resume } = dependencies;
  const { warmStart, reinforcement, evaluation, seed } = configuration;
  const started = now() - (resume?.state.seconds ?? 0) * 1000;
  const seconds = (): number => (now() - started) / 1000;
  let state: RunState = resume?.state ?? { updates: 0, tokens: 0, seconds: 0 };

  const snapshot = resume?.snapshot ?? newPolicy(kernels, await openWorld(configuration), configuration);
  const parameters = parameterCount(snapshot);
  const gradients = new SharedArrayBuffer(4 * Math.max(warmStart.shards, reinforcement.shards) * parameters);
  const setup: ReplicaSetup = { configuration, snapshot, gradients };
  using crew = await openCrew(kernels, setup, dependencies.spawnWorker);
  onEvent({
    event: "start",
    preset: configuration.preset,
    environment: configuration.environment,
    seed,
    parameters,
    workers: crew.size,
    instructionSet: kernels.instructionSet(),
    phases: [
      { name: "warm start", updates: warmStart.updates },
      { name: "reinforcement", updates: reinforcement.updates },
    ],
  });

  const evaluate = async (phase: EvaluationEvent["phase"], final = false): Promise<number> => {
    const episodes = final ? evaluation.finalEpisodes : evaluation.episodes;
    const played = await play(crew, seed, {
      actor: "policy",
      split: final ? "test" : "validation",
      first: 0,
      episodes,
      shards: crew.size,
      temperature: evaluation.temperature,
    });
    const summary = summarize(played);
    onEvent({
      event: "evaluation",
      phase,
      update: state.updates,
      seconds: seconds(),
      success: summary.success,
      episodes,
      meanReturn: summary.meanReturn,
    });
    return summary.success;
  };
  const checkpoint = async (): Promise<string> => {
    state = { ...state, seconds: seconds() };
    const snapshot = await crew.ask("snapshot", { resume: true });
    const folder = await dependencies.save(snapshot, state);
    onEvent({ event: "checkpoint", folder, version: snapshot.version, seconds: seconds() });
    return folder;
  };
  const show = async (when: "before" | "after"): Promise<void> => {
    for (const event of await readableEpisodes(crew, kernels, configuration, when)) onEvent(event);
  };

  if (state.untrained === undefined) state = { ...state, untrained: await evaluate("untrained") };
  const total = warmStart.updates + reinforcement.updates;
  while (state.updates < total) {
    const phase: PhaseName = state.updates < warmStart.updates ? "warm start" : "reinforcement";
    if (phase === "reinforcement" && state.warmStart === undefined) {
      const reached = warmStart.updates > 0 ? await evaluate("warm start", true) : state.untrained;
      state = { ...state, warmStart: reached };
      await show("before");
    }
    const before = now();
    const { metrics, tokens } = phase === "warm start"
      ? await imitate(crew, configuration, state.updates)
      : await reinforce(crew, kernels, configuration, state.updates);
    state = { ...state, updates: state.updates + 1, tokens: state.tokens + tokens };
    const updates = phase === "warm start" ? warmStart.updates : reinforcement.updates;
    const update = phase === "warm start" ? state.updates : state.updates - warmStart.updates;
    const tokensPerSecond = tokens / ((now() - before) / 1000);
    onEvent({
      event: "update",
      phase,
      update,
      updates,
      seconds: seconds(),
      metrics: { ...metrics, tokensPerSecond },
    });
    if (isPoint(update, updates, evaluation.points) && state.updates < total) await evaluate(phase);
    // Ctrl-C and the live view come in between two updates, also where all the work is in this thread.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted) {
      await checkpoint();
      return undefined;
    }
    if (state.updates % configuration.checkpointEvery === 0 && state.updates < total) await checkpoint();
  }
  const success = await evaluate(reinforcement.updates > 0 ? "reinforcement" : "warm start", true);
  await show("after");
  const done: DoneEvent = {
    event: "done",
    success,
    warmStart: state.warmStart ?? success,
    untrained: state.untrained!,
    seconds: seconds(),
    seed,
    updates: state.updates,
    tokens: state.tokens,
    checkpoint: await checkpoint(),
  };
  onEvent(done);
  return done;
}

/** Weights of all tensors but the optimiser's. */
function parameterCount({ tensors }: PolicySnapshot): number {
  let count = 0;
  for (const [name, { values }] of tensors) if (!name.startsWith("optimizer.")) count += values.length;
  return count;
}

/** Whether a phase's `update` completes one of `points` equal parts of its `updates`. */
function isPoint(update: number, updates: number, points: number): boolean {
  return Math.floor((update * points) / updates) > Math.floor(((update - 1) * points) / updates);
}
