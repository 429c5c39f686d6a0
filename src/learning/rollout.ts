import { EddyError } from "../errors.ts";
import type { Turn } from "../episode/mod.ts";
import type { Environment, Split } from "../environment/mod.ts";
import type { Constraint } from "../language/mod.ts";
import type { Context, Decision, Policy, SamplingOptions } from "../policy/mod.ts";

/** Which episodes to play, and how. */
export interface RolloutOptions {
  /** Task seeds, one episode each. */
  readonly seeds: readonly number[];
  /** Random streams, one an episode: equal seed and stream give the same actions. */
  readonly streams: readonly number[];
  /** Seed of the policy's draws. */
  readonly seed: number;
  readonly split: Split;
  /** Longest episode, in steps; longer ones are truncated. */
  readonly horizon: number;
  /** What may be written, in worlds that do not list their actions. */
  readonly constraint?: Constraint;
  readonly sampling?: SamplingOptions;
  /** Lets the scripted expert act instead; gives the uniforms of one random stream. */
  readonly expert?: (stream: number) => () => number;
  /** Keeps what was said, for people to read. */
  readonly keepTurns?: boolean;
}

/** One played episode: the policy's decisions and what they brought, one entry a step. */
export interface PlayedEpisode {
  /** Names the task. */
  readonly seed: number;
  /** [steps] */
  readonly decisions: readonly Decision[];
  /** [steps] */
  readonly rewards: readonly number[];
  /** The world ended it. */
  readonly terminated: boolean;
  /** It was cut off. */
  readonly truncated: boolean;
  /** The task is solved. */
  readonly success: boolean;
  /** Value of the state after the last step where the episode was cut off, else 0. */
  readonly bootstrap: number;
  /** [steps + 1] what the agent was shown before each step and at the end, with `keepTurns`. */
  readonly turns: readonly (readonly Turn[])[];
}

interface Running {
  readonly environment: Environment;
  readonly context: Context;
  readonly stream: number;
  readonly random?: () => number;
  readonly seed: number;
  readonly decisions: Decision[];
  readonly rewards: number[];
  readonly turns: (readonly Turn[])[];
  ended?: { readonly terminated: boolean; readonly success: boolean };
}

/**
 * Plays episodes side by side: every round asks the policy for all running episodes' next actions as one batch.
 *
 * What an episode does depends on its own seed and stream alone, not on its neighbours.
 */
export function rollout(
  policy: Policy,
  environments: readonly Environment[],
  options: RolloutOptions,
): PlayedEpisode[] {
  const { seed, constraint, sampling, horizon } = options;
  const running = options.seeds.map((taskSeed, index): Running => {
    const environment = environments[index];
    const context = policy.open();
    const start = environment.reset(taskSeed, options.split);
    context.append(start.turns);
    const turns = options.keepTurns ? [start.turns] : [];
    const stream = options.streams[index];
    const random = options.expert?.(stream);
    return { environment, context, stream, random, seed: taskSeed, decisions: [], rewards: [], turns };
  });
  const request = (episode: Running): Parameters<Policy["decide"]>[0][number] => ({
    context: episode.context,
    candidates: episode.environment.actions?.(),
    constraint,
    seed,
    stream: episode.stream,
  });
  try {
    for (let step = 0; step < horizon; step++) {
      const active = running.filter((episode) => !episode.ended);
      if (active.length === 0) break;
      const decisions = options.expert
        ? active.map((episode) => policy.demonstrate(request(episode), expertAction(episode)))
        : policy.decide(active.map(request), sampling);
      for (const [index, episode] of active.entries()) {
        const outcome = episode.environment.step(decisions[index].text);
        episode.decisions.push(decisions[index]);
        episode.rewards.push(outcome.reward);
        if (options.keepTurns) episode.turns.push(outcome.turns);
        if (outcome.terminated || outcome.truncated) {
          episode.ended = { terminated: outcome.terminated, success: outcome.success };
        }
        if (!outcome.terminated) episode.context.append(outcome.turns);
      }
    }
    // A cut-off episode would have gone on: the value of where it stood stands for the rest.
    const cut = running.filter((episode) => !episode.ended?.terminated);
    const values = cut.length === 0 || options.expert
      ? []
      : policy.decide(cut.map(request), sampling).map((decision) => decision.value);
    return running.map((episode) => {
      const terminated = episode.ended?.terminated ?? false;
      return {
        seed: episode.seed,
        decisions: episode.decisions,
        rewards: episode.rewards,
        terminated,
        truncated: !terminated,
        success: episode.ended?.success ?? false,
        bootstrap: terminated ? 0 : values[cut.indexOf(episode)] ?? 0,
        turns: episode.turns,
      };
    });
  } finally {
    for (const episode of running) episode.context[Symbol.dispose]();
  }
}

function expertAction(episode: Running): string {
  const action = episode.environment.expert?.(episode.random!);
  if (action === undefined) throw new EddyError("environment_invalid", "Cannot demonstrate: the world has no expert");
  return action;
}
