use super::{bounded, exponential};
use crate::simd::F32x4;

/// Tokens handled together: long enough that filling and copying blocks costs little, short enough for f32 partial sums.
const BLOCK: usize = 256;

/// What is done with the importance ratio `r = exp(log_prob − behavior_log_prob)` at each token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Surrogate {
    /// `l = −A·log_prob` (REINFORCE, A2C): the ratio is only reported.
    LogProb,
    /// `l = max(−A·min(r, cap), −A·clip(r, 1−low, 1+high))`, then `min(l, −A·dual)` where A < 0 (PPO, GRPO, DAPO).
    Clip,
    /// `l = −sg(clip(r, 1−low, 1+high))·A·log_prob` (CISPO): clipped ratios weigh, none is dropped.
    WeightedLogProb,
    /// `l = −A·4/τ·sigmoid(τ(r−1))`, τ = `low` where A > 0, else `high` (SAPO).
    Sigmoid,
    /// `l = −(A·log_prob − high/2·(log_prob − behavior)²)` (DRO).
    Quadratic,
}

impl Surrogate {
    /// The surrogate with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::LogProb,
            1 => Self::Clip,
            2 => Self::WeightedLogProb,
            3 => Self::Sigmoid,
            4 => Self::Quadratic,
            _ => return None,
        })
    }
}

/// Constants of a policy loss. Infinity means "not used" for the bounds.
#[derive(Clone, Copy, Debug)]
pub struct PolicyOptions {
    pub surrogate: Surrogate,
    pub clip_low: f32,
    pub clip_high: f32,
    /// `c` of dual clipping, at least 1.
    pub dual_clip: f32,
    /// Upper bound of the unclipped ratio (two-sided clipping).
    pub ratio_cap: f32,
    /// Log-ratios are clamped to these, with gradient 0 outside.
    pub log_ratio_low: f32,
    pub log_ratio_high: f32,
    /// Weight of the KL to the reference, `k3 = e^d − d − 1`, `d = reference − log_prob`.
    pub kl_coefficient: f32,
    /// Multiply that KL by the ratio, which makes it unbiased off-policy.
    pub kl_times_ratio: bool,
}

/// Columns of one batch, each `[tokens]`; `behavior`, `log_ratios`, `reference` and `scales` may be empty (absent).
#[derive(Clone, Copy, Debug)]
pub struct PolicyColumns<'a> {
    pub log_probs: &'a [f32],
    /// Log-probabilities when acted; absent: the ratio is 1.
    pub behavior: &'a [f32],
    /// Replaces `log_prob − behavior` where the ratio is a whole row's (GSPO, RLOO); usually absent.
    pub log_ratios: &'a [f32],
    pub advantages: &'a [f32],
    /// Log-probabilities under the reference policy; absent: no KL term.
    pub reference: &'a [f32],
    /// Constant factor on each token's surrogate (truncated importance sampling); absent: 1.
    pub scales: &'a [f32],
    /// Weight of each token in the aggregate, from `token_weights`.
    pub weights: &'a [f32],
    pub mask: &'a [u8],
}

/// The loss and what was seen on the way; means are over learnable tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicyLoss {
    /// `Σ w·(l + kl_coefficient·kl)`.
    pub loss: f64,
    /// `Σ w·l`.
    pub policy_loss: f64,
    /// Learnable tokens.
    pub tokens: f64,
    /// Share of tokens where a bound on the ratio acted.
    pub clip_fraction: f64,
    /// Share of tokens with `r < 1−low` and A < 0.
    pub clip_fraction_low: f64,
    /// Share of tokens with `r > 1+high` and A > 0.
    pub clip_fraction_high: f64,
    /// Share of tokens where the dual clip took over.
    pub clip_fraction_dual: f64,
    /// Three estimates of KL(behavior ‖ policy): `−x`, `x²/2`, `r − 1 − x`.
    pub kl1: f64,
    pub kl2: f64,
    pub kl3: f64,
    pub ratio_mean: f64,
    pub ratio_max: f64,
    /// Effective sample size as a share of the tokens, `(Σr)²/(n·Σr²)`.
    pub effective_sample_share: f64,
    /// Mean KL term, before its coefficient.
    pub reference_kl: f64,
    /// Mean `−log_prob`.
    pub surprise: f64,
    /// Learnable tokens whose loss or gradient is NaN or infinite.
    pub non_finite: f64,
}

