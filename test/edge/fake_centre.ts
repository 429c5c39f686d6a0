import { Hono } from "hono";
import type { Feedback, StepRecord } from "../../src/episode/mod.ts";
import { EddyError } from "../../src/errors.ts";
import { edgeRoutes } from "../../src/http/edge_routes.ts";
import type { AppDependencies } from "../../src/http/mod.ts";
import type { CentralLoop, Published } from "../../src/learning/mod.ts";
import { contentHashOf, encodeSnapshot } from "../../src/policy/checkpoint/snapshot_bytes.ts";
import type { PolicySnapshot, RewardJudgement } from "../../src/policy/mod.ts";
import type { Assignment, EndedEpisode, PolicyVersion, StoredKey } from "../../src/store/mod.ts";
import { COUNTING_CONFIGURATION, countingAgent, countingSnapshot } from "./counting_agent.ts";

/** A centre whose store and loop are in memory: what arrived can be counted, versions are published by hand. */
export interface FakeCentre {
  readonly app: Hono;
  readonly steps: Map<string, StepRecord>;
  readonly feedback: Map<string, Feedback>;
  readonly ends: Map<string, EndedEpisode>;
  /** Hashes of its keys, for edges. */
  keys: readonly StoredKey[];
  /** How often each path was asked for. */
  readonly asked: string[];
  /** Judgements that came a second time. */
  duplicates: number;
  /** Answers every request, where it is set. */
  away: ((path: string) => Response | undefined) | undefined;
  /** Says which requests are answered 502 although their work was done. */
  lose: (() => boolean) | undefined;
  /** Publishes the next version, which learned `judgements` more than the one before. */
  publish(judgements: number, how?: "judgements" | "snapshot", canary?: boolean): number;
  /** Breaks every open stream. */
  cut(): void;
  /** Lets an older version serve. */
  rollback(version: number): void;
  /** What a version has learned. */
  learned(version: number): number;
}

const STATUSES: Readonly<Record<string, 400 | 401 | 403 | 404 | 503>> = {
  request_invalid: 400,
  key_invalid: 401,
  scope_missing: 403,
  version_missing: 404,
};

/** Key with every scope that an edge needs, and one that may only read. */
export const EDGE_KEY = "edge-key";
export const READ_KEY = "read-key";

/** How versions are made: the counting agent's unless a test serves real models. */
export interface FakeCentreOptions {
  readonly heartbeatMs?: number;
  /** The snapshot of a version that learned these judgements, in order. */
  readonly snapshotOf?: (version: number, judgements: readonly RewardJudgement[]) => PolicySnapshot;
}

/** What is learned, again and again: question n is answered by the second candidate. */
function judgementNumber(n: number): RewardJudgement {
  return { text: `question ${n % 10}`, candidates: ["a", "b"], choice: n % 2, reward: n % 2 };
}

