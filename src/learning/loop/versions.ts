import type { ServedAgent, VersionPayload } from "../../agent/mod.ts";
import { EddyError } from "../../errors.ts";
import { contentHashOf, decodeSnapshot, encodeSnapshot } from "../../policy/mod.ts";
import type { Assignment, PolicyVersion, PublicationEvent, Store } from "../../store/mod.ts";
import type { AgentLearner } from "./agent_learner.ts";
import type { Published } from "./central_loop.ts";
import { needsSnapshot } from "./needs_snapshot.ts";

/** Versions that are kept in mind for a rollback. */
const REMEMBERED = 1000;
/** Entries of the journal that are read at once while a version is rebuilt, and learned before others may work. */
const REPLAYED = 1000, CHUNK = 16;

/** The versions of one agent: kept, rebuilt and served. */
export interface Versions {
  /** What serves. */
  readonly assignment: Assignment;
  /** The newest ones, oldest first. */
  readonly recent: readonly PolicyVersion[];
  /** The newest. */
  readonly newest: PolicyVersion;
  /** Reads versions and assignment; an agent without any gets version 0. */
  open(learner: AgentLearner): Promise<void>;
  /** One version. @throws {EddyError} `version_missing` */
  get(version: number): Promise<PolicyVersion>;
  /** Brings a learner to a version: its nearest snapshot, then the journal. */
  rebuild(version: PolicyVersion, learner: AgentLearner): Promise<void>;
  /** Keeps what a learner knows as the next version. */
  add(learner: AgentLearner, details: VersionDetails): Promise<PolicyVersion>;
  /** Changes what serves: written down first, then served here, then told. */
  serve(change: ServeChange): Promise<void>;
  /** Loads what was assigned before, without telling. */
  restore(payloads: ReadonlyMap<number, VersionPayload>): void;
}

/** How a version came to be. */
export interface VersionDetails {
  /** What it was learned from. */
  readonly parent: number;
  /** Places of the journal that were left out on purpose. */
  readonly skipped?: PolicyVersion["skipped"];
  /** Whether it must be kept whole: after a jump it cannot be rebuilt from the versions before it. */
  readonly whole?: boolean;
  /** Numbers that speak for or against it. */
  readonly report?: PolicyVersion["report"];
}

/** See {@linkcode Versions.serve}. */
export interface ServeChange extends Pick<PublicationEvent, "action" | "version" | "assignment" | "reason" | "by"> {
  /** How versions that are new with it travel. */
  readonly payloads?: readonly { readonly version: PolicyVersion; readonly payload: VersionPayload }[];
}

/** What versions need. */
export interface VersionsDependencies {
  /** Name of the agent. */
  readonly agent: string;
  /** What is kept. */
  readonly store: Store;
  /** What serves it here. */
  readonly served?: ServedAgent;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits for what the store does, but not for ever. */
  readonly within: <T>(what: string, promise: Promise<T>) => Promise<T>;
  /** Lets others work, once enough was done. */
  readonly breathe: () => Promise<void>;
  /** Hears each line of the history. */
  readonly tell: (event: PublicationEvent) => void;
  /** Hears each change of what serves. */
  readonly publish: (published: Published) => void;
}

