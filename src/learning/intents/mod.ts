/** Finding what utterances ask for, told only right or wrong. @module */
export {
  type IntentExample,
  type IntentPolicy,
  type IntentProgress,
  type IntentStream,
  type LearnedIntents,
  learnIntents,
  type LearnIntentsOptions,
} from "./learn_intents.ts";
export { type IntentPass, measureIntents, type MeasureIntentsOptions } from "./measure_intents.ts";
export { trainIntents } from "./train_intents.ts";