/** A centre with one agent, `desk`. */
export function fakeCentre({ heartbeatMs = 1000, ...options }: FakeCentreOptions = {}): FakeCentre {
  const learned = new Map<number, number>([[0, 0]]);
  const snapshotOf = (version: number): PolicySnapshot => {
    const count = learned.get(version)!;
    const judgements = Array.from({ length: count }, (_, n) => judgementNumber(n));
    return options.snapshotOf?.(version, judgements) ?? countingSnapshot(version, count);
  };
  const listeners = new Set<(published: Published) => void>();
  const open = new Set<() => void>();
  let assignment: Assignment = { incumbent: 0 };
  const bytesOf = (version: number): Uint8Array => encodeSnapshot(snapshotOf(version));
  const versionOf = (version: number): PolicyVersion => ({
    agent: "desk",
    version,
    createdAt: 0,
    learnedUpTo: learned.get(version)!,
    report: {},
  });
  const loop = {
    status: () => ({ assignment }),
    snapshotOf(_: string, version: number): ReturnType<CentralLoop["snapshotOf"]> {
      if (!learned.has(version)) throw new EddyError("version_missing", `Cannot rebuild version ${version}`);
      return Promise.resolve({ version: versionOf(version), bytes: bytesOf(version) });
    },
    onPublished(listener: (published: Published) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as CentralLoop;
  const tell = (versions: Published["versions"]): void => {
    for (const listener of listeners) listener({ agent: "desk", assignment, versions });
  };

  const centre: FakeCentre = {
    app: new Hono(),
    steps: new Map(),
    feedback: new Map(),
    ends: new Map(),
    asked: [],
    keys: [],
    duplicates: 0,
    away: undefined,
    lose: undefined,
    publish(judgements, how = "judgements", canary = false): number {
      const base = Math.max(...learned.keys());
      const version = base + 1;
      learned.set(version, learned.get(base)! + judgements);
      assignment = canary ? { ...assignment, canary: { version, share: 0.1 } } : { incumbent: version };
      const first = learned.get(base)!;
      tell([{
        version: versionOf(version),
        payload: how === "judgements"
          ? {
            kind: "judgements",
            base,
            judgements: Array.from({ length: judgements }, (_, n) => judgementNumber(first + n)),
          }
          : { kind: "snapshot", snapshot: snapshotOf(version) },
      }]);
      return version;
    },
    cut(): void {
      for (const end of open) end();
      open.clear();
    },
    rollback(version): void {
      assignment = { incumbent: version };
      tell([]);
    },
    learned: (version) => learned.get(version)!,
  };

  const deps = {
    agents: new Map([["desk", { configuration: COUNTING_CONFIGURATION, served: countingAgent("desk") }]]),
    loop,
    store: {
      keys: { list: () => Promise.resolve(centre.keys) },
      policies: { snapshot: () => Promise.resolve(undefined) },
    },
    recorder: {
      addSteps: (steps: readonly StepRecord[]) => {
        for (const step of steps) if (!centre.steps.has(step.id)) centre.steps.set(step.id, step);
        return Promise.resolve();
      },
      addFeedback: (feedback: readonly Feedback[]) =>
        Promise.resolve(feedback.map((one) => {
          const before = centre.feedback.get(one.key);
          if (!before) centre.feedback.set(one.key, one);
          else centre.duplicates++;
          if (before) return { kind: before.value === one.value ? "duplicate" : "conflict", id: before.id };
          return { kind: "accepted", id: one.id, status: "joined" };
        })),
      endEpisode: (end: EndedEpisode) => {
        centre.ends.set(end.id, end);
        return Promise.resolve();
      },
    },
    access: {
      anonymous: [],
      verify: (key: string) =>
        key === EDGE_KEY
          ? { name: "edge", scopes: ["decide", "feedback", "read"] }
          : key === READ_KEY
          ? { name: "reader", scopes: ["read"] }
          : undefined,
    },
  } as unknown as AppDependencies;
  centre.app.use(async (c, next) => {
    centre.asked.push(c.req.path);
    const answer = centre.away?.(c.req.path);
    if (answer) return answer;
    await next();
    if (c.req.method === "POST" && centre.lose?.()) c.res = new Response("the answer got lost", { status: 502 });
    if (c.req.path === "/v1/edge/follow" && c.res.body) {
      const broken = new TransformStream<Uint8Array, Uint8Array>({
        start: (line) => void open.add(() => line.terminate()),
      });
      c.res = new Response(c.res.body.pipeThrough(broken), c.res);
    }
  });
  centre.app.route("/", edgeRoutes(deps, { heartbeatMs }));
  centre.app.onError((error, c) =>
    c.json({ error: error.message }, error instanceof EddyError ? STATUSES[error.code] ?? 503 : 500)
  );
  return centre;
}

/** SHA-256 of what version `version` has as a snapshot. */
export function hashOfVersion(version: number, learned: number): string {
  return contentHashOf(encodeSnapshot(countingSnapshot(version, learned)));
}
