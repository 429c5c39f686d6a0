import { ShapeError } from "../errors.ts";
import type { Kernels } from "../kernels/mod.ts";
import { ABSENT, checkLengths, type RowColumns, rowsOf } from "./_columns.ts";

/** Rows (answers, steps, episodes) of which pairs were compared. A row may stand in several pairs. */
export interface PreferenceColumns extends RowColumns {
  /** `[tokens]`, nats: log-probability of each token under the policy that is trained. */
  readonly logProbs: Float32Array;
  /** `[tokens]`, nats: the same under the reference; absent: 0, the loss knows no reference. */
  readonly referenceLogProbs?: Float32Array;
  /** `[pairs]`: the row that was preferred … */
  readonly chosen: Uint32Array;
  /** … over this row. */
  readonly rejected: Uint32Array;
  /** `[pairs]`: added to the margin of each pair, for example what the difference in reward should be. */
  readonly margins?: Float32Array;
  /** `[pairs]`: constant factor on each pair's loss; default 1. Not part of the denominator. */
  readonly weights?: Float32Array;
}

/** What is made of the two rewards of a pair; formulas at {@link preferenceLoss}. */
export type PairLoss =
  | "logistic"
  | "robust"
  | "hinge"
  | "squared"
  | "reverse-kl"
  | "noise-contrast"
  | "classifier"
  | "squared-each"
  | "anchor-zero"
  | "anchor-down"
  | "blend";

/** What is made of a row's log-ratio `h`; an alpha of 1 is `log-ratio`, of 0 `forward-kl`. */
export type ScoreForm = "log-ratio" | "forward-kl" | "jensen-shannon" | "log-odds" | { readonly alpha: number };

/** Settings that every preference loss shares. */
export interface PreferenceOptions {
  /** Weight of the negative log-likelihood of the chosen rows; default 0. */
  readonly nllCoefficient?: number;
  /** Replaces the count of pairs: gradients of several calls then add up to one large batch's. */
  readonly globalPairs?: number;
}

/** Constants of {@link preferenceLoss}. */
export interface PreferenceLossOptions extends PreferenceOptions {
  /** What is made of the two rewards. */
  readonly pairLoss: PairLoss;
  /** Reward per nat; above 0. */
  readonly beta: number;
  /** How far the chosen reward should stand above the other; default 0. */
  readonly margin?: number;
  /** ε: how often the judgement is believed to be wrong; default 0. */
  readonly labelSmoothing?: number;
  /** A row counts by the mean over its tokens, not by their sum; default false. */
  readonly average?: boolean;
  /** Default `log-ratio`. */
  readonly form?: ScoreForm;
  /** The references' differences, sorted, stand against the policy's, sorted; default false. */
  readonly sorted?: boolean;
  /** τ of `blend`; default 0.05. */
  readonly temperature?: number;
  /** Of `classifier`: the reward of what is neither good nor bad, usually a running mean of rewards; default 0. */
  readonly center?: number;
  /** Weight of the pairs' losses; default 1. */
  readonly coefficient?: number;
  /** What the negative log-likelihood is a mean over; default `tokens`. */
  readonly nllOver?: "tokens" | "pairs";
}

/** A preference loss, its gradient and its metrics. */
export interface PreferenceLoss {
  /** NaN or infinite when an input at a learnable token was. */
  readonly loss: number;
  /** `[tokens]`: gradient of `loss` by `logProbs`; 0 where the mask is 0. */
  readonly dLogProbs: Float32Array;
  /** What was seen on the way; means are over pairs. */
  readonly metrics: {
    /** Mean loss of a pair, before its coefficient. */
    readonly preference: number;
    /** Negative log-likelihood of the chosen rows, nats, before its coefficient. */
    readonly nll: number;
    /** Mean reward of chosen rows. */
    readonly chosenReward: number;
    /** Mean reward of rejected rows. */
    readonly rejectedReward: number;
    /** Their difference. */
    readonly rewardMargin: number;
    /** Share of pairs whose chosen row has the larger reward. */
    readonly accuracy: number;
    /** Pairs whose loss or gradient is NaN or infinite; above 0 the update must be skipped. */
    readonly nonFinite: number;
  };
}

const PAIR_LOSSES: Record<PairLoss, number> = {
  "logistic": 0,
  "robust": 1,
  "hinge": 2,
  "squared": 3,
  "reverse-kl": 4,
  "noise-contrast": 5,
  "classifier": 6,
  "squared-each": 7,
  "anchor-zero": 8,
  "anchor-down": 9,
  "blend": 10,
};

