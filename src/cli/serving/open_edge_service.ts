import type { AgentConfiguration } from "../../agent/agent_configuration.ts";
import { createRewardModelAgent } from "../../agent/create_reward_model_agent.ts";
import type { ServedAgent } from "../../agent/served_agent.ts";
import { connectCentre } from "../../edge/connect_centre.ts";
import { type Edge, openEdge } from "../../edge/open_edge.ts";
import type { OutboxStorage } from "../../edge/outbox_storage.ts";
import { EddyError } from "../../errors.ts";
import { createAccess, createApp } from "../../http/mod.ts";
import { type Kernels, loadKernels } from "../../kernels/mod.ts";
import { createIdSource } from "../../service/id_source.ts";
import { createSeedSource } from "../../service/seed_source.ts";
import { servedNames } from "../../service/served_names.ts";
import type { ServiceMachine } from "../../service/service.ts";
import type { ServiceConfiguration } from "../../service/service_configuration.ts";

/** What an edge asks of the machine it runs on. */
export interface EdgeMachine
  extends Pick<ServiceMachine, "now" | "monotonic" | "fillRandom" | "receiptSecrets" | "version"> {
  /** Key of the centre with the scopes `decide`, `feedback` and `read`; none where the centre is open. */
  readonly centreKey?: string;
  /** Makes what serves language models and adapters beside them; without it there are none. */
  readonly serveModels?: (kernels: Kernels) => (name: string, configuration: AgentConfiguration) => ServedAgent;
}

/**
 * Opens an edge of the centre that `edge.centre` names: it serves the agents of the configuration in the versions that the
 * centre publishes, and keeps in `storage` what it acknowledges until the centre has it. Language models are read from this
 * machine, in the weights that the configuration says; new versions of their adapters come from the centre.
 *
 * @throws {EddyError} `configuration_invalid` If the configuration is of no edge, or of an agent that an edge cannot serve.
 */
export async function openEdgeService(
  { agents, http, edge }: ServiceConfiguration,
  machine: EdgeMachine,
  storage: OutboxStorage,
): Promise<Edge> {
  if (!edge) throw refuse("'edge.centre' does not say where the centre is");
  const kernels = await loadKernels();
  const serveModel = machine.serveModels?.(kernels);
  const checkpoint = Object.entries(agents).find(([, { policy }]) => policy.kind === "checkpoint");
  if (checkpoint && !serveModel) throw refuse(`'${checkpoint[0]}' is a checkpoint, which has no place here`);
  return await openEdge({
    ...http,
    agents: Object.fromEntries(servedNames({ agents })),
    createApp,
    createAccess,
    serve: (name, agent) =>
      agent.policy.kind === "checkpoint" ? serveModel!(name, agent) : createRewardModelAgent(kernels, name, agent),
    centre: connectCentre({ fetch: (request) => fetch(request), address: edge.centre, key: machine.centreKey }),
    storage,
    receiptSecrets: machine.receiptSecrets,
    now: machine.now,
    monotonic: machine.monotonic,
    newId: createIdSource(machine.now, machine.fillRandom),
    randomSeed: createSeedSource(machine.fillRandom),
    version: machine.version,
  });
}

function refuse(state: string): EddyError {
  return new EddyError("configuration_invalid", `Cannot open an edge: ${state}`);
}
