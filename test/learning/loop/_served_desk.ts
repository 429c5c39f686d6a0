import type { ServedAgent } from "../../../src/agent/mod.ts";
import { desk, type Split } from "../../../src/environment/mod.ts";
import type { JudgedStep, StepRecord, Turn } from "../../../src/episode/mod.ts";
import type { AgentLearner, UpdateMetrics } from "../../../src/learning/mod.ts";

/** One episode of the desk with a served agent, as a client plays it: the whole conversation with every request. */
export function serveEpisode(
  agent: ServedAgent,
  { seed, split, explore, options }: {
    readonly seed: number;
    readonly split: Split;
    readonly explore: boolean;
    readonly options?: Readonly<Record<string, unknown>>;
  },
): { readonly steps: readonly StepRecord[]; readonly rewards: readonly number[]; readonly success: boolean } {
  const environment = desk.create(options);
  const turns: Turn[] = [...environment.reset(seed, split).turns];
  const steps: StepRecord[] = [], rewards: number[] = [];
  for (let step = 0;; step++) {
    const { record } = agent.decide({
      ...{ stepId: `${split}-${String(seed).padStart(8, "0")}-${step}`, episodeId: `${split} ${seed}`, now: 0 },
      ...{ turns: [...turns], seed: seed * 64 + step, explore },
    });
    steps.push(record);
    const outcome = environment.step(record.action);
    rewards.push(outcome.reward);
    if (outcome.terminated || outcome.truncated) return { steps, rewards, success: outcome.success };
    turns.push({ role: "assistant", text: record.action }, ...outcome.turns);
  }
}

/** Share of held-out requests that are served to the end, taking the most likely actions. */
export function heldOutSuccess(
  agent: ServedAgent,
  episodes: number,
  options?: Readonly<Record<string, unknown>>,
): number {
  let solved = 0;
  for (let seed = 0; seed < episodes; seed++) {
    solved += Number(serveEpisode(agent, { seed, split: "test", explore: false, options }).success);
  }
  return solved / episodes;
}

/** What becomes of a judgement on its way: the truth, another step's, or nothing. */
export type Signal = "true" | "shuffled" | "none";

/** Judgements in the order in which they reach the learner. */
export interface JudgedService {
  readonly judgements: number;
  readonly updates: readonly UpdateMetrics[];
  /** Milliseconds from a judgement to new weights being served. */
  readonly latenciesMs: readonly number[];
}

/**
 * Serves requests while a user judges every step right (it brought the request forward) or wrong, some episodes later;
 * each update is served as soon as it is there.
 */
export async function serveJudged(
  agent: ServedAgent,
  learner: AgentLearner,
  { judgements, seed, signal, delayEpisodes, now, options }: {
    readonly judgements: number;
    readonly seed: number;
    readonly signal: Signal;
    readonly delayEpisodes: number;
    readonly now: () => number;
    readonly options?: Readonly<Record<string, unknown>>;
  },
): Promise<JudgedService> {
  const waiting: { readonly step: StepRecord; readonly reward: number }[][] = [];
  const updates: UpdateMetrics[] = [], latenciesMs: number[] = [], told: number[] = [];
  let sequence = 0, version = 0;
  const random = mulberry(seed);
  const tell = async (entries: readonly { readonly step: StepRecord; readonly reward: number }[]): Promise<void> => {
    const judged = entries.map(({ step, reward }): JudgedStep => ({
      ...{ sequence: ++sequence, metric: "right", source: "judged", settledAt: now() },
      // Steps travel as JSON, as they do through a store.
      step: JSON.parse(JSON.stringify(step)),
      reward: signal === "shuffled" ? Number(random() < 0.5) : reward,
    }));
    told.push(...judged.map(() => now()));
    if (signal === "none") return;
    const made = await learner.learn(judged, { now: now() });
    if (made.length === 0) return;
    updates.push(...made);
    agent.install(++version, learner.payload(version - 1, 0));
    agent.assign({ incumbent: version });
    agent.uninstall(version - 1);
    for (const at of told.splice(0)) latenciesMs.push(now() - at);
  };
  for (let episode = 0; sequence < judgements; episode++) {
    const played = serveEpisode(agent, { seed: seed * 1_000_003 + episode, split: "train", explore: true, options });
    waiting.push(played.steps.map((step, i) => ({ step, reward: Number(played.rewards[i] > 0) })));
    if (waiting.length > delayEpisodes) await tell(waiting.shift()!);
  }
  return { judgements: sequence, updates, latenciesMs };
}

/** Small generator of uniforms for the ablation. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
