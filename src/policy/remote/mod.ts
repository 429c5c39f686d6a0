/** Language models that are asked over the network, and a stand-in for them. @module */
export type {
  RemoteChoice,
  RemoteChunk,
  RemoteCompletion,
  RemoteDelta,
  RemoteLogProbs,
  RemoteMessage,
  RemoteRequest,
  RemoteResponseFormat,
  RemoteTokenLogProb,
  RemoteTool,
  RemoteToolCall,
  RemoteToolChoice,
  RemoteUsage,
} from "./wire.ts";
export {
  createScriptedChat,
  type ScriptedChat,
  type ScriptedChatOptions,
  type ScriptedUsage,
} from "./scripted/create_scripted_chat.ts";
export type {
  MadeSaying,
  RequestView,
  Saying,
  ScriptedFaults,
  ScriptedRole,
  ScriptedRule,
} from "./scripted/scripted_role.ts";
export { cassette, type CassetteOptions } from "./cassette/cassette.ts";
export { createRemoteChat } from "./client/create_remote_chat.ts";
export type {
  AskOptions,
  RemoteBudget,
  RemoteChat,
  RemoteChatOptions,
  RemoteQuestion,
  RemoteSpending,
} from "./client/remote_chat.ts";
export { createRemotePolicy } from "./policy/create_remote_policy.ts";
export {
  type ChoosingMode,
  isLearnable,
  type RemoteDecision,
  type RemotePolicy,
  type RemotePolicyOptions,
} from "./policy/remote_policy.ts";
