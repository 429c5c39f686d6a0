//! Exclude top choices (<https://github.com/oobabooga/text-generation-webui/pull/6335>).

use super::row::Row;

/// With some probability removes all tokens of at least `threshold` but the least likely of them.
///
/// Does nothing above a threshold of 0.5, which two tokens cannot reach, and where fewer than `min_keep` would be left.
pub fn xtc(row: &mut Row, probability: f64, threshold: f64, min_keep: usize, uniform: f32) {
    if probability <= 0.0 || threshold > 0.5 || row.size < 2 || uniform as f64 > probability {
        return;
    }
    let normalizer = row.log_normalizer();
    let mut sorted = row.take_sorted();
    let size = sorted.len();
    let above = sorted
        .iter()
        .take_while(|c| (c.logit - normalizer).exp() >= threshold)
        .count();
    let removed = above.saturating_sub(1);
    if removed > 0 && size - removed >= min_keep {
        sorted.drain(..removed);
    }
    row.keep(sorted);
}
