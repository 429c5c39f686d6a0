import type { Kernels } from "../kernels/mod.ts";
import { createLanguageModel, type LanguageModelOptions, type PolicySnapshot } from "../policy/mod.ts";
import type { Assignment } from "../store/mod.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";
import type { ServedAgent } from "./served_agent.ts";
import { speakerOf } from "./_speaker.ts";
import { refuseToLearn } from "./refuse_to_learn.ts";

/**
 * An agent that is a language model from elsewhere: it answers through its own chat template, and chooses among candidates
 * by how likely it is to say them. Its weights stay as they are: version 0 is the file, and there is no other.
 *
 * @throws {EddyError} `configuration_invalid` If it should learn; what `createLanguageModel` throws.
 */
export function createLanguageModelAgent(
  kernels: Kernels,
  name: string,
  configuration: AgentConfiguration,
  snapshot: PolicySnapshot,
  options: LanguageModelOptions = {},
): ServedAgent & Required<Pick<ServedAgent, "language">> {
  try {
    refuseToLearn(name, configuration);
  } catch (error) {
    options.packed?.free();
    throw error;
  }
  const model = createLanguageModel(kernels, snapshot, options);
  const assignment: Assignment = { incumbent: 0 };

  return {
    name,
    kind: "transformer",
    assignment,
    installed: [0],
    ...speakerOf(name, configuration, model, 0),
    install: (version) => refuse(version),
    uninstall: (version) => refuse(version),
    assign: ({ incumbent, canary }) => {
      if (incumbent !== 0 || canary) refuse(canary?.version ?? incumbent);
    },
    [Symbol.dispose]: () => model[Symbol.dispose](),
  };

  function refuse(version: number): void {
    if (version !== 0) {
      throw new RangeError(`Cannot use version ${version} of '${name}': it has only the model's own, 0`);
    }
  }
}
