/** Language models that answer through their own chat templates. @module */
export { createLanguageModel, isLanguageModel, type LanguageModelOptions } from "./create_language_model.ts";
export { createTunableModel, type TunableModelOptions } from "./create_tunable_model.ts";
export type { LearnedSequence, TunableModel } from "./tunable_model.ts";
export { refuseAdapter } from "./refuse_adapter.ts";
export { loadLanguageModel, type LoadLanguageModelOptions } from "./load_language_model.ts";
export {
  isLanguageModelAt,
  type ModelWeights,
  type ReadLanguageModel,
  readLanguageModel,
  readLanguageModelOn,
  type ReadLanguageModelOnOptions,
  type ReadLanguageModelOptions,
} from "./read_language_model.ts";
export { withChatTemplate } from "./with_chat_template.ts";
export type { Finish, LanguageModel, PromptOptions, SpeakOptions, SpokenToken } from "./language_model.ts";
