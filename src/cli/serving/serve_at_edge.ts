import { existsSync } from "node:fs";
import {
  type AgentConfiguration,
  createAdapterAgent,
  createLanguageModelAgent,
  type ServedAgent,
} from "../../agent/mod.ts";
import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { isLanguageModelAt, type LanguageModel, readLanguageModel } from "../../policy/mod.ts";

/**
 * Makes the language models that an edge serves, and the adapters beside them: the model is read from the edge's own disk,
 * since no weights travel; versions of its adapters come from the centre.
 *
 * @returns What makes them by name, each model before its adapters.
 */
export function serveAtEdge(kernels: Kernels): (name: string, configuration: AgentConfiguration) => ServedAgent {
  const models = new Map<string, LanguageModel>();
  return (name, configuration) => {
    const { policy } = configuration;
    const base = models.get(name.split(":")[0]);
    if (base) return createAdapterAgent(name, configuration, base);
    if (policy.kind !== "checkpoint" || !existsSync(policy.path) || !isLanguageModelAt(kernels, policy.path)) {
      throw new EddyError(
        "configuration_invalid",
        `Cannot open an edge: '${name}' is a checkpoint, which only the centre serves, and no language model on this machine`,
      );
    }
    const { snapshot, packed } = readLanguageModel(kernels, policy.path, policy);
    const agent = createLanguageModelAgent(kernels, name, configuration, snapshot, { packed });
    models.set(name, agent.language().model);
    return agent;
  };
}
