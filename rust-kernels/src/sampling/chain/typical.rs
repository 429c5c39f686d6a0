//! Locally typical sampling (Meister et al. 2022, <https://arxiv.org/abs/2202.00666>).

use super::row::Row;
use super::top_p::SLACK;
use crate::sampling::filter::{crossing, Candidate};

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
    let mut keyed: Vec<Candidate> = list
        .iter()
        .map(|c| Candidate {
            id: c.id,
            logit: c.logit,
            probability: (c.logit - normalizer).exp(),
            key: (normalizer - c.logit - entropy).abs(),
        })
        .collect();
    let before = crossing(&mut keyed, &|mass| mass > share + SLACK);
    let count = (before + 1).max(min_keep);
    let kept = crate::sampling::filter::lowest(keyed, count);
    row.keep(
        kept.into_iter()
            .map(|c| super::row::Candidate {
                id: c.id,
                logit: c.logit,
            })
            .collect(),
    );
}
