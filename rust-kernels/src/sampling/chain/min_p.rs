//! A share of the largest probability.

use super::row::{Candidate, Row};

/// Keeps the tokens of at least `share` of the largest probability, and at least the `min_keep` most likely; 0 keeps all.
pub fn min_p(row: &mut Row, share: f64, min_keep: usize) {
    if share <= 0.0 {
        return;
    }
    let limit = row.largest() + share.ln().min(0.0);
    if min_keep <= 1 {
        row.size = row.retain(limit);
        return;
    }
    let sorted = row.take_sorted();
    let kept: Vec<Candidate> = sorted
        .into_iter()
        .enumerate()
        .filter(|(n, c)| *n < min_keep || c.logit >= limit)
        .map(|(_, c)| c)
        .collect();
    row.keep(kept);
}
