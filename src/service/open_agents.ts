import {
  type AgentConfiguration,
  createLanguageModelAgent,
  createPolicyAgent,
  createRewardModelAgent,
  refuseToLearn,
  type ServedAgent,
} from "../agent/mod.ts";
import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import {
  type AgentLearner,
  createFrozenLearner,
  createGradientLearner,
  createRewardModelLearner,
  loadRun,
  openWorld,
} from "../learning/mod.ts";
import { isLanguageModelAt, readLanguageModel, refuseAdapter } from "../policy/mod.ts";
import { openAdapters } from "./_open_adapters.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";

/** An agent with all that serves and teaches it. */
export interface OpenAgent {
  readonly configuration: AgentConfiguration;
  readonly served: ServedAgent;
  readonly learner: AgentLearner;
}

/**
 * Opens every agent of a configuration at its version 0.
 *
 * @throws {EddyError} `checkpoint_missing`, `checkpoint_invalid`, `environment_invalid`, naming the agent; what was opened
 * is closed again.
 */
export async function openAgents(
  kernels: Kernels,
  { agents }: Pick<ServiceConfiguration, "agents">,
): Promise<ReadonlyMap<string, OpenAgent>> {
  const open = new Map<string, OpenAgent>();
  try {
    for (const [name, configuration] of Object.entries(agents)) {
      const agent = await openAgent(kernels, name, configuration);
      open.set(name, agent);
      for (const [own, adapter] of openAdapters(name, agent)) open.set(own, adapter);
    }
    return open;
  } catch (error) {
    for (const { served, learner } of [...open.values()].reverse()) {
      served[Symbol.dispose]();
      learner[Symbol.dispose]();
    }
    throw error;
  }
}

async function openAgent(
  kernels: Kernels,
  name: string,
  configuration: AgentConfiguration,
): Promise<OpenAgent> {
  const { policy } = configuration;
  if (policy.kind === "reward-model") {
    const served = createRewardModelAgent(kernels, name, configuration);
    return { configuration, served, learner: createRewardModelLearner(kernels, configuration) };
  }
  if (isLanguageModelAt(kernels, policy.path)) {
    refuseToLearn(name, configuration);
    const { snapshot, packed } = readLanguageModel(kernels, policy.path, policy);
    const served = createLanguageModelAgent(kernels, name, configuration, snapshot, { packed });
    return { configuration, served, learner: createFrozenLearner(snapshot) };
  }
  if (policy.weights !== undefined) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot open '${name}' with 'policy.weights': '${policy.path}' is an agent of Eddy's, whose own weights learn; leave it out`,
    );
  }
  const run = loadRun(policy.path, kernels);
  refuseAdapter(run.snapshot, policy.path);
  const environment = policy.environment ?? run.configuration?.environment;
  if (environment === undefined && configuration.candidates === undefined) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot open '${name}': '${policy.path}' does not say which world it acts in; set 'policy.environment', or 'candidates'`,
    );
  }
  const world = environment === undefined ? undefined : await openWorld({ ...run.configuration, environment });
  const parts = { snapshot: run.snapshot, tools: world?.tools, words: world?.words };
  const served = createPolicyAgent(kernels, name, configuration, parts);
  return { configuration, served, learner: createGradientLearner(kernels, configuration, parts) };
}
