import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createAdapterAgent } from "../agent/mod.ts";
import { EddyError } from "../errors.ts";
import { createFrozenLearner } from "../learning/mod.ts";
import { loadCheckpoint } from "../policy/mod.ts";
import type { OpenAgent } from "./open_agents.ts";

/**
 * Opens the adapters beside an agent, each as an agent of its own, `agent:adapter`.
 *
 * @throws {EddyError} `configuration_invalid` If the agent is no language model; what `createAdapterAgent` throws.
 */
export function openAdapters(
  name: string,
  { configuration, served }: OpenAgent,
): readonly (readonly [name: string, agent: OpenAgent])[] {
  const { policy } = configuration;
  const adapters = Object.entries(policy.kind === "checkpoint" ? policy.adapters ?? {} : {});
  if (adapters.length > 0 && !served.language) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot open '${name}': adapters stand beside a language model from elsewhere, and it is an agent of Eddy's`,
    );
  }
  const open: [string, OpenAgent][] = [];
  try {
    for (const [adapter, folder] of adapters) {
      const own = `${name}:${adapter}`;
      const agent = createAdapterAgent(own, configuration, served.language!().model, {
        newest: () => newestIn(folder),
        load: () => loadCheckpoint(folder),
      });
      const learner = createFrozenLearner({ kind: "transformer", version: 0, files: new Map(), tensors: new Map() });
      open.push([own, { configuration, served: agent, learner }]);
    }
  } catch (error) {
    for (const [, { served }] of open) served[Symbol.dispose]();
    throw error;
  }
  return open;
}

/** The version that a run's folder points at; a folder of one adapter has that alone. */
function newestIn(folder: string): string {
  const pointer = join(folder, "latest");
  return existsSync(pointer) ? readFileSync(pointer, "utf8") : "alone";
}