/** See {@linkcode Versions}. */
export function createVersions(dependencies: VersionsDependencies): Versions {
  const { agent, store, served, now, within, breathe, tell, publish } = dependencies;
  let assignment: Assignment = { incumbent: 0 };
  let recent: PolicyVersion[] = [];
  let lastWhole: PolicyVersion | undefined;
  const newest = (): PolicyVersion => recent[recent.length - 1];

  async function keep(
    learner: AgentLearner,
    version: number,
    details: Partial<VersionDetails>,
  ): Promise<PolicyVersion> {
    const { whole, report = {}, ...rest } = details;
    const row = { agent, version, ...rest, createdAt: now(), learnedUpTo: learner.learnedUpTo, report };
    if (!whole && lastWhole && !needsSnapshot(lastWhole, row)) {
      await within("keep a version", store.policies.add(row));
      recent.push(row);
      return row;
    }
    const bytes = encodeSnapshot(learner.snapshot());
    lastWhole = { ...row, contentHash: contentHashOf(bytes), bytes: bytes.length };
    await within("keep a version", store.policies.add(lastWhole, bytes));
    recent.push(lastWhole);
    return lastWhole;
  }

  /** Unloads what neither serves nor is a base for what comes next. */
  function tidy(): void {
    for (const version of served?.installed ?? []) {
      if (version !== assignment.incumbent && version !== assignment.canary?.version) served?.uninstall(version);
    }
  }

  const versions: Versions = {
    get assignment(): Assignment {
      return assignment;
    },
    get recent(): readonly PolicyVersion[] {
      return recent;
    },
    get newest(): PolicyVersion {
      return newest();
    },
    open: async (learner) => {
      recent = [...await store.policies.list(agent, REMEMBERED)].reverse();
      if (recent.length === 0) {
        const first = await keep(learner, 0, { whole: true });
        await versions.serve({
          ...{ action: "publish", version: 0, assignment: { incumbent: 0 }, by: "loop" },
          reason: "the first version: nothing learned yet",
          payloads: [{ version: first, payload: { kind: "snapshot", snapshot: learner.snapshot() } }],
        });
        return;
      }
      lastWhole = await store.policies.nearestSnapshot(agent, newest().version);
      assignment = await store.policies.assignment(agent) ?? { incumbent: 0 };
    },
    get: async (version) => {
      const found = recent.find((one) => one.version === version) ?? await store.policies.get(agent, version);
      if (!found) throw new EddyError("version_missing", `Cannot use version ${version} of '${agent}': there is none`);
      return found;
    },
    rebuild: async (version, learner) => {
      const nearest = version.contentHash ? version : await store.policies.nearestSnapshot(agent, version.version);
      const bytes = nearest?.contentHash && await store.policies.snapshot(nearest.contentHash);
      if (!nearest || !bytes) {
        throw new EddyError(
          "version_missing",
          `Cannot rebuild version ${version.version} of '${agent}': no version before it was kept whole`,
        );
      }
      learner.restore(decodeSnapshot(bytes), nearest.learnedUpTo);
      while (learner.learnedUpTo < version.learnedUpTo) {
        const limit = Math.min(REPLAYED, version.learnedUpTo - learner.learnedUpTo);
        const steps = (await store.rewards.after(agent, learner.learnedUpTo, limit))
          .filter(({ sequence }) => sequence <= version.learnedUpTo);
        if (steps.length === 0) {
          throw new EddyError(
            "version_missing",
            `Cannot rebuild version ${version.version} of '${agent}': the journal after ${learner.learnedUpTo} is gone`,
          );
        }
        const size = learner.fork ? CHUNK : steps.length;
        for (let i = 0; i < steps.length; i += size) {
          await learner.learn(steps.slice(i, i + size), { now: now() });
          await breathe();
        }
      }
    },
    add: (learner, details) => keep(learner, newest().version + 1, details),
    serve: async ({ payloads = [], ...change }) => {
      const event: PublicationEvent = { agent, at: now(), ...change };
      await within("write the history", store.policies.record(event));
      for (const { version, payload } of payloads) served?.install(version.version, payload);
      assignment = change.assignment;
      served?.assign(assignment);
      tidy();
      tell(event);
      publish({ agent, assignment, versions: payloads });
      // What is older can still be read from the store.
      if (recent.length > 2 * REMEMBERED) recent = recent.slice(-REMEMBERED);
    },
    restore: (payloads) => {
      for (const [version, payload] of payloads) served?.install(version, payload);
      served?.assign(assignment);
      tidy();
    },
  };
  return versions;
}
