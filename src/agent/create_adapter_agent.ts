import { EddyError } from "../errors.ts";
import type { LanguageModel, PolicySnapshot } from "../policy/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import type { DecidedStep, ServedAgent } from "./served_agent.ts";
import { type Speaker, speakerOf } from "./_speaker.ts";

/** Versions that can be asked for beside the newest; older ones are let go. */
const OLDER_VERSIONS = 2;

/** What is assigned before the first version has come; it may be one, too. */
const NONE = 0;

/** Where the versions of an adapter come from. */
export interface AdapterSource {
  /** Name of the newest version; where it is another than before, there is something to load. */
  newest(): string;
  /** Reads it. */
  load(): PolicySnapshot;
}

/** One version that is beside the model. */
interface Version {
  readonly speaker: Speaker;
  readonly model: LanguageModel;
  readonly snapshot: PolicySnapshot;
}

/**
 * A low-rank adapter beside a served language model, as an agent of its own: both answer at once, with one copy of the
 * weights. A version that its source brings later answers from the next request on; what is being written by the one
 * before is written to its end. Without a source its versions are installed and assigned, as at an edge: before the first
 * there is nothing to ask.
 *
 * @param name What it is asked by, `model:adapter`.
 * @param base The model that is served; it must outlive the agent.
 * @throws {EddyError} `checkpoint_missing`, `checkpoint_invalid` or `model_unsupported`, with the adapter's name.
 */
export function createAdapterAgent(
  name: string,
  configuration: AgentConfiguration,
  base: LanguageModel,
  source?: AdapterSource,
): ServedAgent {
  const versions = new Map<number, Version>();
  const listeners = new Set<() => void>();
  let known = "", current = NONE;

  function add(version: number, snapshot: PolicySnapshot): void {
    const model = base.adapt(snapshot);
    remove(version);
    versions.set(version, { model, speaker: speakerOf(name, configuration, model, version), snapshot });
  }

  function remove(version: number): void {
    versions.get(version)?.model[Symbol.dispose]();
    versions.delete(version);
  }

  /** What cannot be used is told by the adapter's name. */
  function named<Result>(use: () => Result): Result {
    try {
      return use();
    } catch (cause) {
      if (!(cause instanceof EddyError)) throw cause;
      throw new EddyError(cause.code, `Cannot serve '${name}': ${cause.message}`, { cause });
    }
  }

  function load({ newest, load }: AdapterSource): boolean {
    const found = named(newest);
    if (found === known) return false;
    named(() => {
      const snapshot = withoutMoments(load());
      add(snapshot.version, snapshot);
      [known, current] = [found, snapshot.version];
    });
    for (const old of [...versions.keys()].slice(0, -1 - OLDER_VERSIONS)) remove(old);
    for (const listener of listeners) listener();
    return true;
  }

  function at(version: number): ServedAgent | undefined {
    const found = versions.get(version);
    return found && {
      ...shared,
      language: () => found.speaker.language,
      decide: found.speaker.decide,
      assignment: { incumbent: version },
      installed: [...versions.keys()],
    };
  }

  /** Where a source says what serves, nobody else does. */
  function refuseBeside(version: number, state: string): void {
    if (source) throw new RangeError(`Cannot use version ${version} of '${name}': its folder says what is served`);
    if (state) throw new RangeError(`Cannot use version ${version} of '${name}': ${state}`);
  }

  const shared: Omit<ServedAgent, "assignment" | "installed" | "language" | "decide"> = {
    name,
    kind: "transformer",
    at,
    ...(source && {
      refresh: () => load(source),
      travelling: {
        snapshot: (version: number) => versions.get(version)?.snapshot,
        onChange(listener: () => void): () => void {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
    }),
    install(version, payload): void {
      refuseBeside(version, payload.kind === "snapshot" ? "" : "an adapter travels as a snapshot");
      if (payload.kind === "snapshot" && !versions.has(version)) named(() => add(version, payload.snapshot));
    },
    uninstall(version): void {
      refuseBeside(version, version === current ? "it is assigned; assign another one first" : "");
      remove(version);
    },
    assign({ incumbent, canary }): void {
      refuseBeside(incumbent, versions.has(incumbent) || incumbent === NONE ? "" : "it is not installed");
      if (canary) refuseBeside(canary.version, "an adapter has no version on trial");
      current = incumbent;
    },
    [Symbol.dispose](): void {
      for (const version of [...versions.keys()]) remove(version);
      listeners.clear();
    },
  };
  if (source) load(source);
  return {
    ...shared,
    get assignment() {
      return { incumbent: current };
    },
    get installed() {
      return [...versions.keys()];
    },
    get language() {
      const version = versions.get(current);
      return version && (() => version.speaker.language);
    },
    decide(request): DecidedStep {
      const version = versions.get(current);
      if (version) return version.speaker.decide(request);
      throw new EddyError("version_missing", `Cannot ask '${name}': no version of it has come yet`);
    },
  };
}

/** Who answers has no use for what an optimiser remembers. */
function withoutMoments(snapshot: PolicySnapshot): PolicySnapshot {
  const tensors = new Map([...snapshot.tensors].filter(([name]) => !name.startsWith("optimizer.")));
  return { ...snapshot, tensors };
}
