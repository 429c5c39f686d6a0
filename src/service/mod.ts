/** A whole Eddy: configuration in, application, store and loop out. @module */
export type { Service, ServiceMachine } from "./service.ts";
export type {
  AgentConfigurationInput,
  DeepPartial,
  ServiceConfiguration,
  ServiceConfigurationInput,
} from "./service_configuration.ts";
