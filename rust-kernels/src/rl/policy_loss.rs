use super::{bounded, exponential};

/// Tokens handled together: long enough for vector loops, short enough for f32 partial sums to be exact to 1e-6.
const BLOCK: usize = 64;

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
    /// Log-ratios are clamped to ±this, with gradient 0 outside.
    pub log_ratio_clamp: f32,
    /// Weight of the KL to the reference, `k3 = e^d − d − 1`, `d = reference − log_prob`.
    pub kl_coefficient: f32,
    /// Multiply that KL by the ratio, which makes it unbiased off-policy.
    pub kl_times_ratio: bool,
}

/// Columns of one batch, each `[tokens]`; `behavior`, `reference` and `scales` may be empty (absent).
#[derive(Clone, Copy, Debug)]
pub struct PolicyColumns<'a> {
    pub log_probs: &'a [f32],
    /// Log-probabilities when acted; absent: the ratio is 1.
    pub behavior: &'a [f32],
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
    /// Mean k3 to the reference.
    pub reference_kl: f64,
    /// Mean `−log_prob`.
    pub surprise: f64,
    /// Learnable tokens whose loss or gradient is NaN or infinite.
    pub non_finite: f64,
}

/// A block of one column, zero where masked and after the end.
type Block = [f32; BLOCK];

fn gather(column: &[f32], absent: &Block, mask: &[u8], start: usize) -> Block {
    if column.is_empty() {
        return *absent;
    }
    let mut block = [0.0; BLOCK];
    let column = &column[start..start + mask.len()];
    for ((b, &c), &m) in block.iter_mut().zip(column).zip(mask) {
        *b = if m != 0 { c } else { 0.0 };
    }
    block
}

/// Sum in four lanes; a block is short, so f32 is enough inside it.
#[inline(always)]
fn sum(block: &Block) -> f64 {
    let mut lanes = [0.0f32; 4];
    for chunk in block.chunks_exact(4) {
        for j in 0..4 {
            lanes[j] += chunk[j];
        }
    }
    lanes[0] as f64 + lanes[1] as f64 + lanes[2] as f64 + lanes[3] as f64
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
        let log_probs = gather(columns.log_probs, &zeros, mask, start);
        let behavior = gather(columns.behavior, &log_probs, mask, start);
        let advantages = gather(columns.advantages, &zeros, mask, start);
        let weights = gather(columns.weights, &zeros, mask, start);
        let scales = gather(columns.scales, &[1.0; BLOCK], mask, start);

        let (mut x, mut inside, mut ratios) = (zeros, zeros, zeros);
        let clamp = options.log_ratio_clamp;
        for i in 0..BLOCK {
            let raw = log_probs[i] - behavior[i];
            x[i] = bounded(raw, -clamp, clamp);
            inside[i] = if raw.abs() <= clamp || raw.is_nan() {
                1.0
            } else {
                0.0
            };
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
            let reference = gather(columns.reference, &zeros, mask, start);
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
            policy[i] = weights[i] * (terms.loss[i] * scales[i]);
            penalty[i] = weights[i] * (options.kl_coefficient * (kl[i] * factor));
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
        let mut learnable = zeros;
        for (l, &m) in learnable.iter_mut().zip(mask) {
            *l = if m != 0 { 1.0 } else { 0.0 };
        }
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
        total.surprise -= sum(&log_probs);
        total.non_finite += sum(&bad);
        ratio_sum += sum(&ratios) - padding;
        ratio_squares += sum(&squares) - padding;
        for lane in largest {
            total.ratio_max = total.ratio_max.max(lane as f64);
        }
        let out = &mut d_log_probs[start..end];
        for ((o, &g), &m) in out.iter_mut().zip(&gradient).zip(mask) {
            *o = if m != 0 { g } else { 0.0 };
        }
    }
    total.loss += total.policy_loss;
    let n = total.tokens.max(1.0);
    for mean in [
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
        terms.low[i] = if ratios[i] < lowest { 1.0 } else { 0.0 };
        terms.high[i] = if ratios[i] > highest { 1.0 } else { 0.0 };
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
