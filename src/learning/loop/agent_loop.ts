import type { AgentConfiguration, ServedAgent, VersionPayload } from "../../agent/mod.ts";
import type { FeedbackStatus, JudgedStep } from "../../episode/mod.ts";
import { encodeSnapshot } from "../../policy/mod.ts";
import type { PolicyVersion, Store } from "../../store/mod.ts";
import type { AgentLearner, UpdateMetrics } from "./agent_learner.ts";
import { type AgentSession } from "./agent_session.ts";
import type { Published } from "./central_loop.ts";
import { createBreath } from "./breath.ts";
import { createDriftWatch } from "./drift_watch.ts";
import { createWarningWatch } from "./early_warnings.ts";
import { createEvidence } from "./evidence.ts";
import { expectedRewards } from "./expected_rewards.ts";
import { followHead, goBack } from "./go_back.ts";
import { createLatencies } from "./latencies.ts";
import { lineOfDescent } from "./line_of_descent.ts";
import type { AgentStatus, LoopEvent, LoopWarning } from "./loop_events.ts";
import { releaseRolling } from "./release_rolling.ts";
import { releaseTrial } from "./release_trial.ts";
import { createRewardCurve } from "./reward_curve.ts";
import { freezeOnDrop, resumeLearning, stopOnWarning } from "./stand_guard.ts";
import { createVersions } from "./versions.ts";
import { within } from "./within.ts";

/** Entries of the journal that are read at once, and learned before others may work. */
const BATCH = 256, CHUNK = 16;
/** Longest wait for the store, milliseconds. */
const STORE_MS = 10_000;
/** Waits after failures double from the first to the last of these, milliseconds. */
const FIRST_RETRY_MS = 1000, LAST_RETRY_MS = 60_000;
/** Judged steps that were known before a restart and are looked at again, so that a drop is seen at once. */
const LOOKED_BACK = 1400;
/** A version is made of fewer judgements than the gate asks for when the last one is that old, milliseconds. */
const RELEASE_MS = 2000;
/** A progress event is told at most this often, milliseconds. */
const PROGRESS_MS = 200;
/** Rewards that wait to be served, for the latencies. */
const UNSERVED = 5000;
/** Early warnings that are kept. */
const WARNINGS = 50;
/** Judged steps over which expected and judged reward are compared. */
const SURPRISES = 200;

/** The loop of one agent. All of its work is done one after the other. */
export interface AgentLoop extends AsyncDisposable {
  /** Restores what was served and learned before. Failures are a state, not an exception. */
  start(): Promise<void>;
  /** There may be something to learn, or a failure to try again. Returns at once. */
  wake(): void;
  /** Learns all that is settled and makes a version of it. */
  drain(): Promise<void>;
  /** Where it stands. */
  status(): AgentStatus;
  /** The latest early warnings, newest first. */
  warnings(): readonly LoopWarning[];
  /** See {@linkcode import("./central_loop.ts").CentralLoop}. */
  publish(version: number, by: string): Promise<void>;
  canary(version: number, share: number, by: string): Promise<void>;
  rollback(version: number | undefined, by: string): Promise<void>;
  resume(options: { readonly learnQuarantined: boolean; readonly by: string }): Promise<void>;
  snapshotOf(version: number): Promise<{ readonly version: PolicyVersion; readonly bytes: Uint8Array }>;
}

/** What it takes from outside. */
export interface AgentLoopDependencies {
  readonly agent: string;
  readonly configuration: AgentConfiguration;
  readonly served?: ServedAgent;
  readonly learner: AgentLearner;
  readonly store: Store;
  readonly now: () => number;
  readonly every: (milliseconds: number, call: () => void) => () => void;
  readonly tell: (event: LoopEvent) => void;
  readonly publish: (published: Published) => void;
}

