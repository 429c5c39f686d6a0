/** Supervised fine-tuning of language models from elsewhere. @module */
export { cutBatches } from "./cut_batches.ts";
export { keepTuned, type KeptTuning, keptTuning } from "./keep_tuned.ts";
export { learnedSequences, type TokenConversation, type TokenWriter } from "./learned_sequences.ts";
export { type OpenTuning, openTuning } from "./open_tuning.ts";
export { learnedTokens, planTuning, type TunePlan } from "./plan_tuning.ts";
export { type Conversation, readConversations } from "./read_conversations.ts";
export { tune, type TuneDependencies } from "./tune.ts";
export { TUNE_DEFAULTS, type TuneConfiguration } from "./tune_configuration.ts";
export type { TuneEvaluationEvent, TuneEvent, TunePlanEvent, TuneUpdateEvent } from "./tune_events.ts";
