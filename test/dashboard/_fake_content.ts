import type { AgentReport, StatusReport } from "../../src/http/status_report.ts";
import type { AgentStatus } from "../../src/learning/mod.ts";
import type { KeptEpisode, PolicyVersion, PublicationEvent } from "../../src/store/mod.ts";
import { metric } from "../episode/metric.ts";
import type { FakeContent } from "./_fake_service.ts";

/** 2026-01-02 12:00 UTC. */
export const NOON = Date.UTC(2026, 0, 2, 12);
const MINUTE = 60_000;
const CANDIDATES = ["track_parcel", "refund_order", "replace_item", "escalate_to_person", "apologize"];
const QUESTIONS = [
  "My parcel should have come on Tuesday and the tracking page has not moved since. What now?",
  "The lamp arrived with a broken shade.",
  "I was charged twice for order O4411.",
  "Can I still change the address of my order?",
];

/** Numbers in [0, 1) that look like chance and are the same every time. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A status that says nothing has happened yet. */
export const UNTOUCHED: AgentStatus = {
  agent: "support",
  kind: "reward-model",
  health: "waiting for the first judgement; version 0 (untrained) serves 100 %",
  state: "waiting",
  assignment: { incumbent: 0 },
  newestVersion: 0,
  judgements: 0,
  learnedUpTo: 0,
  meanReward: 0,
  recentReward: 0,
  recentJudgements: 0,
  feedback: { joined: 0, early: 0, orphaned: 0, late: 0, superseded: 0, duplicate: 0, conflict: 0 },
  updateLatencyMs: { p50: 0, p99: 0 },
  serveLatencyMs: { p50: 0, p99: 0 },
};

function agentReport(status: AgentStatus, more: Partial<AgentReport> = {}): AgentReport {
  return {
    status,
    agent: status.agent,
    kind: status.kind,
    mode: "learn",
    learnsFrom: "helped",
    metrics: { helped: metric({ windowSeconds: 3600 }) },
    curve: [],
    history: [],
    warnings: [],
    ...more,
  };
}

function report(agents: readonly AgentReport[], rates = [0, 0]): StatusReport {
  return {
    version: "0.2.0",
    startedAt: NOON,
    now: NOON + 22 * MINUTE,
    agents,
    throughput: { decisionsPerSecond: rates[0], judgementsPerSecond: rates[1] },
    latencyMs: rates[0]
      ? { decisions: { p50: 0.84, p99: 3.9 }, feedback: { p50: 2.6, p99: 7.4 } }
      : { decisions: { p50: 0, p99: 0 }, feedback: { p50: 0, p99: 0 } },
  };
}

/** A service that nobody has asked anything. */
export function emptyContent(): FakeContent {
  return { report: report([agentReport(UNTOUCHED)]), episodes: [], versions: [] };
}

const PUBLISHED = [
  { version: 4, at: 2.2, action: "publish", reason: "first version that learned: 500 judgements" },
  { version: 9, at: 4.1, action: "canary", reason: "effective sample size 412; bound on the loss 0.004 ≤ 0.02" },
  {
    version: 9,
    at: 5.4,
    action: "promote",
    reason: "canary 0.61 against 0.55 over 220 judged steps; bound −0.01 ≤ 0.02",
  },
  { version: 14, at: 7.6, action: "canary", reason: "effective sample size 388; bound on the loss 0.011 ≤ 0.02" },
  { version: 14, at: 9.2, action: "promote", reason: "canary 0.69 against 0.63 over 210 judged steps" },
  { version: 19, at: 11.0, action: "canary", reason: "effective sample size 530; bound on the loss 0.008 ≤ 0.02" },
  {
    version: 19,
    at: 12.5,
    action: "refuse",
    reason: "canary 0.62 against 0.70 over 204 judged steps: worse by 0.08 ± 0.05",
  },
  { version: 23, at: 14.4, action: "canary", reason: "effective sample size 467; bound on the loss 0.006 ≤ 0.02" },
  { version: 23, at: 16.0, action: "promote", reason: "canary 0.76 against 0.71 over 231 judged steps" },
  { version: 27, at: 20.6, action: "canary", reason: "effective sample size 502; bound on the loss 0.003 ≤ 0.02" },
] as const;

