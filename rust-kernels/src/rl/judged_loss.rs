use super::row_scores::{row_scores, spread};
use super::sigmoid::{log_sigmoid, sigmoid};

/// Constants of a judged loss.
#[derive(Clone, Copy, Debug)]
pub struct JudgedOptions {
    /// `−ln σ(x)` in place of `1 − σ(x)`.
    pub cross_entropy: bool,
    /// Rows count by the mean over their tokens in place of the sum.
    pub mean: bool,
    pub beta: f64,
    /// z: the log-ratio that is neither good nor bad, nats.
    pub baseline: f64,
    pub weight_good: f64,
    pub weight_bad: f64,
    /// Replaces the count of rows when above 0.
    pub global_rows: f64,
}

/// The loss and what was seen on the way.
#[derive(Clone, Copy, Debug, Default)]
pub struct JudgedLoss {
    pub loss: f64,
    /// Mean `β·h` over rows, weighted by how good …
    pub good_reward: f64,
    /// … and by how bad they are.
    pub bad_reward: f64,
    /// Share of rows on the side of the baseline where their label wants them.
    pub accuracy: f64,
    /// Rows whose loss or gradient is NaN or infinite.
    pub non_finite: f64,
}

/// Learning from rows that were judged one by one.
///
/// ```text
/// h = Σ_t m·(log_prob − reference) [/ Σ_t m]      x = β(h − z)      f(x) = 1 − σ(x)  or  −ln σ(x)
/// loss = Σ_rows w·(y·good·f(x) + (1−y)·bad·f(−x)) / rows
/// ```
///
/// # Shapes
/// `log_probs`, `reference` (may be empty), `mask`, `d_log_probs` `[tokens]`; `row_lengths`, `labels` y in [0, 1],
/// `weights` (may be empty) `[rows]`. Nothing learnable: everything is 0.
pub fn judged_loss(
    log_probs: &[f32],
    reference: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    labels: &[f32],
    weights: &[f32],
    options: &JudgedOptions,
    d_log_probs: &mut [f32],
) -> JudgedLoss {
    let mut seen = JudgedLoss::default();
    let mut slopes = vec![0.0; row_lengths.len()];
    let scores = row_scores(log_probs, reference, mask, row_lengths, options.mean);
    let own = row_lengths.len() as f64;
    let count = if options.global_rows > 0.0 {
        options.global_rows
    } else {
        own
    };
    let (mut good, mut bad) = (0.0f64, 0.0f64);
    let learnable = scores.tokens.iter().any(|&n| n > 0.0);
    for row in (0..row_lengths.len()).filter(|_| learnable) {
        let (h, label) = (scores.ratio(row), labels[row] as f64);
        let x = options.beta * (h - options.baseline);
        let (up, down) = (sigmoid(x), sigmoid(-x));
        let (for_good, for_bad) = (
            label * options.weight_good,
            (1.0 - label) * options.weight_bad,
        );
        let (term, slope) = if options.cross_entropy {
            (
                -for_good * log_sigmoid(x) - for_bad * log_sigmoid(-x),
                for_bad * up - for_good * down,
            )
        } else {
            (
                for_good * down + for_bad * up,
                (for_bad - for_good) * up * down,
            )
        };
        let weight = weights.get(row).map_or(1.0, |&w| w as f64) / count;
        slopes[row] = weight * options.beta * slope * scores.share(row, options.mean);
        seen.loss += weight * term;
        good += label;
        bad += 1.0 - label;
        seen.good_reward += label * options.beta * h;
        seen.bad_reward += (1.0 - label) * options.beta * h;
        let right = if label > 0.5 { x > 0.0 } else { x < 0.0 };
        seen.accuracy += f64::from(u8::from(right)) / own;
        seen.non_finite += f64::from(u8::from(!(term + slopes[row]).is_finite()));
    }
    seen.good_reward /= if good > 0.0 { good } else { 1.0 };
    seen.bad_reward /= if bad > 0.0 { bad } else { 1.0 };
    spread(&slopes, mask, row_lengths, d_log_probs);
    seen
}
