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
