import type { AgentConfiguration, ServedAgent } from "../agent/mod.ts";
import { EddyError } from "../errors.ts";
import type { AssignmentMessage, VersionMessage } from "../http/edge_messages.ts";
import { decodeSnapshot } from "../policy/checkpoint/snapshot_bytes.ts";
import type { Assignment } from "../store/mod.ts";
import type { Centre } from "./centre.ts";
import type { OutboxStorage } from "./outbox_storage.ts";

/** Versions that stay loaded although nobody is answered by them: what the next judgements start from, and a way back. */
const SPARE_VERSIONS = 4;

/** One agent of an edge that follows. */
export interface FollowedAgent {
  /** The version that is kept for a restart. */
  readonly kept: number | undefined;
  /** Serves the version that was kept last. */
  restore(): Promise<void>;
  /** Asks the centre what serves, and serves it. */
  catchUp(): Promise<void>;
  /** Serves what a message says. */
  reach(message: AssignmentMessage): Promise<void>;
  /** Keeps what serves for a restart, unless it is kept. */
  keep(): Promise<void>;
}

/** What it takes. */
export interface FollowedAgentParts {
  /** Its name. */
  readonly name: string;
  /** What it is served with. */
  readonly configuration: AgentConfiguration;
  /** What answers. */
  readonly served: ServedAgent;
  /** Where versions come from. */
  readonly centre: Centre;
  /** Where the last one is kept. */
  readonly storage: OutboxStorage;
  /** Hears that a change is served from now on. */
  readonly onServed?: (agent: string, version: number) => void;
}

/** Follows with one agent. */
export function followedAgent(parts: FollowedAgentParts): FollowedAgent {
  const { name, configuration, served, centre, storage, onServed } = parts;
  const untried = new Set<number>();
  let keptVersion: number | undefined;
  let fetched: { readonly hash: string; readonly bytes: Uint8Array } | undefined;

  async function snapshotBytes(hash: string): Promise<Uint8Array> {
    if (fetched?.hash !== hash) fetched = { hash, bytes: await centre.snapshot(hash) };
    return fetched.bytes;
  }

  async function install(message: VersionMessage): Promise<void> {
    const { version } = message.version;
    if (served.installed.includes(version)) return;
    if (message.kind === "judgements") {
      served.install(version, message);
    } else {
      const bytes = await snapshotBytes(message.hash);
      served.install(version, { kind: "snapshot", snapshot: decodeSnapshot(bytes) });
    }
    untried.add(version);
  }

  /** Lets the versions of `assignment` serve, after each new one has answered once. Nothing else runs meanwhile. */
  function adopt(assignment: Assignment): void {
    const before = served.assignment;
    if (sameAssignment(before, assignment) && untried.size === 0) return;
    try {
      for (const version of untried) {
        served.assign({ incumbent: version });
        tryOut(served, configuration);
        untried.delete(version);
      }
      served.assign(assignment);
    } catch (error) {
      served.assign(before);
      for (const version of untried) served.uninstall(version);
      untried.clear();
      throw error;
    }
    const assigned = assignedVersions(assignment);
    const spare = served.installed.filter((version) => !assigned.includes(version)).sort((a, b) => b - a);
    for (const version of spare.slice(SPARE_VERSIONS)) served.uninstall(version);
    onServed?.(name, assignment.incumbent);
  }

  async function reach({ assignment, versions }: AssignmentMessage): Promise<void> {
    for (const message of versions) {
      if (message.kind === "snapshot" || served.installed.includes(message.base)) await install(message);
    }
    if (!assignedVersions(assignment).every((version) => served.installed.includes(version))) return await catchUp();
    adopt(assignment);
  }

  async function catchUp(): Promise<void> {
    const { assignment, versions } = await centre.agent(name, served.installed);
    for (const message of versions) await install(message);
    adopt(assignment);
  }

  return {
    get kept() {
      return keptVersion;
    },
    async restore(): Promise<void> {
      const kept = await storage.kept(documentName(name));
      if (!kept) return;
      const { version, bytes } = decodeKept(kept);
      if (!served.installed.includes(version)) {
        served.install(version, { kind: "snapshot", snapshot: decodeSnapshot(bytes) });
        untried.add(version);
      }
      adopt({ incumbent: version });
      keptVersion = version;
    },
    catchUp,
    reach,
    async keep(): Promise<void> {
      const { incumbent } = served.assignment;
      if (incumbent === keptVersion) return;
      const { versions, assignment } = await centre.agent(name, []);
      const message = versions.find(({ version }) => version.version === assignment.incumbent);
      if (message?.kind !== "snapshot") {
        throw new EddyError(
          "version_missing",
          `Cannot keep version ${incumbent} of '${name}': no snapshot was offered`,
        );
      }
      await storage.keep(documentName(name), encodeKept(assignment.incumbent, await snapshotBytes(message.hash)));
      keptVersion = assignment.incumbent;
      fetched = undefined;
    },
  };
}

/** Lets it answer once, unseen. A language model writes one token: it might write on for long. */
function tryOut(served: ServedAgent, configuration: AgentConfiguration): void {
  if (!served.language) {
    served.decide(trialRequest(configuration));
    return;
  }
  const { model } = served.language();
  const speech = model.speak(model.tokenizer.encode("hello"), { seed: 0, maximumTokens: 1 });
  speech.next();
  speech.return({ reason: "end", text: "" });
}

/** A decision that nobody sees. */
function trialRequest(configuration: AgentConfiguration): Parameters<ServedAgent["decide"]>[0] {
  const { policy, candidates = ["yes", "no"] } = configuration;
  const actions = policy.kind === "reward-model" && policy.options.model === "belief"
    ? policy.options.actions
    : candidates;
  const turns = [{ role: "user", text: "hello" }] as const;
  const listed = policy.kind === "reward-model" ? { candidates: actions } : { candidates: configuration.candidates };
  return { stepId: "trial", episodeId: "trial", now: 0, turns, ...listed, seed: 0 };
}

function assignedVersions({ incumbent, canary }: Assignment): readonly number[] {
  return canary ? [incumbent, canary.version] : [incumbent];
}

function sameAssignment(a: Assignment, b: Assignment): boolean {
  return a.incumbent === b.incumbent && a.canary?.version === b.canary?.version && a.canary?.share === b.canary?.share;
}

function documentName(agent: string): string {
  return `version of ${agent}`;
}

/** The version in eight bytes, then its snapshot. */
function encodeKept(version: number, snapshot: Uint8Array): Uint8Array {
  const kept = new Uint8Array(8 + snapshot.length);
  new DataView(kept.buffer).setFloat64(0, version);
  kept.set(snapshot, 8);
  return kept;
}

function decodeKept(kept: Uint8Array): { readonly version: number; readonly bytes: Uint8Array } {
  const view = new DataView(kept.buffer, kept.byteOffset);
  return { version: view.getFloat64(0), bytes: kept.slice(8) };
}
