import {
  type ChainOptions,
  type ChainStep,
  DEFAULT_CHAIN,
  dryBreakers,
  infillTokens,
  type SamplingOptions,
} from "../../../language/mod.ts";
import type { LanguageModel, SpeakOptions } from "../../../policy/mod.ts";
import { invalidParameter } from "../invalid_parameter.ts";
import type { SamplerParameters } from "./sampler_parameters.ts";

type Name = keyof SamplerParameters;

/** What each parameter belongs to, and the values with which it asks for nothing. */
const STEPS: { readonly [Parameter in Name]?: readonly [step: ChainStep, asksNothing: (value: number) => boolean] } = {
  // Taking the most likely is done behind all steps.
  temperature: ["temperature", (value) => value === 1 || value === 0],
  dynatemp_range: ["temperature", (value) => value === 0],
  top_k: ["top_k", (value) => value === 0],
  top_p: ["top_p", (value) => value === 1],
  min_p: ["min_p", (value) => value === 0],
  typical_p: ["typ_p", (value) => value === 1],
  top_n_sigma: ["top_n_sigma", (value) => value <= 0],
  xtc_probability: ["xtc", (value) => value === 0],
  dry_multiplier: ["dry", (value) => value === 0],
  repeat_penalty: ["penalties", (value) => value === 1],
  frequency_penalty: ["penalties", (value) => value === 0],
  presence_penalty: ["penalties", (value) => value === 0],
  adaptive_target: ["adaptive_p", (value) => value < 0],
};

/** Steps that only the chain has. */
const ONLY_CHAINED: readonly Name[] = [
  ...([
    "dynatemp_range",
    "top_n_sigma",
    "xtc_probability",
    "dry_multiplier",
    "repeat_penalty",
    "adaptive_target",
  ] as const),
];

/** What means nothing without another one. */
const NEEDED: { readonly [Parameter in Name]?: readonly Name[] } = {
  dynatemp_exponent: ["dynatemp_range"],
  xtc_threshold: ["xtc_probability"],
  dry_base: ["dry_multiplier"],
  dry_allowed_length: ["dry_multiplier"],
  dry_penalty_last_n: ["dry_multiplier"],
  dry_sequence_breakers: ["dry_multiplier"],
  adaptive_decay: ["adaptive_target"],
  mirostat_tau: ["mirostat"],
  mirostat_eta: ["mirostat"],
  repeat_last_n: ["repeat_penalty", "frequency_penalty", "presence_penalty"],
};

/**
 * How a request samples. What it does not say is as the model's maker recommends.
 *
 * ```text
 * OpenAI's parameters, top_k, min_p, typical_p, repetition_penalty   penalties over the answer, temperature, truncation
 * with any of llama.cpp's own, or `samplers`                         its chain, in its order, penalties over a window
 * with `mirostat`                                                    temperature and mirostat alone
 * ```
 *
 * @throws {OpenAiError} 400 By name, if a parameter could not be honoured beside the others.
 */
export function samplingOf(
  request: SamplerParameters,
  usual: SamplingOptions,
  model: Pick<LanguageModel, "tokenizer" | "ends">,
): SamplingOptions | Pick<SpeakOptions, "chain"> {
  const isGiven = (name: Name): boolean => request[name] !== undefined;
  const isActive = (name: Name): boolean => isGiven(name) && STEPS[name]?.[1](request[name] as number) !== true;
  for (const [name, others] of Object.entries(NEEDED) as [Name, readonly Name[]][]) {
    if (!isGiven(name) || others.some(isGiven)) continue;
    throw cannot(name, `it needs ${others.map((other) => `\`${other}\``).join(" or ")}`);
  }
  const { mirostat = 0, samplers } = request;
  const isWindowed = isGiven("repeat_last_n") && NEEDED.repeat_last_n!.some(isActive);
  const isChained = mirostat > 0 || samplers !== undefined || isWindowed || ONLY_CHAINED.some(isActive);
  if (!isChained) return { ...usual, ...plainOptions(request) };

  if (isGiven("repetition_penalty") && request.repetition_penalty !== 1) {
    throw cannot("repetition_penalty", "beside llama.cpp's samplers use `repeat_penalty` with `repeat_last_n: -1`");
  }
  if (mirostat > 0 && samplers) throw cannot("samplers", "`mirostat` takes their place");
  const steps = mirostat > 0 ? ["temperature"] : samplers ?? DEFAULT_CHAIN;
  for (const [name, [step]] of Object.entries(STEPS) as [Name, NonNullable<typeof STEPS[Name]>][]) {
    if (!isActive(name) || steps.includes(step)) continue;
    throw cannot(name, mirostat > 0 ? "`mirostat` takes its place" : `'${step}' is not among \`samplers\``);
  }
  if (mirostat > 0 && (request.min_keep ?? 0) > 0) throw cannot("min_keep", "`mirostat` takes its place");
  return { chain: chainOptions(request, usual, model) };
}

function plainOptions(request: SamplerParameters): SamplingOptions {
  return given({
    temperature: request.temperature,
    topP: request.top_p,
    topK: request.top_k,
    minP: request.min_p,
    typical: request.typical_p,
    minKeep: request.min_keep,
    frequencyPenalty: request.frequency_penalty,
    presencePenalty: request.presence_penalty,
    repetitionPenalty: request.repetition_penalty,
  });
}

/** llama.cpp's own defaults truncate: where nobody says so, nothing is removed. */
function chainOptions(
  request: SamplerParameters,
  usual: SamplingOptions,
  { tokenizer, ends }: Pick<LanguageModel, "tokenizer" | "ends">,
): ChainOptions {
  const penalties = ["repeat_penalty", "frequency_penalty", "presence_penalty", "repeat_last_n"] as const;
  const ownPenalties = penalties.some((name) => request[name] !== undefined);
  return given({
    order: request.samplers,
    temperature: request.temperature ?? usual.temperature ?? 1,
    dynamicTemperatureRange: request.dynatemp_range,
    dynamicTemperatureExponent: request.dynatemp_exponent,
    topK: request.top_k ?? usual.topK ?? 0,
    topP: request.top_p ?? usual.topP ?? 1,
    minP: request.min_p ?? usual.minP ?? 0,
    typicalP: request.typical_p ?? usual.typical ?? 1,
    topNSigma: request.top_n_sigma,
    xtcProbability: request.xtc_probability,
    xtcThreshold: request.xtc_threshold,
    // What a maker recommends weakens all of prompt and answer.
    repetitionPenalty: ownPenalties ? request.repeat_penalty : usual.repetitionPenalty,
    penaltyWindow: ownPenalties ? request.repeat_last_n : -1,
    frequencyPenalty: request.frequency_penalty,
    presencePenalty: request.presence_penalty,
    dryMultiplier: request.dry_multiplier,
    dryBase: request.dry_base,
    dryAllowedLength: request.dry_allowed_length,
    dryWindow: request.dry_penalty_last_n,
    dryBreakers: request.dry_multiplier ? dryBreakers(tokenizer, request.dry_sequence_breakers) : undefined,
    infill: request.samplers?.includes("infill") ? infillTokens(tokenizer, ends) : undefined,
    adaptiveTarget: request.adaptive_target,
    adaptiveDecay: request.adaptive_decay,
    minKeep: request.min_keep,
    mirostat: request.mirostat,
    mirostatTau: request.mirostat_tau,
    mirostatEta: request.mirostat_eta,
  });
}

function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

function cannot(name: Name, state: string): Error {
  return invalidParameter(name, `Cannot sample with \`${name}\`: ${state}`, "unsupported_parameter");
}