/// A block of one column, zero where masked and after the end.
type Block = [f32; BLOCK];

fn gather(column: &[f32], absent: &Block, learnable: &Block, start: usize, count: usize) -> Block {
    if column.is_empty() {
        return *absent;
    }
    let mut block = [0.0; BLOCK];
    let column = &column[start..start + count];
    for ((b, &c), &m) in block.iter_mut().zip(column).zip(learnable) {
        *b = if m != 0.0 { c } else { 0.0 };
    }
    block
}

/// Sum in sixteen lanes; a block is short, so f32 is enough inside it. Not inlined: inlined copies become scalar code.
#[inline(never)]
fn sum(block: &Block) -> f64 {
    let one = F32x4::splat(1.0);
    let mut lanes = [F32x4::splat(0.0); 4];
    for chunk in block.chunks_exact(16) {
        for (lane, part) in lanes.iter_mut().zip(chunk.chunks_exact(4)) {
            *lane = one.mul_add(F32x4::load(part), *lane);
        }
    }
    let mut total = 0.0;
    for lane in lanes {
        let mut parts = [0.0f32; 4];
        lane.store(&mut parts);
        total += parts.iter().map(|&x| x as f64).sum::<f64>();
    }
    total
}

/// Any policy-gradient loss whose tokens stand alone, with its gradient by `log_probs`; advantages are constants.
///
/// ```text
/// x = clamp(log_prob − behavior)   r = eˣ   l = surrogate(r, A)·scale   d = reference − log_prob
/// loss = Σ w·(l + kl_coefficient·(e^d − d − 1)·[r])        d_log_probs = ∂loss/∂log_prob
/// ```
///
/// # Shapes
/// Every column and `d_log_probs` `[tokens]`.
pub fn policy_loss(
    columns: &PolicyColumns,
    options: &PolicyOptions,
    d_log_probs: &mut [f32],
) -> PolicyLoss {
    let mut total = PolicyLoss::default();
    let (mut ratio_sum, mut ratio_squares) = (0.0f64, 0.0f64);
    let with_reference = !columns.reference.is_empty();
    for start in (0..columns.mask.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(columns.mask.len());
        let mask = &columns.mask[start..end];
        let zeros = [0.0; BLOCK];
        let mut learnable = zeros;
        for (l, &m) in learnable.iter_mut().zip(mask) {
            *l = if m != 0 { 1.0 } else { 0.0 };
        }
        let held = mask.len();
        let log_probs = gather(columns.log_probs, &zeros, &learnable, start, held);
        let behavior = gather(columns.behavior, &log_probs, &learnable, start, held);
        let advantages = gather(columns.advantages, &zeros, &learnable, start, held);
        let weights = gather(columns.weights, &zeros, &learnable, start, held);
        let scales = gather(columns.scales, &[1.0; BLOCK], &learnable, start, held);

        let (mut x, mut inside, mut ratios, mut poison) = (zeros, zeros, zeros, zeros);
        let (low, high) = (options.log_ratio_low, options.log_ratio_high);
        let mut gaps = zeros;
        for i in 0..BLOCK {
            gaps[i] = log_probs[i] - behavior[i];
        }
        let raws = gather(columns.log_ratios, &gaps, &learnable, start, held);
        for i in 0..BLOCK {
            let raw = raws[i];
            x[i] = bounded(raw, low, high);
            inside[i] = if !(raw < low || raw > high) { 1.0 } else { 0.0 };
            // Relaxed SIMD takes comparisons for minima and maxima that may lose a NaN: it is carried past them.
            poison[i] = if raw.is_nan() { raw } else { 0.0 };
        }
        for i in 0..BLOCK {
            ratios[i] = exponential(x[i]);
        }
        let mut terms = Terms::new();
        match options.surrogate {
            Surrogate::LogProb => log_prob_terms(&log_probs, &advantages, &mut terms),
            Surrogate::Clip => clip_terms(&ratios, &inside, &advantages, options, &mut terms),
            Surrogate::WeightedLogProb => {
                weighted_terms(&log_probs, &ratios, &advantages, options, &mut terms)
            }
            Surrogate::Sigmoid => sigmoid_terms(&ratios, &inside, &advantages, options, &mut terms),
            Surrogate::Quadratic => {
                quadratic_terms(&log_probs, &behavior, &advantages, options, &mut terms)
            }
        }
        let mut kl = zeros;
        let mut kl_slope = zeros;
        if with_reference {
            let reference = gather(columns.reference, &zeros, &learnable, start, held);
            for i in 0..BLOCK {
                let d = reference[i] - log_probs[i];
                let e = exponential(d);
                kl[i] = e - d - 1.0;
                kl_slope[i] = 1.0 - e;
            }
        }
        let (mut policy, mut penalty, mut gradient) = (zeros, zeros, zeros);
        for i in 0..BLOCK {
            let (factor, slope) = if options.kl_times_ratio {
                (ratios[i], ratios[i] * (kl_slope[i] + inside[i] * kl[i]))
            } else {
                (1.0, kl_slope[i])
            };
            policy[i] = weights[i] * (terms.loss[i] * scales[i]) + poison[i];
            kl[i] *= factor;
            penalty[i] = weights[i] * (options.kl_coefficient * kl[i]);
            gradient[i] =
                weights[i] * (terms.slope[i] * scales[i] + options.kl_coefficient * slope);
        }
        let (mut k2, mut k3, mut squares, mut bad) = (zeros, zeros, zeros, zeros);
        let mut largest = [0.0f32; 4];
        for i in 0..BLOCK {
            k2[i] = 0.5 * x[i] * x[i];
            k3[i] = (ratios[i] - 1.0) - x[i];
            squares[i] = ratios[i] * ratios[i];
            // NaN − NaN and ∞ − ∞ are NaN, so this is 0 exactly where both are finite.
            let finite = (policy[i] + penalty[i] + gradient[i]) * 0.0 == 0.0;
            bad[i] = if finite { 0.0 } else { 1.0 };
        }
        // The padding of a block has x = 0, r = 1: it adds nothing to any sum of x, k2 and k3, and 1 to sums of r.
        let count = sum(&learnable);
        for (j, &r) in ratios.iter().enumerate() {
            let seen = if learnable[j] != 0.0 { r } else { 0.0 };
            largest[j & 3] = if seen > largest[j & 3] {
                seen
            } else {
                largest[j & 3]
            };
        }
        let padding = BLOCK as f64 - count;
        total.tokens += count;
        total.policy_loss += sum(&policy);
        total.loss += sum(&penalty);
        total.clip_fraction_low += sum(&terms.low);
        total.clip_fraction_high += sum(&terms.high);
        total.clip_fraction_dual += sum(&terms.dual);
        total.kl1 -= sum(&x);
        total.kl2 += sum(&k2);
        total.kl3 += sum(&k3);
        total.reference_kl += sum(&kl);
        total.clip_fraction += sum(&terms.clipped);
        total.surprise -= sum(&log_probs);
        total.non_finite += sum(&bad);
        ratio_sum += sum(&ratios) - padding;
        ratio_squares += sum(&squares) - padding;
        for lane in largest {
            total.ratio_max = total.ratio_max.max(lane as f64);
        }
        let out = &mut d_log_probs[start..end];
        for ((o, &g), &m) in out.iter_mut().zip(&gradient).zip(&learnable) {
            *o = if m != 0.0 { g } else { 0.0 };
        }
    }
    total.loss += total.policy_loss;
    let n = total.tokens.max(1.0);
    for mean in [
        &mut total.clip_fraction,
        &mut total.clip_fraction_low,
        &mut total.clip_fraction_high,
        &mut total.clip_fraction_dual,
        &mut total.kl1,
        &mut total.kl2,
        &mut total.kl3,
        &mut total.reference_kl,
        &mut total.surprise,
    ] {
        *mean /= n;
    }
    total.ratio_mean = ratio_sum / n;
    total.effective_sample_share = if ratio_squares > 0.0 {
        ratio_sum * ratio_sum / (n * ratio_squares)
    } else {
        0.0
    };
    total
}

