import {
  type AgentConfiguration,
  checkLanguageMode,
  createLanguageModelAgent,
  createPolicyAgent,
  createRewardModelAgent,
  type LanguageModelAgent,
  type ServedAgent,
} from "../agent/mod.ts";
import { EddyError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import {
  type AgentLearner,
  createAdapterLearner,
  createFrozenLearner,
  createGradientLearner,
  createRewardModelLearner,
  loadRun,
  openWorld,
} from "../learning/mod.ts";
import { isLanguageModelAt, type PolicySnapshot, readLanguageModelOn, refuseAdapter } from "../policy/mod.ts";
import { openAdapters } from "./_open_adapters.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";
import type { ServiceMachine } from "./service.ts";

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
  machine: Pick<ServiceMachine, "monotonic" | "report">,
): Promise<ReadonlyMap<string, OpenAgent>> {
  const open = new Map<string, OpenAgent>();
  try {
    for (const [name, configuration] of Object.entries(agents)) {
      const agent = await openAgent(kernels, name, configuration, machine);
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
  { monotonic, report }: Pick<ServiceMachine, "monotonic" | "report">,
): Promise<OpenAgent> {
  const { policy } = configuration;
  if (policy.kind === "reward-model") {
    const served = createRewardModelAgent(kernels, name, configuration);
    return { configuration, served, learner: createRewardModelLearner(kernels, configuration) };
  }
  if (isLanguageModelAt(kernels, policy.path)) {
    checkLanguageMode(name, configuration);
    const { snapshot, packed } = await readLanguageModelOn(kernels, policy.path, {
      ...policy,
      // Adapters stand beside models on the processor.
      ...(policy.adapters && policy.device === "auto" ? { device: "cpu" } : {}),
      now: monotonic,
      onLost: (error) => report?.({ requestId: "-", method: "agent", path: name, code: error.code, error }),
    });
    const served = createLanguageModelAgent(kernels, name, configuration, snapshot, { packed });
    return { configuration, served, learner: learnerOf(kernels, configuration, served, snapshot) };
  }
  const foreign = (["weights", "device"] as const).find((key) => policy[key] !== undefined);
  if (foreign !== undefined) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot open '${name}' with 'policy.${foreign}': '${policy.path}' is an agent of Eddy's, whose own weights learn; leave it out`,
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

/** In mode `learn` an adapter beside the model; a model that does not fit it is closed again. */
function learnerOf(
  kernels: Kernels,
  configuration: AgentConfiguration,
  served: LanguageModelAgent,
  snapshot: PolicySnapshot,
): AgentLearner {
  const { mode, policy } = configuration;
  if (mode !== "learn" || policy.kind !== "checkpoint") return createFrozenLearner(snapshot);
  const { rank, alpha, targets } = policy.lora ?? { rank: 8, alpha: 16, targets: "all-linear" };
  try {
    return createAdapterLearner(kernels, configuration, {
      model: served.language().model,
      lora: { rank, alpha, targetModules: targets, base: policy.path },
    });
  } catch (error) {
    served[Symbol.dispose]();
    throw error;
  }
}
