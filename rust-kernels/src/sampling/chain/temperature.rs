//! Flatter or steeper.

use super::row::Row;

/// Divides the logits by the temperature; 0 and less leave only the first of the largest.
///
/// With a `range` the temperature follows the entropy H of what is in (Zhu et al. 2024,
/// <https://arxiv.org/abs/2309.02772>, as llama.cpp has it):
///
/// ```text
/// temperature = low + (high − low) · (H / ln tokens)^exponent     low = max(0, t − range), high = t + range
/// ```
pub fn temperature(row: &mut Row, temperature: f64, range: f64, exponent: f64) {
    let mut divisor = temperature;
    if range > 0.0 {
        if row.size <= 1 {
            return;
        }
        let low = (temperature - range).max(0.0);
        let normalizer = row.log_normalizer();
        let entropy: f64 = row
            .list()
            .iter()
            .map(|c| c.logit - normalizer)
            .map(|log_p| -log_p * log_p.exp())
            .sum();
        let share = (entropy / (row.size as f64).ln()).max(0.0);
        divisor = low + (temperature + range - low) * share.powf(exponent);
    }
    if divisor <= 0.0 {
        let size = row.size;
        let best = row.best(1);
        row.keep(best);
        row.size = size;
        return;
    }
    match row.whole() {
        Some(whole) => {
            let inverse = (1.0 / divisor) as f32;
            for x in whole.iter_mut() {
                *x *= inverse;
            }
        }
        None => {
            for c in row.list() {
                c.logit /= divisor;
            }
        }
    }
}
