import type { AgentConfiguration, ServedAgent } from "../../src/agent/mod.ts";
import type { Feedback, FeedbackOutcome, StepRecord } from "../../src/episode/mod.ts";
import { EddyError } from "../../src/errors.ts";
import { type AppDependencies, createAccess, hashKey } from "../../src/http/mod.ts";
import type { AgentStatus, CentralLoop, LoopEvent, LoopWarning } from "../../src/learning/mod.ts";
import type { EndedEpisode, Scope, Store, StoredKey } from "../../src/store/mod.ts";
import { metric } from "../episode/metric.ts";
import { servedAgent } from "./served_agent.ts";

/** Milliseconds since 1970 at which everything begins. */
export const NOW = 1_760_000_000_000;

/** Metrics of every kind: boolean and number, of steps and of episodes. */
export const CONFIGURATION: AgentConfiguration = {
  policy: { kind: "reward-model", options: { model: "logistic" } },
  candidates: ["billing", "shipping"],
  metrics: {
    correct: metric(),
    stars: metric({ type: "number", range: [1, 5] }),
    solved: metric({ level: "episode" }),
  },
  learnsFrom: "correct",
  mode: "learn",
  exploration: { kind: "epsilon-greedy", epsilon: 0.5 },
  update: { judgements: 8, seconds: 1, staleness: 4, learningRate: 0.1 },
  gate: {
    everyJudgements: 8,
    delayJudgements: 0,
    canaryShare: 0,
    canaryJudgements: 8,
    heldOutShare: 0.1,
    minimumEffectiveSamples: 8,
    confidence: 0.9,
    tolerance: 0,
    driftSigmas: 4,
  },
};

/** An agent that takes the candidate which its seed names; texts longer than 10,000 characters are too long for it. */
export function fakeAgent(name: string): ServedAgent {
  return servedAgent(name, "reward-model", ({ turns, candidates = CONFIGURATION.candidates!, seed }) => {
    const characters = turns.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > 10_000) throw new RangeError(`Cannot decide: ${characters} characters are too long`);
    const choice = seed % candidates.length;
    return { record: { candidates, action: candidates[choice], choice, propensity: 1 / candidates.length } };
  });
}

/** What a test sees of the application, and what it may break. */
export interface FakeApp {
  readonly deps: AppDependencies;
  readonly steps: Map<string, StepRecord>;
  readonly feedback: Map<string, Feedback>;
  readonly ended: EndedEpisode[];
  /** What was asked of the loop. */
  readonly managed: unknown[][];
  /** Early warnings of the first agent, newest first. */
  readonly warnings: LoopWarning[];
  /** Listeners of the loop. */
  readonly listeners: Set<(event: LoopEvent) => void>;
  /** Where agents stand; tests change it. */
  state: AgentStatus["state"];
  judgements: number;
  /** Rejects every write, or never answers. */
  recording: "works" | "fails" | "hangs";
  /** Whether the database answers. */
  alive: boolean;
  now: number;
  readonly problems: unknown[];
}

/** A key by the scopes that it has: `keyFor(["read"])`. */
export function keyFor(scopes: readonly Scope[]): string {
  return `eddy_test_${scopes.join("_") || "nothing"}`;
}

const KEYS: readonly StoredKey[] = ([["decide"], ["feedback"], ["read"], ["manage"], []] as const).map((scopes, i) => ({
  id: `key-${i}`,
  name: `may ${scopes[0] ?? "nothing"}`,
  hash: hashKey(keyFor(scopes)),
  scopes,
  createdAt: NOW,
}));

/** An application in memory over the agents `router` and `triage`; everyone may do everything unless `anonymous` says less. */
export function fakeApp(
  { anonymous = ["decide", "feedback", "read", "manage"], ...changes }:
    & Partial<AppDependencies>
    & { readonly anonymous?: readonly Scope[] } = {},
): FakeApp {
  let ids = 0;
  const fake: FakeApp = {
    ...{
      steps: new Map(),
      feedback: new Map(),
      ended: [],
      managed: [],
      warnings: [],
      listeners: new Set(),
      problems: [],
    },
    ...{ state: "learning", judgements: 0, recording: "works", alive: true, now: NOW },
    deps: undefined!,
  };
  const agents = new Map(
    ["router", "triage"].map((name) => [name, { configuration: CONFIGURATION, served: fakeAgent(name) }]),
  );
  const writing = async (): Promise<void> => {
    if (fake.recording === "fails") throw new EddyError("store_unavailable", "Cannot keep: the disk is away");
    if (fake.recording === "hangs") await new Promise<never>(() => {});
  };
  const deps: AppDependencies = {
    agents,
    recorder: {
      addSteps: async (steps) => {
        await writing();
        for (const step of steps) fake.steps.set(step.id, step);
      },
      addFeedback: async (feedback) => {
        await writing();
        return feedback.map((each) => outcomeOf(fake, each));
      },
      endEpisode: async (episode) => {
        await writing();
        fake.ended.push(episode);
      },
    },
    store: fakeStore(fake),
    loop: fakeLoop(fake),
    access: createAccess(KEYS, anonymous),
    receiptSecrets: [new Uint8Array(32).fill(7)],
    now: () => fake.now,
    monotonic: () => fake.now - NOW,
    newId: () => `0199c0de-0000-7000-8000-${(++ids).toString(16).padStart(12, "0")}`,
    randomSeed: () => 7,
    limits: { bodyBytes: 64 * 1024, concurrent: 64, perSecond: 0, deadlineMs: 5000, receiptSeconds: 3600 },
    version: "0.0.0",
    report: (problem) => fake.problems.push(problem),
    ...changes,
  };
  return Object.assign(fake, { deps });
}