/// Loss and slope by log-probability of each token of a block, and which bound acted.
struct Terms {
    loss: Block,
    slope: Block,
    clipped: Block,
    low: Block,
    high: Block,
    dual: Block,
}

impl Terms {
    fn new() -> Self {
        let zeros = [0.0; BLOCK];
        Self {
            loss: zeros,
            slope: zeros,
            clipped: zeros,
            low: zeros,
            high: zeros,
            dual: zeros,
        }
    }
}

fn log_prob_terms(log_probs: &Block, advantages: &Block, terms: &mut Terms) {
    for i in 0..BLOCK {
        terms.loss[i] = -advantages[i] * log_probs[i];
        terms.slope[i] = -advantages[i];
    }
}

fn clip_terms(
    ratios: &Block,
    inside: &Block,
    advantages: &Block,
    options: &PolicyOptions,
    terms: &mut Terms,
) {
    let (lowest, highest) = (1.0 - options.clip_low, 1.0 + options.clip_high);
    let (cap, dual) = (options.ratio_cap, options.dual_clip);
    for i in 0..BLOCK {
        let (advantage, ratio) = (advantages[i], ratios[i]);
        let capped = if ratio > cap { cap } else { ratio };
        let clipped = bounded(ratio, lowest, highest);
        let free = -advantage * capped;
        let bound = -advantage * clipped;
        let by_bound = bound > free;
        let loss = if by_bound { bound } else { free };
        let slope = if by_bound || ratio > cap {
            0.0
        } else {
            free * inside[i]
        };
        let ceiling = -advantage * dual;
        // A NaN advantage fails every comparison, and stays in `loss` and `slope`.
        let by_dual = advantage < 0.0 && loss > ceiling;
        terms.loss[i] = if by_dual { ceiling } else { loss };
        terms.slope[i] = if by_dual { 0.0 } else { slope };
        terms.low[i] = if capped < lowest && advantage < 0.0 {
            1.0
        } else {
            0.0
        };
        terms.high[i] = if capped > highest && advantage > 0.0 {
            1.0
        } else {
            0.0
        };
        terms.clipped[i] = terms.low[i] + terms.high[i];
        terms.dual[i] = if by_dual { 1.0 } else { 0.0 };
    }
}

