import type { Kernels } from "../../kernels/mod.ts";
import {
  checkSamplingOptions,
  createSamplerChain,
  type Draw,
  type SampledToken,
  sampleToken,
  type SamplingOptions,
} from "../../language/mod.ts";
import type { SpeakOptions } from "./language_model.ts";

/** Where a token is drawn. */
export interface TokenPlace {
  /** [vocabulary] the model's own. */
  readonly logits: Float32Array;
  /** [ceil(vocabulary / 32)] what may be drawn; all where it is left out. */
  readonly mask?: Uint32Array;
  /** Prompt and answer so far, of which the first `promptLength` are the prompt. */
  readonly tokens: readonly number[];
  readonly promptLength: number;
  /** Names the draw. */
  readonly draw: Draw;
}

/** Draws the tokens of one answer. */
export interface TokenSampler extends Disposable {
  /** Draws one; undefined where none may be drawn. Its raw log-probability is the model's own, whatever bends the draw. */
  sample(place: TokenPlace): SampledToken | undefined;
}

/** What `chain` takes the place of. */
const PLAIN = [
  ...(["temperature", "topK", "topP", "minP", "typical", "epsilon", "eta", "minKeep"] as const),
  ...(["repetitionPenalty", "frequencyPenalty", "presencePenalty"] as const),
] satisfies readonly (keyof SamplingOptions)[];

/**
 * How an answer's options draw.
 *
 * @throws {RangeError} If an option is out of its range.
 * @throws {TypeError} If both a chain and options that it takes the place of are given.
 */
export function tokenSampler(kernels: Kernels, options: SpeakOptions): TokenSampler {
  const { chain, bias = new Map<number, number>() } = options;
  if (!chain) {
    checkSamplingOptions(options);
    return {
      sample: (place) => samplePlainly(kernels, place, bias, options),
      [Symbol.dispose]: () => {},
    };
  }
  const both = PLAIN.find((name) => options[name] !== undefined);
  if (both) throw new TypeError(`Cannot sample: '${both}' is given beside a chain, which would ignore it`);
  const made = createSamplerChain(kernels, { ...chain, logitBias: new Map([...chain.logitBias ?? [], ...bias]) });
  return {
    sample: ({ logits, mask, tokens, draw }) => made.sample({ logits, mask, context: Uint32Array.from(tokens) }, draw),
    [Symbol.dispose]: () => made[Symbol.dispose](),
  };
}

function samplePlainly(
  kernels: Kernels,
  { logits, mask, tokens, promptLength, draw }: TokenPlace,
  bias: ReadonlyMap<number, number>,
  options: SamplingOptions,
): SampledToken | undefined {
  const said = { mask, prompt: tokens.slice(0, promptLength), generated: tokens.slice(promptLength) };
  if (bias.size === 0) return sampleToken(kernels, { logits, ...said }, draw, options);
  const bent = logits.slice();
  for (const [id, by] of bias) bent[id] += by;
  const drawn = sampleToken(kernels, { logits: bent, ...said }, draw, options);
  if (!drawn) return undefined;
  // The bias is not the model's: how likely the token was without it is read from the row as it came.
  const alone = new Uint32Array(Math.ceil(logits.length / 32));
  alone[drawn.token >> 5] = 1 << (drawn.token & 31);
  const own = sampleToken(kernels, { logits, mask: alone }, draw, { temperature: 0 });
  return { ...drawn, rawLogProb: own?.rawLogProb ?? -Infinity };
}
