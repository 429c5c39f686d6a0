/** Constants of the recipe, beside those of the agent's configuration. */
export interface GradientOptions {
  /** Discount of a later step's reward. */
  readonly gamma: number;
  /** Passes over the judged steps of an update, one optimiser change each. */
  readonly epochs: number;
  /** Ratios push down to 1 − this … */
  readonly clipLow: number;
  /** … and up to 1 + this. */
  readonly clipHigh: number;
  /** Weight of the entropy bonus. */
  readonly entropyCoefficient: number;
  /** Weight of the value loss. */
  readonly valueCoefficient: number;
  /** Largest global norm of the gradient. */
  readonly maxGradientNorm: number;
  /** Pull of the weights towards 0. */
  readonly weightDecay: number;
  /** Largest importance weight of a token. */
  readonly tokenCap: number;
  /** Steps whose geometric mean of importance ratios lies outside are left out. */
  readonly geometricRange: readonly [lowest: number, highest: number];
  /** Fewer judged steps than this are not whitened: their spread says too little. */
  readonly whitenFrom: number;
  /** Tokens that are worked on between two pauses: how long a request can have to wait. */
  readonly sliceTokens: number;
}

/** The recipe for small policies and judged steps. */
export const GRADIENT_DEFAULTS: GradientOptions = {
  gamma: 0.9,
  epochs: 2,
  clipLow: 0.2,
  clipHigh: 0.28,
  entropyCoefficient: 0.01,
  valueCoefficient: 0.5,
  maxGradientNorm: 0.5,
  weightDecay: 0,
  tokenCap: 2,
  geometricRange: [0.5, 2],
  whitenFrom: 32,
  sliceTokens: 128,
};
