/** What is told of a tuning run. Seconds since its start; losses in nats a token. */
export type TuneEvent = TunePlanEvent | TuneUpdateEvent | TuneEvaluationEvent;

/** What will be learned, before it is. */
export interface TunePlanEvent {
  readonly event: "plan";
  /** Conversations that are learned and that are only measured. */
  readonly conversations: number;
  readonly heldOut: number;
  /** Conversations that are longer than the model reads. */
  readonly leftOut: number;
  /** Tokens of one epoch, and those of them that are learned. */
  readonly tokens: number;
  readonly learnedTokens: number;
  /** Learned turns whose template writes no end of the answer. */
  readonly unended: number;
  readonly updates: number;
  /** Numbers that learn, and numbers of the model. */
  readonly parameters: number;
  readonly baseParameters: number;
  /** Bytes of weights, gradients and what the optimiser remembers; what a batch needs comes on top. */
  readonly bytes: number;
}

/** One update. */
export interface TuneUpdateEvent {
  readonly event: "update";
  readonly update: number;
  readonly updates: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly tokensPerSecond: number;
  readonly seconds: number;
  readonly secondsLeft: number;
}

/** A look at what is held out. */
export interface TuneEvaluationEvent {
  readonly event: "evaluation";
  readonly update: number;
  readonly heldOutLoss: number;
  readonly seconds: number;
}
