/** A step of a chain, named as in llama.cpp. */
export type ChainStep =
  | "penalties"
  | "dry"
  | "top_n_sigma"
  | "top_k"
  | "typ_p"
  | "top_p"
  | "min_p"
  | "xtc"
  | "temperature"
  | "infill"
  | "adaptive_p";

/** The order that llama.cpp uses; `infill` and `adaptive_p` are only taken where an order names them. */
export const DEFAULT_CHAIN: readonly ChainStep[] = [
  ...(["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"] as const),
];

/** All steps that there are. */
export const CHAIN_STEPS: readonly ChainStep[] = [...DEFAULT_CHAIN, "infill", "adaptive_p"];

/** Tokens as the step infill sees them: made by {@linkcode infillTokens}. */
export interface InfillTokens {
  /** The bytes of all tokens, one after the other. */
  readonly bytes: Uint8Array;
  /** [tokens] how many bytes each has. */
  readonly lengths: Uint32Array;
  /** Tokens that end a text; the first is taken where no word is left. */
  readonly ends: Uint32Array;
}

/** How one token is chosen, with the names, the meaning and the defaults of llama.cpp. */
export interface ChainOptions {
  /** The steps that are taken, in this order; one that is not named is not. Default {@linkcode DEFAULT_CHAIN}. */
  readonly order?: readonly ChainStep[];
  /** Divides the logits; 0 takes the most likely. Default 0.8. */
  readonly temperature?: number;
  /** The temperature moves by this, up where many tokens are likely, down where few are. Default 0: it does not move. */
  readonly dynamicTemperatureRange?: number;
  /** How it moves with the entropy. Default 1. */
  readonly dynamicTemperatureExponent?: number;
  /** Keeps this many of the most likely; 0 keeps all. Default 40. */
  readonly topK?: number;
  /** Keeps the fewest that have this mass together. Default 0.95; 1 keeps all. */
  readonly topP?: number;
  /** Keeps those with at least this share of the largest probability. Default 0.05; 0 keeps all. */
  readonly minP?: number;
  /** Keeps this mass of those whose surprise is nearest to the entropy. Default 1: all. */
  readonly typicalP?: number;
  /** Keeps those within this many standard deviations of the largest logit. Default −1: all. */
  readonly topNSigma?: number;
  /** How often all of the most likely but the last are removed. Default 0. */
  readonly xtcProbability?: number;
  /** Which are the most likely then. Default 0.1; above 0.5 nothing is removed. */
  readonly xtcThreshold?: number;
  /** Tokens at the end of the context that the penalties look at; −1 is all. Default 64. */
  readonly penaltyWindow?: number;
  /** Divides positive and multiplies other logits of tokens in the window. Default 1. */
  readonly repetitionPenalty?: number;
  /** Taken off once for each time in the window. Default 0. */
  readonly frequencyPenalty?: number;
  /** Taken off once for each token in the window. Default 0. */
  readonly presencePenalty?: number;
  /** Scale of what lengthening a repetition costs. Default 0: nothing. */
  readonly dryMultiplier?: number;
  /** How the cost grows with each token of the repetition. Default 1.75. */
  readonly dryBase?: number;
  /** Repetitions shorter than this cost nothing. Default 2. */
  readonly dryAllowedLength?: number;
  /** Tokens at the end of the context that dry looks at; −1 is all. Default −1. */
  readonly dryWindow?: number;
  /** Sequences of ids that no repetition reaches across: see {@linkcode dryBreakers}. Default none. */
  readonly dryBreakers?: readonly (readonly number[])[];
  /** What the step infill needs to know; only it does. */
  readonly infill?: InfillTokens;
  /** The probability near which `adaptive_p` draws, in the mean. Default −1: it draws from what is left as it is. */
  readonly adaptiveTarget?: number;
  /** How long its mean remembers: about 1 / (1 − decay) tokens. Default 0.9. */
  readonly adaptiveDecay?: number;
  /** No truncation leaves fewer. Default 0. */
  readonly minKeep?: number;
  /** Steadies the surprise: 1 or 2. The order is then the temperature alone, as in llama.cpp. Default 0: off. */
  readonly mirostat?: 0 | 1 | 2;
  /** The surprise that it steadies, in bits. Default 5. */
  readonly mirostatTau?: number;
  /** How fast. Default 0.1. */
  readonly mirostatEta?: number;
  /** Tokens from which version 1 estimates. Default 100. */
  readonly mirostatTokens?: number;
  /** Added to logits by id, before all steps. −Infinity forbids. Default none. */
  readonly logitBias?: ReadonlyMap<number, number>;
  /** Also computes log-probabilities of the whole row. Default true. */
  readonly raw?: boolean;
}

