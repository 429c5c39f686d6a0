/** A whole Eddy: configuration in, application, store and loop out. @module */
export { defineConfiguration } from "./define_configuration.ts";
export { createIdSource } from "./id_source.ts";
export { openService } from "./open_service.ts";
export { openStore } from "./open_store.ts";
export { resolveServiceConfiguration } from "./resolve_service_configuration.ts";
export type { Service, ServiceMachine } from "./service.ts";
export type {
  AgentConfigurationInput,
  DeepPartial,
  ServiceConfiguration,
  ServiceConfigurationInput,
} from "./service_configuration.ts";
export { servedNames } from "./served_names.ts";
