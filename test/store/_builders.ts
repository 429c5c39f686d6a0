import type { Feedback, Metric, Metrics, StepRecord } from "../../src/episode/mod.ts";

/** When all tests begin: milliseconds since 1970. */
export const T0 = 1_700_000_000_000;
/** A minute in milliseconds, the window of every metric here. */
export const WINDOW = 60_000;

const base = { type: "boolean", level: "step", direction: "maximize", windowSeconds: 60 } as const;

/** One metric of each kind. */
export const METRICS: Metrics = {
  correct: { ...base, missing: "ignore", aggregation: "first" },
  solved: { ...base, level: "episode", missing: "ignore", aggregation: "first" },
};

/** A metric like `correct`, but for what is given. */
export function metric(part: Partial<Metric>): Metric {
  return { ...base, missing: "ignore", aggregation: "first", ...part };
}

/** A fixed id, in the order of `n`, in the shape of UUIDv7. */
export function id(kind: string, n: number): string {
  return `0190${kind}-${String(n).padStart(12, "0")}`;
}

/** Step `n` of agent `router`, alone in its episode. */
export function step(n: number, part: Partial<StepRecord> = {}): StepRecord {
  return {
    id: id("step", n),
    episodeId: id("episode", n),
    agent: "router",
    policyVersion: 3,
    arm: "incumbent",
    createdAt: T0 + n,
    turns: [{ role: "user", text: `Where is my card? ${n}` }],
    candidates: ["card_arrival", "card_lost"],
    action: "card_arrival",
    choice: 0,
    propensity: 0.1 + 0.2,
    seed: 4_294_967_295,
    ...part,
  };
}

/** Feedback `n` on that step. */
export function judgement(of: StepRecord, part: Partial<Feedback> = {}): Feedback {
  const stepId = part.metric === "solved" ? undefined : of.id;
  const content = { metric: "correct", value: true, author: "person", ...part };
  return {
    id: `${of.id}/${content.metric}/${content.value}/${content.author}`,
    key: `${of.id}/${content.metric}/${content.author}/${content.value}`,
    agent: of.agent,
    episodeId: of.episodeId,
    ...(stepId && { stepId }),
    receivedAt: of.createdAt + 1_000,
    ...content,
  };
}
