/** One named agent as it is served. @module */
export type {
  AdapterShape,
  AgentConfiguration,
  CheckpointShape,
  GateConfiguration,
  RewardModelShape,
  UpdateConfiguration,
} from "./agent_configuration.ts";
export type {
  AgentRequest,
  DecidedStep,
  ServedAgent,
  SpeakingModel,
  SpokenStep,
  SpokenTokens,
  TravellingVersions,
  VersionPayload,
} from "./served_agent.ts";
export { createLanguageModelAgent, type LanguageModelAgent } from "./create_language_model_agent.ts";
export { checkLanguageMode } from "./check_language_mode.ts";
export { type AdapterSource, createAdapterAgent } from "./create_adapter_agent.ts";
export { type KeptSpeech, readSpeechReplay, type SpeechReplay, writeSpeechReplay } from "./speech_replay.ts";
export { armOf } from "./arm_of.ts";
export { hashShare } from "./hash_share.ts";
export { textOfTurns } from "./text_of_turns.ts";
export { createRewardModelAgent } from "./create_reward_model_agent.ts";
export { candidatesOf } from "./candidates_of.ts";
export { createPolicyAgent, type PolicyAgentParts } from "./create_policy_agent.ts";
export * from "./policy/mod.ts";
export * from "./sandbox/mod.ts";
export * from "./functions/mod.ts";
export * from "./team/mod.ts";
export * from "./memory/mod.ts";
export * from "./search/mod.ts";
