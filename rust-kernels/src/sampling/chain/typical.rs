//! Locally typical sampling (Meister et al. 2022, <https://arxiv.org/abs/2202.00666>).

use super::row::{sort, Candidate, Row};
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
    // sorted by what is kept first: the least far from the entropy
    let mut order: Vec<Candidate> = list
        .iter()
        .map(|c| Candidate {
            id: c.id,
            logit: -(normalizer - c.logit - entropy).abs(),
        })
        .collect();
    sort(&mut order);
    let mut sum = 0.0;
    let mut kept = Vec::new();
    for near in order {
        let Ok(at) = list.binary_search_by_key(&near.id, |c| c.id) else {
            continue;
        };
        sum += (list[at].logit - normalizer).exp();
        kept.push(list[at]);
        if sum > share + SLACK && kept.len() >= min_keep {
            break;
        }
    }
    row.keep(kept);
}
