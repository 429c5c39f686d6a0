import type { Kernels } from "../kernels/mod.ts";
import {
  createLanguageModel,
  type LanguageModel,
  type LanguageModelOptions,
  type PolicySnapshot,
} from "../policy/mod.ts";
import type { Arm } from "../episode/mod.ts";
import type { Assignment } from "../store/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import { armOf } from "./arm_of.ts";
import type { ServedAgent, SpeakingModel } from "./served_agent.ts";
import { type Speaker, speakerOf } from "./_speaker.ts";
import { checkLanguageMode } from "./check_language_mode.ts";

/** A language model as an agent. */
export type LanguageModelAgent = ServedAgent & Required<Pick<ServedAgent, "language">>;

/** One version that is loaded. */
interface Version {
  readonly model: LanguageModel;
  readonly speaker: Speaker;
}

/**
 * An agent that is a language model from elsewhere: it answers through its own chat template, and chooses among candidates
 * by how likely it is to say them. Its weights stay as they are: version 0 is the file. Later versions are adapters beside
 * it, which share the one copy of the weights; what is being written while another version is assigned is written to its end
 * by the one that began it.
 *
 * @throws {EddyError} `configuration_invalid` If the mode is no mode for it; what `createLanguageModel` throws.
 */
export function createLanguageModelAgent(
  kernels: Kernels,
  name: string,
  configuration: AgentConfiguration,
  snapshot: PolicySnapshot,
  options: LanguageModelOptions = {},
): LanguageModelAgent {
  try {
    checkLanguageMode(name, configuration);
  } catch (error) {
    options.packed?.free();
    throw error;
  }
  const base = createLanguageModel(kernels, snapshot, options);
  const versions = new Map<number, Version>([[0, versionOf(0, base)]]);
  let assignment: Assignment = { incumbent: 0 };

  function versionOf(version: number, model: LanguageModel): Version {
    return { model, speaker: speakerOf(name, configuration, model, version) };
  }

  function installed(version: number): Version {
    const found = versions.get(version);
    if (!found) throw new RangeError(`Cannot use version ${version} of '${name}': it is not installed`);
    return found;
  }

  return {
    name,
    kind: "transformer",
    get assignment(): Assignment {
      return assignment;
    },
    get installed(): readonly number[] {
      return [...versions.keys()].sort((a, b) => a - b);
    },
    language: (episodeId) => {
      if (episodeId === undefined) return installed(assignment.incumbent).speaker.language;
      const { arm, version } = armOf(episodeId, assignment);
      return inArm(installed(version).speaker.language, arm);
    },
    decide: (request) => {
      const { arm, version } = armOf(request.episodeId, assignment);
      const decided = installed(version).speaker.decide(request);
      return { ...decided, record: { ...decided.record, arm } };
    },
    install: (version, payload) => {
      if (versions.has(version)) return;
      if (payload.kind !== "snapshot") {
        throw new RangeError(`Cannot load version ${version} of '${name}': an adapter travels as a snapshot`);
      }
      versions.set(version, versionOf(version, base.adapt(payload.snapshot)));
    },
    uninstall: (version) => {
      if (version === assignment.incumbent || version === assignment.canary?.version) {
        throw new RangeError(`Cannot unload version ${version} of '${name}': it is assigned; assign another one first`);
      }
      if (version === 0) return;
      versions.get(version)?.model[Symbol.dispose]();
      versions.delete(version);
    },
    assign: (next) => {
      installed(next.incumbent);
      if (next.canary) installed(next.canary.version);
      assignment = next;
    },
    [Symbol.dispose]: () => {
      for (const version of [...versions.keys()].reverse()) versions.get(version)!.model[Symbol.dispose]();
      versions.clear();
    },
  };
}

/** Says of its steps which arm they are of. */
function inArm({ record, ...rest }: SpeakingModel, arm: Arm): SpeakingModel {
  return {
    ...rest,
    record: (...spoken) => {
      const step = record(...spoken);
      return { ...step, record: { ...step.record, arm } };
    },
  };
}
