import { EddyError } from "../errors.ts";
import type { StepRecord } from "../episode/mod.ts";
import { decodeNumbers, encodeNumbers } from "./_number_text.ts";
import type { SpokenTokens } from "./served_agent.ts";

/** What a step of a language model keeps for learning, as JSON: base64 of little-endian numbers of 32 bits. */
export interface SpeechReplay {
  /** [read] ids of the prompt: a template may have told more than the step's turns say, such as tools and the date. */
  readonly prompt: string;
  /** [drawn] ids, the token that ended the answer included. */
  readonly tokens: string;
  /** [drawn] log-probabilities under the model's own distribution, temperature 1, bit for bit. Nats. */
  readonly rawLogProbs: string;
  /** [drawn] log-probabilities under what each was really drawn from, after samplers, bias and constraint. Nats. */
  readonly behaviorLogProbs: string;
}

/** An answer as it was drawn. */
export interface KeptSpeech {
  readonly prompt: Uint32Array;
  readonly tokens: Uint32Array;
  readonly rawLogProbs: Float32Array;
  readonly behaviorLogProbs: Float32Array;
}

/** What is kept of an answer's tokens. */
export function writeSpeechReplay({ prompt, tokens }: SpokenTokens): SpeechReplay {
  return {
    prompt: encodeNumbers(prompt),
    tokens: encodeNumbers(Uint32Array.from(tokens, ({ id }) => id)),
    rawLogProbs: encodeNumbers(Float32Array.from(tokens, ({ logProb }) => logProb)),
    behaviorLogProbs: encodeNumbers(Float32Array.from(tokens, ({ behaviorLogProb }) => behaviorLogProb)),
  };
}

/**
 * The tokens of a step that a language model wrote.
 *
 * @throws {EddyError} `data_invalid` If the step does not hold them: no language model wrote it.
 */
export function readSpeechReplay(step: Pick<StepRecord, "id" | "replay">): KeptSpeech {
  const { prompt, tokens, rawLogProbs, behaviorLogProbs } = (step.replay ?? {}) as Partial<SpeechReplay>;
  if (![prompt, tokens, rawLogProbs, behaviorLogProbs].every((text) => typeof text === "string")) {
    throw new EddyError("data_invalid", `Cannot replay step '${step.id}': it does not hold the tokens of an answer`);
  }
  return {
    prompt: new Uint32Array(decodeNumbers(prompt!)),
    tokens: new Uint32Array(decodeNumbers(tokens!)),
    rawLogProbs: new Float32Array(decodeNumbers(rawLogProbs!)),
    behaviorLogProbs: new Float32Array(decodeNumbers(behaviorLogProbs!)),
  };
}
