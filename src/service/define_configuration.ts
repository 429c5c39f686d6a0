import type { ServiceConfigurationInput } from "./service_configuration.ts";

/**
 * The configuration as it is written, with its types checked: for the default export of `eddy.config.ts`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineConfiguration } from "@eddy/eddy";
 * const configuration = defineConfiguration({
 *   agents: { router: { policy: { kind: "reward-model", options: { model: "logistic" } }, candidates: ["small", "large"] } },
 * });
 * assert.ok("router" in configuration.agents);
 * ```
 */
export function defineConfiguration(configuration: ServiceConfigurationInput): ServiceConfigurationInput {
  return configuration;
}
