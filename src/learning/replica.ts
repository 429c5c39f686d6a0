import { type Kernels, randomStream } from "../kernels/mod.ts";
import type { Environment, Split, World } from "../environment/mod.ts";
import type { Constraint } from "../language/mod.ts";
import type { Policy, PolicySnapshot, SamplingOptions, UpdateOptions, UpdateReport } from "../policy/mod.ts";
import { type PlayedEpisode, rollout } from "./rollout.ts";
import { type ObjectiveOptions, shardGradient, type ShardMetrics } from "./shard_gradient.ts";

/** Episodes that belong to one part of the batch. */
export interface ShardEpisodes {
  readonly shard: number;
  readonly seeds: readonly number[];
  readonly streams: readonly number[];
}

export interface PlayJob {
  readonly shards: readonly ShardEpisodes[];
  readonly actor: "policy" | "expert";
  readonly split: Split;
  readonly seed: number;
  readonly sampling?: SamplingOptions;
  /** Keeps the episodes for `learn`. */
  readonly keep: boolean;
  /** Sends the whole episodes back, with what was said. */
  readonly report?: boolean;
}

/** Columns over the episodes of one shard. */
export interface PlayedShard {
  readonly shard: number;
  /** [episodes] */
  readonly steps: Uint32Array;
  readonly success: Uint8Array;
  readonly terminated: Uint8Array;
  readonly bootstraps: Float32Array;
  /** [steps] */
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  /** [steps] tokens that the policy had a choice in. */
  readonly chosen: Uint32Array;
  /** Tokens that were shown. */
  readonly prompts: number;
  /** Tokens shown and written. */
  readonly tokens: number;
  readonly episodes?: readonly PlayedEpisode[];
}

export interface LearnJob {
  readonly shards: readonly {
    readonly shard: number;
    readonly advantages: Float32Array;
    readonly returns: Float32Array;
  }[];
  readonly objective: ObjectiveOptions;
}

export interface ApplyJob {
  /** Whose gradients to sum, in this order. */
  readonly shards: readonly number[];
  readonly options: UpdateOptions;
}

/** One copy of the policy with its own worlds; all copies make the same updates and so keep equal weights, bit for bit. */
export interface Replica extends Disposable {
  play(job: PlayJob): PlayedShard[];
  /** Writes each shard's gradient into its slot of the shared table. */
  learn(job: LearnJob): ShardMetrics[];
  apply(job: ApplyJob): UpdateReport;
  snapshot(job: { readonly resume: boolean }): PolicySnapshot;
}

/** What a replica is made of. */
export interface ReplicaParts {
  readonly kernels: Kernels;
  readonly policy: Policy;
  readonly world: World;
  readonly environmentOptions: Readonly<Record<string, unknown>>;
  readonly constraint?: Constraint;
  /** [shards × parameterCount] shared by all replicas. */
  readonly gradients: Float32Array;
}

/** Makes a replica; it owns the policy. */
export function createReplica(parts: ReplicaParts): Replica {
  const { kernels, policy, world, constraint } = parts;
  const environments: Environment[] = [];
  const kept = new Map<number, readonly PlayedEpisode[]>();
  const slot = (shard: number): Float32Array =>
    parts.gradients.subarray(shard * policy.parameterCount, (shard + 1) * policy.parameterCount);
  const sum = new Float32Array(policy.parameterCount);

  return {
    play(job): PlayedShard[] {
      const seeds = job.shards.flatMap((shard) => shard.seeds);
      while (environments.length < seeds.length) environments.push(world.create(parts.environmentOptions));
      const played = rollout(policy, environments, {
        seeds,
        streams: job.shards.flatMap((shard) => shard.streams),
        seed: job.seed,
        split: job.split,
        horizon: world.horizon,
        constraint,
        sampling: job.sampling,
        expert: job.actor === "expert" ? (stream) => randomStream(kernels, job.seed, stream) : undefined,
        keepTurns: job.report,
      });
      let start = 0;
      return job.shards.map(({ shard, seeds }) => {
        const episodes = played.slice(start, start += seeds.length);
        if (job.keep) kept.set(shard, episodes);
        return { ...playedColumns(shard, episodes), episodes: job.report ? episodes : undefined };
      });
    },
    learn(job): ShardMetrics[] {
      return job.shards.map(({ shard, advantages, returns }) => {
        const episodes = kept.get(shard);
        if (!episodes) throw new RangeError(`Cannot learn from shard ${shard}: it was not played here`);
        const metrics = shardGradient(kernels, policy, episodes, { advantages, returns }, job.objective);
        policy.readGradients(slot(shard));
        policy.writeGradients(sum.fill(0));
        return metrics;
      });
    },
    apply(job): UpdateReport {
      sum.set(slot(job.shards[0]));
      for (const shard of job.shards.slice(1)) {
        const gradient = slot(shard);
        for (let i = 0; i < sum.length; i++) sum[i] += gradient[i];
      }
      policy.writeGradients(sum);
      return policy.update(job.options);
    },
    snapshot: ({ resume }) => policy.snapshot({ resume }),
    [Symbol.dispose]: () => policy[Symbol.dispose](),
  };
}

function playedColumns(shard: number, episodes: readonly PlayedEpisode[]): PlayedShard {
  const decisions = episodes.flatMap((episode) => episode.decisions);
  return {
    shard,
    steps: Uint32Array.from(episodes, (episode) => episode.decisions.length),
    success: Uint8Array.from(episodes, (episode) => Number(episode.success)),
    terminated: Uint8Array.from(episodes, (episode) => Number(episode.terminated)),
    bootstraps: Float32Array.from(episodes, (episode) => episode.bootstrap),
    rewards: Float32Array.from(episodes.flatMap((episode) => episode.rewards)),
    values: Float32Array.from(decisions, (decision) => decision.value),
    chosen: Uint32Array.from(decisions, (decision) => decision.chosen.reduce((count, chosen) => count + chosen, 0)),
    prompts: decisions.reduce((count, { promptTokens }) => count + promptTokens.length, 0),
    tokens: decisions.reduce((count, { promptTokens, tokens }) => count + promptTokens.length + tokens.length, 0),
  };
}
