import type { VersionPayload } from "../agent/mod.ts";
import type { CentralLoop, Published } from "../learning/mod.ts";
import { contentHashOf, encodeSnapshot } from "../policy/checkpoint/snapshot_bytes.ts";
import type { RewardJudgement } from "../policy/mod.ts";
import type { PolicyVersion, Store } from "../store/mod.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AssignmentMessage, VersionMessage } from "./edge_messages.ts";

/** Publications of each agent that are remembered: how far behind an edge may be to catch up by judgements alone. */
const REMEMBERED_VERSIONS = 256;

/** More judgements than this take longer to learn than a snapshot takes to load. */
const LONGEST_PATH = 1024;

/** Bytes of rebuilt snapshots that are kept ready. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** How edges get from the version they have to the one that serves. */
export interface EdgeVersions {
  /** A publication as edges hear it. */
  messageOf(published: Published): AssignmentMessage;
  /** What serves an agent whose versions come from elsewhere than the loop, with the way there. */
  messageOfChange(agent: string): AssignmentMessage;
  /** What serves an agent, without the way there. @throws {EddyError} `version_missing` */
  assignmentOf(agent: string): AssignmentMessage;
  /** The shortest way to what serves an agent, for an edge that has the versions `have`. */
  wayTo(agent: string, have: ReadonlySet<number>): Promise<AssignmentMessage>;
  /** Bytes by their SHA-256. */
  snapshot(hash: string): Promise<Uint8Array | undefined>;
}

type Judgements = Extract<VersionMessage, { kind: "judgements" }>;

/**
 * Remembers what was published, and rebuilds and keeps snapshots that were asked for.
 *
 * @param agents Those of them whose versions travel by themselves are asked for these, and not the loop.
 */
export function edgeVersions(loop: CentralLoop, store: Store, agents: AppDependencies["agents"]): EdgeVersions {
  const steps = new Map<string, Map<number, Judgements>>();
  const kept = new Map<string, Uint8Array>();
  const rebuilding = new Map<string, Promise<VersionMessage>>();

  function keep(bytes: Uint8Array): string {
    const hash = contentHashOf(bytes);
    kept.delete(hash);
    kept.set(hash, bytes);
    let total = 0;
    for (const [old, { length }] of [...kept].reverse()) {
      total += length;
      if (total > KEPT_BYTES && old !== hash) kept.delete(old);
    }
    return hash;
  }

  function messageOfVersion(version: PolicyVersion, payload: VersionPayload): VersionMessage {
    if (payload.kind === "snapshot") {
      const bytes = encodeSnapshot(payload.snapshot);
      return { kind: "snapshot", version, hash: keep(bytes), bytes: bytes.length };
    }
    const message: Judgements = { version, ...payload };
    const known = steps.get(version.agent) ?? new Map<number, Judgements>();
    steps.set(version.agent, known.set(version.version, message));
    if (known.size > REMEMBERED_VERSIONS) known.delete(known.keys().next().value!);
    return message;
  }

  /** Follows the remembered publications back from `version` to one of `have`. */
  function judgementsTo(agent: string, version: number, have: ReadonlySet<number>): Judgements | undefined {
    const known = steps.get(agent);
    const last = known?.get(version);
    const parts: (readonly RewardJudgement[])[] = [];
    let [step, length] = [last, 0];
    while (step && length <= LONGEST_PATH) {
      parts.push(step.judgements);
      length += step.judgements.length;
      if (have.has(step.base)) return { ...last!, base: step.base, judgements: parts.reverse().flat() };
      step = step.base < step.version.version ? known!.get(step.base) : undefined;
    }
    return undefined;
  }

  function snapshotTo(agent: string, version: number): Promise<VersionMessage> {
    const name = `${version} ${agent}`;
    const known = rebuilding.get(name);
    if (known) return known;
    const message = loop.snapshotOf(agent, version)
      .then(({ version, bytes }) => ({ kind: "snapshot" as const, version, hash: keep(bytes), bytes: bytes.length }))
      .finally(() => rebuilding.delete(name));
    rebuilding.set(name, message);
    return message;
  }

  function assignmentOf(agent: string): AssignmentMessage {
    const served = agents.get(agent)?.served;
    const { assignment } = served?.travelling ? served : loop.status(agent);
    return { agent, assignment, versions: [] };
  }

  /** A version that the loop knows nothing of. */
  function travellingTo(agent: string, version: number): VersionMessage | undefined {
    const snapshot = agents.get(agent)?.served.travelling?.snapshot(version);
    if (!snapshot) return undefined;
    const described = { agent, version, createdAt: 0, learnedUpTo: 0, report: {} };
    return messageOfVersion(described, { kind: "snapshot", snapshot: { ...snapshot, version } });
  }

  return {
    messageOf({ agent, assignment, versions }): AssignmentMessage {
      return {
        agent,
        assignment,
        versions: versions.map(({ version, payload }) => messageOfVersion(version, payload)),
      };
    },
    messageOfChange(agent): AssignmentMessage {
      const { assignment } = assignmentOf(agent);
      const message = travellingTo(agent, assignment.incumbent);
      return { agent, assignment, versions: message ? [message] : [] };
    },
    assignmentOf,
    async wayTo(agent, have): Promise<AssignmentMessage> {
      const { assignment } = assignmentOf(agent);
      const wanted = [assignment.incumbent, ...(assignment.canary ? [assignment.canary.version] : [])];
      const versions = await Promise.all(
        wanted.filter((version) => !have.has(version))
          .map((version) =>
            travellingTo(agent, version) ?? judgementsTo(agent, version, have) ?? snapshotTo(agent, version)
          ),
      );
      return { agent, assignment, versions };
    },
    async snapshot(hash): Promise<Uint8Array | undefined> {
      return kept.get(hash) ?? await store.policies.snapshot(hash);
    },
  };
}