/** See {@linkcode AgentLoop}. */
export function createAgentLoop(dependencies: AgentLoopDependencies): AgentLoop {
  const { agent, configuration, served, learner: head, store, now, every, tell, publish } = dependencies;
  const { gate } = configuration;
  const kind = configuration.policy.kind === "reward-model" ? "reward-model" : served?.kind ?? "transformer";
  const { begin, breathe } = createBreath(now);
  const versions = createVersions({
    ...{ agent, store, now, publish, breathe },
    within: (what, promise) => within(every, STORE_MS, what, promise),
    ...(served && { served }),
    tell: (event) => tell({ event: "publication", ...event }),
  });
  const session: AgentSession = {
    ...{ agent, configuration, store, versions, now, head, breathe },
    ...{ trailingVersion: 0, ahead: [], holding: false, updates: 0, releasedAt: -Infinity, unserved: [] },
    heldOut: { again: -Infinity },
    evidence: createEvidence(configuration),
    drift: createDriftWatch(gate.driftSigmas),
    serveLatencies: createLatencies(),
  };
  const warnings = createWarningWatch(kind);
  let raised: readonly LoopWarning[] = [];
  const updateLatencies = createLatencies();
  const curve = createRewardCurve();
  let readUpTo = 0, watchedUpTo = 0;
  let surprise = 0, surprises = 0, progressAt = -Infinity;
  let failure: { readonly reason: string; readonly retryAt: number; readonly waitMs: number } | undefined;
  let opened = false, closed = false, scheduled = false;
  let feedback = emptyCounts();
  let tail: Promise<unknown> = Promise.resolve();

  /** One thing after the other, in the order they were asked for. */
  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = tail.then(work);
    tail = next.catch(() => {});
    return next;
  }

  async function open(): Promise<void> {
    await versions.open(head);
    await versions.rebuild(versions.newest, head);
    [session.updates, session.unserved] = [0, []];
    await restoreFreeze();
    const payloads = new Map<number, VersionPayload>();
    const incumbent = await versions.get(versions.assignment.incumbent);
    if (head.fork) {
      followHead(session, incumbent.version);
      if (incumbent !== versions.newest) await versions.rebuild(incumbent, session.trailing!);
      payloads.set(incumbent.version, session.trailing!.payload(0, -1));
      session.ahead = [...await lineOfDescent(versions, incumbent.version, versions.newest) ?? []];
    } else if (served) {
      await versions.rebuild(incumbent, head);
      payloads.set(incumbent.version, head.payload(incumbent.version, -1));
      await versions.rebuild(versions.newest, head);
    }
    const { canary } = versions.assignment;
    if (canary && served) {
      const bytes = await rebuilt(await versions.get(canary.version));
      payloads.set(canary.version, bytes);
    }
    versions.restore(payloads);
    await lookBack();
    opened = true;
  }

  /** A version's weights, by way of a copy or of the head itself. */
  async function rebuilt(version: PolicyVersion): Promise<VersionPayload> {
    if (version === versions.newest) return head.payload(version.version, -1);
    const learner = head.fork?.() ?? head;
    try {
      await versions.rebuild(version, learner);
      return learner.payload(version.version, -1);
    } finally {
      if (learner === head) await versions.rebuild(versions.newest, head);
      else learner[Symbol.dispose]();
    }
  }

  async function restoreFreeze(): Promise<void> {
    const history = await store.policies.history(agent, 1000);
    const last = history.find(({ action }) => action === "freeze" || action === "resume");
    session.frozen = undefined;
    if (last?.action !== "freeze") return;
    const { knownReward, recentReward, beganAt } = versions.newest.report;
    const drop = knownReward === undefined ? {} : { drop: { knownReward, recentReward, beganAt } };
    session.frozen = { reason: last.reason, ...drop };
  }

  /** Reads what was judged before, so that means and drift go on where they were. */
  async function lookBack(): Promise<void> {
    readUpTo = watchedUpTo = head.learnedUpTo;
    curve.clear();
    session.evidence.clear();
    session.heldOut = { again: -Infinity };
    session.drift.forgetFrom(0);
    const from = Math.max(1, watchedUpTo - LOOKED_BACK + 1);
    const skipped = versions.recent.flatMap(({ skipped = [] }) => skipped);
    const known = (await store.rewards.range(agent, from, watchedUpTo))
      .filter(({ sequence }) => !skipped.some(([first, last]) => first <= sequence && sequence <= last));
    for (let i = 0; i < known.length; i += CHUNK) {
      watch(known.slice(i, i + CHUNK));
      await session.breathe();
    }
    if (watchedUpTo === 0) return;
    curve.goOn(await store.rewards.curve(agent, 1, watchedUpTo, 1), await store.rewards.curve(agent, 1, 200, 1));
  }

  /** What judged steps say about what serves: before anything is learned from them. */
  function watch(steps: readonly JudgedStep[]): UpdateMetrics {
    if (steps.length === 0) return {};
    const judged = steps.filter(({ metric, source }) => metric === configuration.learnsFrom && source === "judged");
    const expectations = expectedRewards(judged, session.trailing ?? head);
    judged.forEach(({ sequence, reward }, i) => {
      const expected = expectations?.[i] ?? session.drift.knownReward;
      session.drift.push(sequence, reward, expected);
      surprise += (reward - expected - surprise) / Math.min(++surprises, SURPRISES);
    });
    session.evidence.push(steps);
    for (const { metric, reward } of steps) {
      if (metric === configuration.learnsFrom) curve.push(reward);
    }
    const missing = steps.filter(({ source }) => source === "missing").length;
    return {
      missingShare: missing / steps.length,
      ...(expectations && surprises >= SURPRISES && { calibrationError: Math.abs(surprise) }),
    };
  }

  async function turn(whatever: boolean): Promise<void> {
    begin();
    for (let more = true; more && !closed;) {
      rewind();
      const read = within(every, STORE_MS, "read the journal", store.rewards.after(agent, readUpTo, BATCH));
      const steps = await read;
      more = steps.length === BATCH;
      const size = head.fork ? CHUNK : 1;
      for (let i = 0; i < steps.length && !closed; i += size) {
        await takeIn(steps.slice(i, i + size));
        if (!more) await release(false);
        await session.breathe();
        if (!rewind()) continue;
        more = true;
        break;
      }
      await release(false);
    }
    if (learns()) {
      // A learner in batches may have waited long enough.
      if (whatever || !head.fork) await learn([], whatever);
      await release(whatever || now() - versions.newest.createdAt >= RELEASE_MS);
    }
    if (!whatever && now() - progressAt < PROGRESS_MS) return;
    progressAt = now();
    feedback = await within(every, STORE_MS, "count feedback", store.feedback.counts(agent));
    tell({ event: "progress", agent, at: now(), status: status() });
  }

  /** Reads again what the learner has let go when it went back. @returns Whether there is such. */
  function rewind(): boolean {
    const taken = head.takenUpTo ?? head.learnedUpTo;
    if (!learns() || taken >= readUpTo) return false;
    readUpTo = taken;
    return true;
  }

  const learns = (): boolean => session.frozen === undefined && configuration.mode !== "frozen";

  async function release(whatever: boolean): Promise<void> {
    if (!learns()) return;
    if (head.fork) await releaseRolling(session, whatever);
    else await releaseTrial(session);
  }

  /** Watches, learns, warns: one chunk of the journal. */
  async function takeIn(steps: readonly JudgedStep[]): Promise<void> {
    const seen = watch(steps.filter(({ sequence }) => sequence > watchedUpTo));
    readUpTo = steps[steps.length - 1].sequence;
    watchedUpTo = Math.max(watchedUpTo, readUpTo);
    if (!learns()) return await recover();
    const drop = session.drift.drop();
    if (drop) {
      await freezeOnDrop(session, drop);
      session.drift.forgetFrom(drop.beganAt);
      return;
    }
    await learn(steps, false, seen);
  }

  async function learn(steps: readonly JudgedStep[], flush: boolean, seen: UpdateMetrics = {}): Promise<void> {
    const reports = await head.learn(steps, { now: now(), flush });
    for (const { sequence, settledAt } of steps) {
      updateLatencies.push(now() - settledAt);
      session.unserved.push({ sequence, settledAt });
    }
    if (session.unserved.length > 2 * UNSERVED) session.unserved = session.unserved.slice(-UNSERVED);
    session.updates += reports.length;
    for (const report of reports) {
      const metrics = { ...seen, ...report };
      tell({ event: "update", agent, at: now(), metrics });
      await warn(metrics);
    }
  }

  async function warn(metrics: UpdateMetrics): Promise<void> {
    for (const { row, level, value, threshold } of warnings.push(metrics)) {
      const act = level === "stop" ? row.act ?? "tell" : "tell";
      const done = { tell: "told only", rollback: "rolled back to the published version", freeze: "frozen" }[act];
      const reason = `${row.means} is ${value.toFixed(3)}, ${row.bad} ${threshold}: ${done}`;
      const warning: LoopWarning = { agent, at: now(), warning: row.name, level, value, threshold, reason };
      raised = [warning, ...raised].slice(0, WARNINGS);
      tell({ event: "warning", ...warning });
      if (act === "tell") continue;
      await stopOnWarning(session, reason, act === "freeze");
      warnings.reset();
      return;
    }
  }

  /** Frozen: looks whether rewards are what they were for as long as the published version trails. */
  async function recover(): Promise<void> {
    const drop = session.frozen?.drop;
    if (!drop || !session.drift.hasRecovered(drop, Math.max(100, gate.delayJudgements))) return;
    const reason = `rewards are back at ${drop.knownReward.toFixed(2)}; judgements up to ${
      watchedUpTo.toLocaleString("en-US")
    } are left out`;
    await resumeLearning(session, { skipTo: watchedUpTo, reason, by: "guard" });
    session.drift.forgetFrom(drop.beganAt);
    warnings.reset();
  }

  /** Does work that may fail: a failure is kept as a state, and the journal is read again after a while. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    if (closed || (failure && now() < failure.retryAt)) return;
    try {
      if (!opened || failure) await open();
      await work();
      failure = undefined;
    } catch (error) {
      const waitMs = Math.min(LAST_RETRY_MS, failure ? 2 * failure.waitMs : FIRST_RETRY_MS);
      failure = { reason: error instanceof Error ? error.message : String(error), retryAt: now() + waitMs, waitMs };
      tell({ event: "progress", agent, at: now(), status: status() });
    }
  }

  const status = (): AgentStatus =>
    curve.status({
      ...{ agent, kind, feedback, newestVersion: versions.recent.at(-1)?.version ?? 0 },
      ...{ assignment: versions.assignment, learnedUpTo: head.learnedUpTo, judgements: watchedUpTo },
      state: failure ? "failed" : !learns() ? "frozen" : watchedUpTo === 0 ? "waiting" : "learning",
      reason: failure?.reason ?? session.frozen?.reason,
      updateLatencyMs: updateLatencies.percentiles(),
      serveLatencyMs: session.serveLatencies.percentiles(),
    });

  /** Serves a version on somebody's word. */
  async function assign(version: PolicyVersion, share: number | undefined, by: string): Promise<void> {
    const assignment = share === undefined
      ? { incumbent: version.version }
      : { incumbent: versions.assignment.incumbent, canary: { version: version.version, share } };
    const payloads = [{ version, payload: await rebuilt(version) }];
    const reason = share === undefined ? `published by ${by}` : `put on trial on ${100 * share} % by ${by}`;
    const action = share === undefined ? "publish" : "canary";
    await versions.serve({ action, version: version.version, assignment, payloads, reason, by });
  }

  const previous = async (): Promise<number> => {
    const { incumbent } = versions.assignment;
    const history = await store.policies.history(agent, 1000);
    return history.find(({ assignment }) => assignment.incumbent !== incumbent)?.assignment.incumbent ?? incumbent;
  };

  return {
    start: () => exclusive(() => attempt(() => turn(false))),
    wake: () => {
      if (scheduled || closed) return;
      scheduled = true;
      void exclusive(() => {
        scheduled = false;
        return attempt(() => turn(false));
      });
    },
    drain: () => exclusive(() => attempt(() => turn(true))),
    status,
    warnings: () => raised,
    publish: (version, by) => exclusive(async () => assign(await versions.get(version), undefined, by)),
    canary: (version, share, by) => exclusive(async () => assign(await versions.get(version), share, by)),
    rollback: (version, by) =>
      exclusive(async () => {
        const target = await versions.get(version ?? await previous());
        const child = await goBack(session, target, watchedUpTo);
        followHead(session, child.version);
        const payloads = [{ version: child, payload: head.payload(child.version, -1) }];
        const reason = `back to version ${target.version} by ${by}; kept as version ${child.version}, which equals it`;
        const assignment = { incumbent: child.version };
        await versions.serve({ action: "rollback", version: child.version, assignment, payloads, reason, by });
      }),
    resume: ({ learnQuarantined, by }) =>
      exclusive(async () => {
        if (!session.frozen) return;
        const reason = learnQuarantined ? "what was set aside is learned" : "what was set aside is left out";
        await resumeLearning(session, { ...(!learnQuarantined && { skipTo: watchedUpTo }), reason, by });
        session.drift.forgetFrom(0);
        await attempt(() => turn(false));
      }),
    snapshotOf: (number) =>
      exclusive(async () => {
        const version = await versions.get(number);
        const kept = version.contentHash && await store.policies.snapshot(version.contentHash);
        if (kept) return { version, bytes: kept };
        const payload = await rebuilt(version);
        if (payload.kind !== "snapshot") throw new RangeError(`Cannot encode version ${number}: it has no snapshot`);
        return { version, bytes: encodeSnapshot(payload.snapshot) };
      }),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await tail;
      session.trailing?.[Symbol.dispose]();
      head[Symbol.dispose]();
    },
  };
}

function emptyCounts(): Readonly<Record<FeedbackStatus | "duplicate" | "conflict", number>> {
  return { joined: 0, early: 0, orphaned: 0, late: 0, superseded: 0, duplicate: 0, conflict: 0 };
}
