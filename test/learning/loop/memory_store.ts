import type { Feedback, JudgedStep, StepRecord } from "../../../src/episode/mod.ts";
import type { PolicyVersion, PublicationEvent, Store } from "../../../src/store/mod.ts";

/** A store in memory for long simulations: what the loop uses, and nothing waits for a clock. `reward` derives rewards. */
export function openMemoryStore(reward: (feedback: Feedback, step: StepRecord) => number): Store & {
  readonly journal: JudgedStep[];
  readonly rows: PolicyVersion[];
  readonly events: PublicationEvent[];
} {
  const steps = new Map<string, StepRecord>();
  const journal: JudgedStep[] = [], rows: PolicyVersion[] = [], events: PublicationEvent[] = [];
  const snapshots = new Map<string, Uint8Array>();
  const listeners = new Set<(agents: ReadonlySet<string>) => void>();
  const missing = (): never => {
    throw new Error("Cannot do this: the store in memory has only what the loop uses");
  };
  const of = (agent: string): JudgedStep[] => journal.filter(({ step }) => step.agent === agent);
  return {
    ...{ dialect: "sqlite", journal, rows, events },
    steps: {
      add: (added) => (added.forEach((step) => steps.set(step.id, step)), Promise.resolve([])),
      ofEpisode: missing,
      get: (id) => Promise.resolve(steps.get(id)),
    },
    feedback: {
      add: (added) => {
        const agents = new Set<string>();
        for (const feedback of added) {
          const step = steps.get(feedback.stepId ?? "");
          if (!step) continue;
          agents.add(feedback.agent);
          journal.push({
            ...{ sequence: journal.length + 1, step, metric: feedback.metric, reward: reward(feedback, step) },
            ...{ source: "judged", settledAt: feedback.receivedAt },
          });
        }
        listeners.forEach((listener) => listener(agents));
        return Promise.resolve(added.map(({ id }) => ({ kind: "accepted", id, status: "joined" } as const)));
      },
      settle: () => Promise.resolve(0),
      counts: () =>
        Promise.resolve({
          joined: journal.length,
          early: 0,
          orphaned: 0,
          late: 0,
          superseded: 0,
          duplicate: 0,
          conflict: 0,
        }),
      ofEpisode: missing,
    },
    rewards: {
      // Places are indices: one agent, or several that are filtered.
      after: (agent, sequence, limit) =>
        Promise.resolve(
          journal.slice(sequence, sequence + 4 * limit).filter(({ step }) => step.agent === agent).slice(0, limit),
        ),
      range: (agent, from, to) =>
        Promise.resolve(journal.slice(Math.max(0, from - 1), to).filter(({ step }) => step.agent === agent)),
      last: (agent) => Promise.resolve(of(agent).at(-1)?.sequence ?? 0),
      onWritten: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
      curve: (agent, from, to) => {
        const part = of(agent).filter(({ sequence }) => from <= sequence && sequence <= to);
        const mean = part.reduce((sum, { reward }) => sum + reward, 0) / part.length;
        return Promise.resolve(part.length === 0 ? [] : [{ from, steps: part.length, mean }]);
      },
    },
    episodes: { end: missing, recent: missing, get: missing, all: missing, restore: missing },
    policies: {
      add: (version, snapshot) => {
        rows.push(version);
        if (snapshot && version.contentHash) snapshots.set(version.contentHash, snapshot);
        return Promise.resolve();
      },
      list: (agent, limit = Infinity) =>
        Promise.resolve(rows.filter((row) => row.agent === agent).toReversed().slice(0, limit)),
      get: (agent, version) => Promise.resolve(rows.find((row) => row.agent === agent && row.version === version)),
      nearestSnapshot: (agent, version) =>
        Promise.resolve(rows.findLast((row) => row.agent === agent && row.version <= version && row.contentHash)),
      snapshot: (hash) => Promise.resolve(snapshots.get(hash)),
      record: (event) => (events.push(event), Promise.resolve()),
      history: (agent, limit) =>
        Promise.resolve(events.filter((event) => event.agent === agent).toReversed().slice(0, limit)),
      assignment: (agent) => Promise.resolve(events.findLast((event) => event.agent === agent)?.assignment),
    },
    keys: { add: missing, list: missing, revoke: missing },
    ping: () => Promise.resolve(true),
    forget: missing,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