fn weighted_terms(
    log_probs: &Block,
    ratios: &Block,
    advantages: &Block,
    options: &PolicyOptions,
    terms: &mut Terms,
) {
    let (lowest, highest) = (1.0 - options.clip_low, 1.0 + options.clip_high);
    for i in 0..BLOCK {
        let weight = bounded(ratios[i], lowest, highest);
        terms.slope[i] = -weight * advantages[i];
        terms.loss[i] = terms.slope[i] * log_probs[i];
        let (below, above) = (ratios[i] < lowest, ratios[i] > highest);
        terms.clipped[i] = if below || above { 1.0 } else { 0.0 };
        terms.low[i] = if below && advantages[i] < 0.0 {
            1.0
        } else {
            0.0
        };
        terms.high[i] = if above && advantages[i] > 0.0 {
            1.0
        } else {
            0.0
        };
    }
}

fn sigmoid_terms(
    ratios: &Block,
    inside: &Block,
    advantages: &Block,
    options: &PolicyOptions,
    terms: &mut Terms,
) {
    for i in 0..BLOCK {
        let advantage = advantages[i];
        let tau = if advantage > 0.0 {
            options.clip_low
        } else {
            options.clip_high
        };
        let gate = 1.0 / (1.0 + exponential(-tau * (ratios[i] - 1.0)));
        terms.loss[i] = -advantage * gate * (4.0 / tau);
        // 1 − gate is exactly 0 far out, where the ratio may be infinite: 0 wins.
        let steep = gate * (1.0 - gate);
        let through = if steep == 0.0 { 0.0 } else { steep * ratios[i] };
        terms.slope[i] = -advantage * 4.0 * through * inside[i];
    }
}