/** Every option that is a number: its default, its bounds, and whether it is whole. */
const NUMBERS = {
  temperature: [0.8, 0, Infinity, false],
  dynamicTemperatureRange: [0, 0, Infinity, false],
  dynamicTemperatureExponent: [1, 0, Infinity, false],
  topK: [40, 0, 2 ** 31, true],
  topP: [0.95, 0, 1, false],
  minP: [0.05, 0, 1, false],
  typicalP: [1, 0, 1, false],
  topNSigma: [-1, -1, Infinity, false],
  xtcProbability: [0, 0, 1, false],
  xtcThreshold: [0.1, 0, 1, false],
  penaltyWindow: [64, -1, 2 ** 31, true],
  repetitionPenalty: [1, Number.MIN_VALUE, Infinity, false],
  frequencyPenalty: [0, -Infinity, Infinity, false],
  presencePenalty: [0, -Infinity, Infinity, false],
  dryMultiplier: [0, 0, Infinity, false],
  dryBase: [1.75, 1, Infinity, false],
  dryAllowedLength: [2, 0, 2 ** 31, true],
  dryWindow: [-1, -1, 2 ** 31, true],
  adaptiveTarget: [-1, -1, 1, false],
  adaptiveDecay: [0.9, 0, 0.99, false],
  minKeep: [0, 0, 2 ** 31, true],
  mirostat: [0, 0, 2, true],
  mirostatTau: [5, 0, Infinity, false],
  mirostatEta: [0.1, 0, Infinity, false],
  mirostatTokens: [100, 2, 2 ** 31, true],
} as const satisfies Partial<Record<keyof ChainOptions, readonly [number, number, number, boolean]>>;

/** Options with every number in its place. */
export type FullChainOptions = Required<Omit<ChainOptions, "infill">> & Pick<ChainOptions, "infill">;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} If a number is out of its range, or a step is unknown, there twice or without what it needs.
 */
export function fullChainOptions(options: ChainOptions): FullChainOptions {
  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, [standard, least, most, whole]]) => {
      const value = options[name as keyof typeof NUMBERS] ?? standard;
      const fits = Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value));
      if (!fits) {
        const kind = whole ? "a whole number" : "a number";
        throw new RangeError(`Cannot sample: ${name} is ${value}, expected ${kind} of ${least} to ${most}`);
      }
      return [name, value];
    }),
  ) as unknown as Record<keyof typeof NUMBERS, number>;
  const order = options.order ?? (numbers.mirostat > 0 ? ["temperature"] as const : DEFAULT_CHAIN);
  for (const [index, step] of order.entries()) {
    if (!CHAIN_STEPS.includes(step)) {
      throw new RangeError(`Cannot sample: there is no step '${step}', only ${CHAIN_STEPS.join(", ")}`);
    }
    if (order.indexOf(step) < index) throw new RangeError(`Cannot sample: the step '${step}' is there twice`);
  }
  const { dryBreakers = [], logitBias = new Map(), raw = true, infill } = options;
  if (order.includes("infill") && !infill) {
    throw new RangeError("Cannot sample: the step 'infill' needs the tokens' bytes; give infillTokens() as infill");
  }
  return { ...numbers, mirostat: numbers.mirostat as 0 | 1 | 2, order, dryBreakers, logitBias, raw, infill };
}
