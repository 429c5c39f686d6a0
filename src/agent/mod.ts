/** One named agent as it is served. @module */
export type {
  AgentConfiguration,
  CheckpointShape,
  GateConfiguration,
  RewardModelShape,
  UpdateConfiguration,
} from "./agent_configuration.ts";
export type { AgentRequest, DecidedStep, ServedAgent, VersionPayload } from "./served_agent.ts";