function outcomeOf({ feedback, steps }: FakeApp, each: Feedback): FeedbackOutcome {
  const name = `${each.agent}\n${each.key}`;
  const before = feedback.get(name);
  if (before) {
    const same = before.value === each.value && before.metric === each.metric && before.stepId === each.stepId;
    return { kind: same ? "duplicate" : "conflict", id: before.id };
  }
  feedback.set(name, each);
  const known = each.stepId === undefined || steps.has(each.stepId);
  return { kind: "accepted", id: each.id, status: known ? "joined" : "early" };
}

/** Answers what the routes read; all else is missing on purpose: a test that needs it fails loudly. */
function fakeStore(fake: FakeApp): Store {
  const version = { agent: "router", version: 3, createdAt: NOW, learnedUpTo: 12, report: {} };
  const kept = (id: string): object | undefined => {
    const steps = [...fake.steps.values()].filter(({ episodeId }) => episodeId === id);
    return steps.length
      ? { id, agent: steps[0].agent, startedAt: steps[0].createdAt, steps, feedback: [], rewards: [] }
      : undefined;
  };
  return {
    dialect: "sqlite",
    ping: () => Promise.resolve(fake.alive),
    steps: {
      get: (id: string) => Promise.resolve(fake.steps.get(id)),
      ofEpisode: (id: string) => Promise.resolve([...fake.steps.values()].filter(({ episodeId }) => episodeId === id)),
    },
    rewards: {
      last: () => Promise.resolve(fake.judgements),
      curve: (_agent: string, from: number, to: number, buckets: number) =>
        Promise.resolve([{ from, steps: to - from + 1, mean: 1 / buckets }]),
    },
    episodes: {
      get: (id: string) => Promise.resolve(kept(id)),
      recent: (agent: string, limit: number) =>
        Promise.resolve(
          [...new Set([...fake.steps.values()].filter((step) => step.agent === agent).map((step) => step.episodeId))]
            .slice(0, limit).map(kept),
        ),
    },
    policies: {
      list: () => Promise.resolve([version]),
      get: (_agent: string, wanted: number) => Promise.resolve(wanted === 3 ? version : undefined),
      history: () => Promise.resolve([]),
    },
  } as unknown as Store;
}

function fakeLoop(fake: FakeApp): CentralLoop {
  const status = (agent: string): AgentStatus => ({
    agent,
    kind: "reward-model",
    health: `${fake.state}: in a test`,
    state: fake.state,
    assignment: { incumbent: 3 },
    newestVersion: 3,
    judgements: fake.judgements,
    learnedUpTo: fake.judgements,
    meanReward: 0.5,
    recentReward: 0.75,
    recentJudgements: 4,
    feedback: { joined: 0, early: 0, orphaned: 0, late: 0, superseded: 0, duplicate: 0, conflict: 0 },
    updateLatencyMs: { p50: 1, p99: 2 },
    serveLatencyMs: { p50: 3, p99: 4 },
  });
  const manage = (name: string) => (...asked: unknown[]): Promise<void> => {
    if (asked[1] === 404) {
      return Promise.reject(new EddyError("version_missing", "Cannot serve version 404: there is none"));
    }
    fake.managed.push([name, ...asked]);
    return Promise.resolve();
  };
  return {
    status,
    warnings: (agent: string) => fake.warnings.filter((warning) => warning.agent === agent),
    ...{ publish: manage("publish"), canary: manage("canary"), rollback: manage("rollback"), resume: manage("resume") },
    onEvent: (listener: (event: LoopEvent) => void) => {
      fake.listeners.add(listener);
      return () => fake.listeners.delete(listener);
    },
    onPublished: () => () => {},
  } as unknown as CentralLoop;
}

/** The options of a request with a JSON body. */
export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } };
}
