import { EddyError } from "../errors.ts";
import type { LanguageModel, PolicySnapshot } from "../policy/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import type { ServedAgent } from "./served_agent.ts";
import { type Speaker, speakerOf } from "./_speaker.ts";

/** Versions that can be asked for beside the newest; older ones are let go. */
const OLDER_VERSIONS = 2;

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
}

/**
 * A low-rank adapter beside a served language model, as an agent of its own: both answer at once, with one copy of the
 * weights. A version that its folder brings later answers from the next request on; what is being written by the one
 * before is written to its end.
 *
 * @param name What it is asked by, `model:adapter`.
 * @param base The model that is served; it must outlive the agent.
 * @throws {EddyError} `checkpoint_missing`, `checkpoint_invalid` or `model_unsupported`, with the adapter's name.
 */
export function createAdapterAgent(
  name: string,
  configuration: AgentConfiguration,
  base: LanguageModel,
  source: AdapterSource,
): ServedAgent {
  const versions = new Map<number, Version>();
  let known = "", current = 0;
  load();

  function load(): boolean {
    try {
      const newest = source.newest();
      if (newest === known) return false;
      const snapshot = source.load();
      const model = base.adapt(snapshot);
      const { version } = snapshot;
      versions.get(version)?.model[Symbol.dispose]();
      versions.delete(version);
      versions.set(version, { model, speaker: speakerOf(name, configuration, model, version) });
      [known, current] = [newest, version];
    } catch (cause) {
      if (!(cause instanceof EddyError)) throw cause;
      throw new EddyError(cause.code, `Cannot serve '${name}': ${cause.message}`, { cause });
    }
    for (const old of [...versions.keys()].slice(0, -1 - OLDER_VERSIONS)) {
      versions.get(old)!.model[Symbol.dispose]();
      versions.delete(old);
    }
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

  const refuse = (version: number): never => {
    throw new RangeError(`Cannot use version ${version} of '${name}': its folder says what is served`);
  };
  const shared: Omit<ServedAgent, "assignment" | "installed" | "language" | "decide"> = {
    name,
    kind: "transformer",
    at,
    refresh: load,
    install: refuse,
    uninstall: refuse,
    assign: ({ incumbent }) => refuse(incumbent),
    [Symbol.dispose](): void {
      for (const { model } of versions.values()) model[Symbol.dispose]();
      versions.clear();
    },
  };
  return {
    ...shared,
    get assignment() {
      return { incumbent: current };
    },
    get installed() {
      return [...versions.keys()];
    },
    language: () => versions.get(current)!.speaker.language,
    decide: (request) => versions.get(current)!.speaker.decide(request),
  };
}