fn quadratic_terms(
    log_probs: &Block,
    behavior: &Block,
    advantages: &Block,
    options: &PolicyOptions,
    terms: &mut Terms,
) {
    for i in 0..BLOCK {
        let gap = log_probs[i] - behavior[i];
        let beta = options.clip_high;
        terms.loss[i] = -(advantages[i] * log_probs[i] - 0.5 * beta * gap * gap);
        terms.slope[i] = -(advantages[i] - beta * gap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPTIONS: PolicyOptions = PolicyOptions {
        surrogate: Surrogate::Clip,
        clip_low: 0.2,
        clip_high: 0.28,
        dual_clip: 3.0,
        ratio_cap: f32::INFINITY,
        log_ratio_low: -20.0,
        log_ratio_high: 20.0,
        kl_coefficient: 0.0,
        kl_times_ratio: false,
    };

    fn run(log_probs: &[f32], advantages: &[f32], mask: &[u8]) -> (PolicyLoss, Vec<f32>) {
        let weights = vec![1.0; mask.len()];
        let behavior = vec![-1.0; mask.len()];
        let mut slopes = vec![7.0; mask.len()];
        let columns = PolicyColumns {
            log_probs,
            behavior: &behavior,
            log_ratios: &[],
            advantages,
            reference: &[],
            scales: &[],
            weights: &weights,
            mask,
        };
        let seen = policy_loss(&columns, &OPTIONS, &mut slopes);
        (seen, slopes)
    }

    proptest! {
        /// Lengths around the block size, against one token at a time in float64.
        #[test]
        fn agrees_with_single_tokens(
            tokens in prop::collection::vec((-3.0f32..0.0, -2.0f32..2.0, 0u8..2), 0..600)
        ) {
            let log_probs: Vec<f32> = tokens.iter().map(|t| t.0).collect();
            let advantages: Vec<f32> = tokens.iter().map(|t| t.1).collect();
            let mask: Vec<u8> = tokens.iter().map(|t| t.2).collect();
            let (seen, slopes) = run(&log_probs, &advantages, &mask);
            let mut want = 0.0f64;
            for (i, &(log_prob, advantage, learnable)) in tokens.iter().enumerate() {
                let (ratio, advantage) = ((log_prob as f64 + 1.0).exp(), advantage as f64);
                let mut loss = (-advantage * ratio).max(-advantage * ratio.clamp(0.8, 1.28));
                if advantage < 0.0 {
                    loss = loss.min(-advantage * 3.0);
                }
                if learnable == 0 {
                    prop_assert_eq!(slopes[i], 0.0);
                } else {
                    want += loss;
                }
            }
            prop_assert!((seen.loss - want).abs() < 1e-4 * (1.0 + want.abs()));
            prop_assert_eq!(seen.tokens, mask.iter().filter(|&&m| m != 0).count() as f64);
            prop_assert_eq!(seen.non_finite, 0.0);
        }
    }

    #[test]
    fn poison_comes_out_and_is_counted_only_where_learnable() {
        let (seen, _) = run(
            &[-1.0, f32::NAN, -1.0],
            &[1.0, 1.0, f32::INFINITY],
            &[1, 1, 1],
        );
        assert!(!seen.loss.is_finite());
        assert_eq!(seen.non_finite, 2.0);
        let (seen, slopes) = run(
            &[-1.0, f32::NAN, -1.0],
            &[1.0, 1.0, f32::INFINITY],
            &[1, 0, 0],
        );
        assert_eq!((seen.loss, seen.non_finite), (-1.0, 0.0));
        assert_eq!(slopes, [-1.0, 0.0, 0.0]);
    }
}
