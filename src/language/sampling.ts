/**
 * How one token is chosen from a row of logits. In order: mask, penalties, temperature, topK, topP, minP, typical,
 * epsilon, eta. Nothing is removed by default.
 */
export interface SamplingOptions {
  /** Divides the logits; 0 takes the largest. Default 1. */
  readonly temperature?: number;
  /** Keeps this many of the largest, and ties with the last of them. 0 or absent keeps all. */
  readonly topK?: number;
  /** Keeps the fewest tokens that have more than this mass together (nucleus). Default 1. */
  readonly topP?: number;
  /** Keeps tokens with at least this share of the largest probability. Default 0. */
  readonly minP?: number;
  /** Keeps this mass of the tokens whose surprise is nearest to the entropy. Default 1. */
  readonly typical?: number;
  /** Keeps probabilities of at least this. Default 0. */
  readonly epsilon?: number;
  /** Keeps probabilities of at least min(eta, √eta·exp(−entropy)). Default 0. */
  readonly eta?: number;
  /** No truncation leaves fewer tokens than this. Default 1. */
  readonly minKeep?: number;
  /** Divides positive and multiplies negative logits of ids in `context`. Default 1. */
  readonly repetitionPenalty?: number;
  /** Taken off the logit once for each time an id is in `generated`. Default 0. */
  readonly frequencyPenalty?: number;
  /** Taken off the logit once for each id in `generated`. Default 0. */
  readonly presencePenalty?: number;
}

/**
 * Checks the ranges of sampling options.
 *
 * @throws {RangeError} If one is out of its range.
 */
export function checkSamplingOptions(options: SamplingOptions): void {
  const refuse = (name: string, value: unknown, expected: string) => {
    throw new RangeError(`Cannot sample: ${name} is ${value}, expected ${expected}`);
  };
  const { temperature = 1, repetitionPenalty = 1 } = options;
  if (!(temperature >= 0 && temperature < Infinity)) refuse("temperature", temperature, "a number of at least 0");
  if (temperature > 0 && !(Math.fround(1 / Math.fround(temperature)) < Infinity)) {
    refuse("temperature", temperature, "0 or a number that is not this small");
  }
  for (const name of ["topP", "minP", "typical", "epsilon", "eta"] as const) {
    const value = options[name] ?? 0;
    if (!(value >= 0 && value <= 1)) refuse(name, value, "a number of 0 to 1");
  }
  for (const name of ["topK", "minKeep"] as const) {
    const value = options[name] ?? 0;
    if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) {
      refuse(name, value, "a whole number of at least 0");
    }
  }
  if (!(repetitionPenalty > 0 && repetitionPenalty < Infinity)) {
    refuse("repetitionPenalty", repetitionPenalty, "a number above 0");
  }
  for (const name of ["frequencyPenalty", "presencePenalty"] as const) {
    if (!Number.isFinite(options[name] ?? 0)) refuse(name, options[name], "a number");
  }
}
