import { z } from "zod";
import { CHAIN_STEPS } from "../../../language/mod.ts";

const share = z.number().min(0).max(1);
const penalty = z.number().min(-2).max(2);
const count = z.int().min(0).max(2 ** 31);
const window = z.int().min(-1).max(2 ** 31);

/** How the tokens of a language model are drawn, with the names of OpenAI and of llama.cpp's server. */
export const SAMPLER_PARAMETERS = {
  top_p: share.optional().describe("Keeps the fewest tokens whose probabilities add up to more than this."),
  top_k: count.optional().describe("Keeps that many of the most likely tokens; 0 keeps all."),
  min_p: share.optional().describe("Keeps tokens at least this share as likely as the most likely."),
  typical_p: share.optional().describe("Keeps this mass of the tokens whose surprise is nearest to the entropy."),
  min_keep: count.optional().describe("No truncation leaves fewer tokens."),
  frequency_penalty: penalty.optional().describe("Taken off a token's logit once for each time it was written."),
  presence_penalty: penalty.optional().describe("Taken off the logit of tokens that were written."),
  repetition_penalty: z.number().positive().optional().describe("Weakens tokens of prompt and answer."),
  repeat_penalty: z.number().positive().optional().describe("The same, within the last `repeat_last_n` tokens."),
  repeat_last_n: window.optional().describe("Tokens that penalties look at, with `repeat_penalty`; -1 is all. 64."),
  top_n_sigma: z.number().min(-1).optional().describe(
    "Keeps logits within so many deviations of the largest; -1: all.",
  ),
  dynatemp_range: z.number().min(0).optional().describe("The temperature moves by this with the entropy."),
  dynatemp_exponent: z.number().min(0).optional().describe("How it moves; with `dynatemp_range`."),
  xtc_probability: share.optional().describe("How often all of the most likely but the last are removed."),
  xtc_threshold: share.optional().describe("Which are the most likely then; with `xtc_probability`. 0.1."),
  dry_multiplier: z.number().min(0).optional().describe("Scale of what lengthening a repetition costs."),
  dry_base: z.number().min(1).optional().describe("How the cost grows; with `dry_multiplier`. 1.75."),
  dry_allowed_length: count.optional().describe("Shorter repetitions are free; with `dry_multiplier`. 2."),
  dry_penalty_last_n: window.optional().describe("Tokens that are looked at; with `dry_multiplier`. -1 is all."),
  dry_sequence_breakers: z.array(z.string().min(1)).max(64).optional().describe(
    "Texts that no repetition reaches across; with `dry_multiplier`. Line end, colon, quotation mark, asterisk.",
  ),
  mirostat: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional().describe(
    "Steadies the surprise, with the temperature alone beside it.",
  ),
  mirostat_tau: z.number().min(0).optional().describe("The surprise, in bits; with `mirostat`. 5."),
  mirostat_eta: z.number().min(0).optional().describe("How fast; with `mirostat`. 0.1."),
  adaptive_target: z.number().min(-1).max(1).optional().describe(
    "The mean probability of what is drawn, with 'adaptive_p' among `samplers`; below 0 any.",
  ),
  adaptive_decay: z.number().min(0).max(0.99).optional().describe(
    "How long it remembers; with `adaptive_target`. 0.9.",
  ),
  samplers: z.array(z.enum(CHAIN_STEPS as [typeof CHAIN_STEPS[number]])).refine(
    (steps) => new Set(steps).size === steps.length,
    "a step is there twice",
  ).optional().describe("The steps that are taken, in this order, with llama.cpp's names."),
};

/** What a request says of sampling, the temperature included. */
export type SamplerParameters =
  & { readonly [Name in keyof typeof SAMPLER_PARAMETERS]?: z.infer<(typeof SAMPLER_PARAMETERS)[Name]> }
  & { readonly temperature?: number };
