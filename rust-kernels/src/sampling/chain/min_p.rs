//! A share of the largest probability.

use super::row::Row;

/// Keeps the tokens of at least `share` of the largest probability, and at least the `min_keep` most likely; 0 keeps all.
pub fn min_p(row: &mut Row, share: f64, min_keep: usize) {
    if share <= 0.0 {
        return;
    }
    let mut limit = row.largest() + share.ln().min(0.0);
    if min_keep > 1 {
        if let Some(last) = row.best(min_keep).last() {
            if last.logit > limit {
                return row.keep_through(*last);
            }
            limit = limit.min(last.logit);
        }
    }
    row.retain(limit);
}
