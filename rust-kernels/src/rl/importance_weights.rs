use super::row_scores::row_scores;

/// What a weight belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RatioLevel {
    /// Each token's own ratio.
    Token,
    /// The product over the row.
    Sequence,
    /// Its geometric mean.
    Geometric,
}

impl RatioLevel {
    /// The level with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        use RatioLevel::*;
        [Token, Sequence, Geometric].get(code as usize).copied()
    }
}

/// Constants of `importance_weights`.
#[derive(Clone, Copy, Debug)]
pub struct WeightOptions {
    pub level: RatioLevel,
    /// Bounds of the weights.
    pub lowest: f64,
    pub highest: f64,
    /// Weights outside become 0, not the bound.
    pub drop_outside: bool,
    /// Divide by the mean, over tokens or over rows that have one.
    pub normalize: bool,
    /// Log-ratios are clamped to ± this, in nats.
    pub log_ratio_clamp: f64,
}

/// Constant weights that correct for actions that another policy took.
///
/// ```text
/// x = log_prob − behavior      ρ = exp(clamp(x)), exp(clamp(Σ_t x)) or exp(clamp(Σ_t x / n))
/// w = clamp(ρ, lowest, highest), or ρ·[lowest ≤ ρ ≤ highest]      then, to normalize, w / mean(w)
/// ```
///
/// # Shapes
/// `log_probs`, `behavior`, `mask`, `out` `[tokens]`; `row_lengths` `[rows]`. 0 where the mask is 0. Returns the share of
/// tokens outside the bounds, and the effective sample size as a share, `(Σw)²/(n·Σw²)`, 0 when all weights are 0.
pub fn importance_weights(
    log_probs: &[f32],
    behavior: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    options: &WeightOptions,
    out: &mut [f32],
) -> (f64, f64) {
    let mean = options.level == RatioLevel::Geometric;
    let scores = row_scores(log_probs, behavior, mask, row_lengths, mean);
    let clamp = options.log_ratio_clamp;
    let (mut tokens, mut outside) = (0.0f64, 0.0f64);
    let (mut total, mut units) = (0.0f64, 0.0f64);
    let mut start = 0;
    for (row, &length) in row_lengths.iter().enumerate() {
        let end = start + length as usize;
        for t in start..end {
            out[t] = 0.0;
            if mask[t] == 0 {
                continue;
            }
            let (x, share) = if options.level == RatioLevel::Token {
                (log_probs[t] as f64 - behavior[t] as f64, 1.0)
            } else {
                (scores.ratio(row), 1.0 / scores.tokens[row])
            };
            let ratio = within(x, -clamp, clamp).exp();
            let weight = within(ratio, options.lowest, options.highest);
            let beyond = ratio < options.lowest || ratio > options.highest;
            let weight = if beyond && options.drop_outside {
                0.0
            } else {
                weight
            };
            out[t] = weight as f32;
            tokens += 1.0;
            outside += f64::from(u8::from(beyond));
            total += weight * share;
            units += share;
        }
        start = end;
    }
    let average = total / units.max(f64::MIN_POSITIVE);
    if options.normalize && average != 0.0 {
        for weight in out.iter_mut() {
            *weight = (*weight as f64 / average) as f32;
        }
    }
    let (sum, squares) = out.iter().fold((0.0, 0.0), |(sum, squares), &w| {
        (sum + w as f64, squares + (w as f64).powi(2))
    });
    let share = if squares == 0.0 {
        0.0
    } else {
        sum * sum / (tokens * squares)
    };
    (outside / tokens.max(1.0), share)
}

/// NaN stays NaN, and senseless bounds do not panic.
fn within(x: f64, lowest: f64, highest: f64) -> f64 {
    let above = if x < lowest { lowest } else { x };
    if above > highest {
        highest
    } else {
        above
    }
}
