//! Locally typical sampling (Meister et al. 2022, <https://arxiv.org/abs/2202.00666>).

use super::row::{Candidate, Row};
use super::top_p::SLACK;

/// Keeps the tokens whose surprise is nearest to the entropy until they have more than `share` together; 1 keeps all.
pub fn typical(row: &mut Row, share: f64, min_keep: usize) {
    if share >= 1.0 {
        return;
    }
    let normalizer = row.log_normalizer();
    let list = core::mem::take(row.list());
    let entropy: f64 = list
        .iter()
        .map(|c| c.logit - normalizer)
        .map(|log_p| -log_p * log_p.exp())
        .sum();
    let mut scored: Vec<(f64, Candidate)> = list
        .into_iter()
        .map(|c| ((normalizer - c.logit - entropy).abs(), c))
        .collect();
    scored.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.id.cmp(&b.1.id)));
    let mut sum = 0.0;
    let mut kept = Vec::new();
    for (_, c) in scored {
        sum += (c.logit - normalizer).exp();
        kept.push(c);
        if sum > share + SLACK && kept.len() >= min_keep {
            break;
        }
    }
    row.keep(kept);
}