/** A service in the middle of a good day; `rolledBack` adds poisoned judgements that were noticed. */
export function busyContent({ rolledBack = false } = {}): FakeContent {
  const random = chance(7);
  const parts = 140;
  const curve = Array.from({ length: parts }, (_, i) => {
    const learned = 0.36 + 0.42 * (1 - Math.exp(-i / 42));
    const drop = rolledBack && i > 126 ? 0.3 : 0;
    return { from: i * 100 + 1, steps: 100, mean: learned - drop + (random() - 0.5) * 0.13 };
  });
  const history: PublicationEvent[] = [];
  let incumbent = 0;
  for (const { version, at, action, reason } of PUBLISHED) {
    const canary = action === "canary" ? { version, share: 0.1 } : undefined;
    if (action === "publish" || action === "promote") incumbent = version;
    const assignment = { incumbent, ...(canary && { canary }) };
    history.unshift({ agent: "support", at: NOON + at * MINUTE, action, version, reason, by: "gate", assignment });
  }
  if (rolledBack) {
    const stop = { agent: "support", version: 23, by: "guard", assignment: { incumbent: 14 } };
    const reason = "judged reward 0.47 over the last 500, 6.2 standard errors below the long mean 0.76";
    history.unshift({ ...stop, at: NOON + 21.4 * MINUTE, action: "rollback", reason });
    history.unshift({ ...stop, at: NOON + 21.42 * MINUTE, action: "freeze", reason: `learning stopped: ${reason}` });
  }
  const mean = curve.reduce((sum, part) => sum + part.mean, 0) / parts;
  const recent = curve.slice(-5).reduce((sum, part) => sum + part.mean, 0) / 5;
  const status: AgentStatus = {
    ...UNTOUCHED,
    health: rolledBack
      ? `frozen: reward fell 0.76 → ${
        recent.toFixed(2)
      } over 1,300 judgements; went back to version 14, which serves 100 %`
      : `learning: reward 0.36 → ${
        recent.toFixed(2)
      } over 14,000 judgements; version 23 serves 90 %, version 27 is on trial`,
    state: rolledBack ? "frozen" : "learning",
    assignment: rolledBack ? { incumbent: 14 } : { incumbent: 23, canary: { version: 27, share: 0.1 } },
    newestVersion: 28,
    judgements: 14_000,
    learnedUpTo: rolledBack ? 13_420 : 13_996,
    meanReward: mean,
    recentReward: recent,
    recentJudgements: 500,
    feedback: { joined: 14_212, early: 18, orphaned: 3, late: 41, superseded: 127, duplicate: 306, conflict: 1 },
    updateLatencyMs: { p50: 6.2, p99: 31 },
    serveLatencyMs: { p50: 1840, p99: 4210 },
  };
  const versions: PolicyVersion[] = Array.from({ length: 29 }, (_, version) => ({
    agent: "support",
    version,
    createdAt: NOON + version * 0.76 * MINUTE,
    learnedUpTo: version * 490,
    report: {},
  }));
  const router = { ...UNTOUCHED, agent: "router", state: "waiting" as const };
  return {
    report: report([agentReport(status, { curve, history }), agentReport(router)], [184.2, 61.7]),
    versions: versions.toReversed(),
    episodes: Array.from({ length: 20 }, (_, i) => fakeEpisode(i, NOON + 22 * MINUTE - i * 9000)),
  };
}

/** An episode of two steps, judged unless `number` ends in 3. */
export function fakeEpisode(number: number, startedAt: number, question?: string): KeptEpisode {
  const random = chance(number * 97 + 5);
  const id = `episode-${number}`;
  const turns = [{ role: "user" as const, text: question ?? QUESTIONS[number % QUESTIONS.length] }];
  const steps = [0, 1].map((i) => {
    const weights = CANDIDATES.map(() => random() ** 3 + 0.03);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const probabilities = weights.map((weight) => weight / total);
    const choice = i === 1 ? 4 : probabilities.indexOf(Math.max(...probabilities));
    return {
      id: `${id}-step-${i}`,
      episodeId: id,
      agent: "support",
      policyVersion: number % 7 === 2 ? 27 : 23,
      arm: number % 7 === 2 ? "canary" as const : "incumbent" as const,
      createdAt: startedAt + i * 1400,
      turns: i === 0 ? turns : [
        ...turns,
        { role: "assistant" as const, text: "track_parcel" },
        { role: "tool" as const, text: '{"status":"in transit","expected":"Thursday"}' },
      ],
      candidates: CANDIDATES,
      action: CANDIDATES[choice],
      choice,
      propensity: probabilities[choice],
      probabilities,
      seed: number,
      value: 0.5 + random() * 0.3,
    };
  });
  const judged = number % 10 !== 3;
  const good = random() < 0.75;
  return {
    id,
    agent: "support",
    startedAt,
    ...(number > 0 && { end: { id, agent: "support", endedAt: startedAt + 3000, terminated: true } }),
    steps,
    feedback: judged
      ? [
        { ...judgement(id, 0, "helped", good, startedAt) },
        { ...judgement(id, 1, "comment", good ? "Right away, thank you!" : "This is not what I asked.", startedAt) },
      ]
      : [],
    rewards: judged
      ? [{
        sequence: 14_000 - number,
        stepId: `${id}-step-0`,
        metric: "helped",
        reward: good ? 1 : 0,
        source: "judged",
        settledAt: startedAt + 2600,
      }]
      : [],
  };
}

function judgement(
  episodeId: string,
  step: number,
  metric: string,
  value: boolean | string,
  startedAt: number,
): KeptEpisode["feedback"][number] {
  return {
    id: `${episodeId}-${metric}`,
    key: `${episodeId}-${metric}`,
    agent: "support",
    metric,
    episodeId,
    stepId: `${episodeId}-step-${step}`,
    value,
    author: "person",
    receivedAt: startedAt + 2600,
  };
}