/**
 * The general loss over preferred pairs that the named ones (`dpo`, `ipo`, `simpo`, …) are settings of.
 *
 * ```text
 * h = Σ_t m·(logProb − referenceLogProb) [/ Σ_t m]         of a row
 * f = h · −e^−h · ln σ(h) · h − ln(1 − e^h)                log-ratio · forward-kl · jensen-shannon · log-odds
 * a = β·f(chosen)   b = β·f(rejected)   x = a − b − margin
 * logistic        −(1−ε)·ln σ(x) − ε·ln σ(−x)              DPO 2305.18290 eq. 7, cDPO, SimPO, CPO; `sorted`: AOT 2406.05882
 * robust          (−(1−ε)·ln σ(x) + ε·ln σ(−x))/(1−2ε)     rDPO 2403.00409
 * hinge           max(0, −x)                               SLiC 2305.10425 eq. 1
 * squared         (x/β)²                                   IPO 2310.12036 eq. 17, REFUEL 2410.04612
 * reverse-kl      σ(x)·ln(σ(x)/(1−ε)) + σ(−x)·ln(σ(−x)/ε)  EXO 2402.00856
 * noise-contrast  −ln σ(a) − ½ ln σ(−a) − ½ ln σ(−b)       NCA 2402.05369
 * classifier      −ln σ(a − center) − ln σ(center − b)     BCO 2404.04656
 * squared-each    ((a − margin)² + (b + margin)²)/β²       SPPO 2405.00675
 * anchor-zero     1 − σ(a) + σ(b)                          APO 2408.06266
 * anchor-down     σ(a) + 1 − σ(a − b)                      APO
 * blend           −(1−m)·ln σ(x) + m·e^−x,  m = σ(x/τ)     DiscoPOP 2406.08414
 * loss = coefficient·mean over pairs of weight·pairLoss + nllCoefficient·mean of −logProb of the chosen
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logProbs`, `referenceLogProbs` | `[tokens]` | nats | the tokens that were said |
 * | `rowLengths` | `[rows]` | tokens | where rows end |
 * | `chosen`, `rejected` | `[pairs]` | row | who won, who lost |
 * | `margins`, `weights` | `[pairs]` | reward, 1 | constants of a pair |
 *
 * A row without a learnable token has h = 0. When no pair has one, loss and gradient are 0.
 *
 * @returns Loss, its gradient `[tokens]` by `logProbs`, and metrics.
 * @throws {ShapeError} If lengths do not fit, or a pair names a row that is not there.
 * @throws {TypeError} If `pairLoss` or `form` is unknown.
 * @throws {RangeError} If `beta`, `labelSmoothing` or `temperature` is outside what the formula allows.
 * @see the papers above; the variants are compared with TRL's.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadKernels, preferenceLoss } from "@eddy/eddy";
 * const { loss } = preferenceLoss(await loadKernels(), {
 *   logProbs: Float32Array.of(-1, -1, -3), // rows of two tokens and of one
 *   rowLengths: Uint32Array.of(2, 1),
 *   chosen: Uint32Array.of(0),
 *   rejected: Uint32Array.of(1),
 * }, { pairLoss: "hinge", beta: 0.5, margin: 2 });
 * equal(loss, 2 - 0.5 * (-2 + 3));
 * ```
 */
export function preferenceLoss(
  kernels: Kernels,
  columns: PreferenceColumns,
  options: PreferenceLossOptions,
): PreferenceLoss {
  const { logProbs, referenceLogProbs, chosen, rejected, margins, weights } = columns;
  checkLengths(logProbs.length, { referenceLogProbs });
  checkLengths(chosen.length, { rejected, margins, weights });
  const { mask, rowLengths } = rowsOf(columns, logProbs.length);
  for (const [name, rows] of Object.entries({ chosen, rejected })) {
    const missing = rows.find((row) => row >= rowLengths.length);
    if (missing !== undefined) throw new ShapeError(name, `rows below ${rowLengths.length}`, missing);
  }
  const [form, alpha] = formCode(options.form ?? "log-ratio");
  const code = checkedCode(options);
  const dLogProbs = new Float32Array(logProbs.length);
  const seen = kernels.preferenceLoss(
    logProbs,
    referenceLogProbs ?? ABSENT,
    mask,
    rowLengths,
    chosen,
    rejected,
    margins ?? ABSENT,
    weights ?? ABSENT,
    code,
    form,
    alpha,
    options.average ?? false,
    options.sorted ?? false,
    options.beta,
    options.margin ?? 0,
    options.labelSmoothing ?? 0,
    options.temperature ?? 0.05,
    options.center ?? 0,
    options.coefficient ?? 1,
    options.nllCoefficient ?? 0,
    (options.nllOver ?? "tokens") === "tokens",
    options.globalPairs ?? 0,
    dLogProbs,
  );
  const [loss, preference, nll, chosenReward, rejectedReward, accuracy, nonFinite] = seen;
  const rewardMargin = chosenReward - rejectedReward;
  return {
    loss,
    dLogProbs,
    metrics: { preference, nll, chosenReward, rejectedReward, rewardMargin, accuracy, nonFinite },
  };
}

/** The pair loss as the number that Rust takes, after a look at the constants it needs. */
function checkedCode({ pairLoss, beta, labelSmoothing = 0, temperature = 0.05 }: PreferenceLossOptions): number {
  const code = PAIR_LOSSES[pairLoss];
  if (code === undefined) {
    throw new TypeError(`Cannot use pair loss '${pairLoss}': use one of ${Object.keys(PAIR_LOSSES).join(", ")}`);
  }
  if (!(beta > 0 && beta < Infinity)) throw new RangeError(`Cannot use beta '${beta}': it must be above 0`);
  if (!(temperature > 0)) throw new RangeError(`Cannot use temperature '${temperature}': it must be above 0`);
  const most = pairLoss === "robust" ? 0.5 : 1;
  const least = pairLoss === "reverse-kl" ? Number.MIN_VALUE : 0;
  if (!(labelSmoothing >= least && (labelSmoothing < most || (most === 1 && least === 0 && labelSmoothing === 1)))) {
    const wanted = least > 0 ? "between 0 and 1" : most < 1 ? "at least 0 and below 0.5" : "from 0 to 1";
    throw new RangeError(`Cannot use labelSmoothing '${labelSmoothing}' with '${pairLoss}': it must be ${wanted}`);
  }
  return code;
}

/** The form and its alpha as the numbers that Rust takes. */
function formCode(form: ScoreForm): [number, number] {
  if (typeof form === "object") return [0, form.alpha];
  const codes: Partial<Record<string, [number, number]>> = {
    "log-ratio": [0, 1],
    "forward-kl": [0, 0],
    "jensen-shannon": [1, 1],
    "log-odds": [2, 1],
  };
  const code = codes[form];
  if (!code) throw new TypeError(`Cannot use form '${form}': use one of ${Object.keys(codes).join(", ")}`);
  return code;
}
