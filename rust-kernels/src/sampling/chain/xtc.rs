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
    // more than 1 / threshold tokens cannot reach it
    let most = if threshold > 0.0 {
        (1.0 / threshold) as usize + 1
    } else {
        usize::MAX
    };
    let best = row.best(most);
    let above = best
        .iter()
        .take_while(|c| (c.logit - normalizer).exp() >= threshold)
        .count();
    let removed = above.saturating_sub(1);
    if row.size - removed >= min_keep {
        for c in &best[..removed] {
            row.edit(c.id, |_| f64::NEG_INFINITY);
        }
        row.size -= removed;
    }
}
