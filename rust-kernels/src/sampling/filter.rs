//! Truncation: which tokens may be drawn at all. In f64, without sorting the vocabulary.

use super::{Penalties, SamplingOptions};
use crate::linalg::softmax::allowed;

/// A token that is still in.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub id: u32,
    pub logit: f64,
    pub probability: f64,
    /// What the current filter orders by.
    pub key: f64,
}

/// The row after mask, penalties, temperature (which must not be 0), top-k, top-p, min-p, typical, epsilon and eta, in
/// this order; removed tokens are −∞.
pub fn filter(
    logits: &[f32],
    mask: Option<&[u32]>,
    options: &SamplingOptions,
    penalties: Option<&Penalties>,
) -> Vec<f64> {
    let mut row: Vec<f64> = logits.iter().map(|&x| x as f64).collect();
    if let Some(penalties) = penalties {
        penalties.apply(&mut row);
    }
    let mut kept = Vec::new();
    for (id, &x) in row.iter().enumerate() {
        if allowed(mask, id) && x > f64::NEG_INFINITY {
            kept.push(Candidate {
                id: id as u32,
                logit: x / options.temperature as f64,
                probability: 0.0,
                key: 0.0,
            });
        }
    }
    truncate(&mut kept, options);
    row.fill(f64::NEG_INFINITY);
    for c in kept {
        row[c.id as usize] = c.logit;
    }
    row
}

fn truncate(kept: &mut Vec<Candidate>, options: &SamplingOptions) {
    let least = options.min_keep.max(1) as usize;
    if options.top_k > 0 {
        top_k(kept, least.max(options.top_k as usize));
    }
    if options.top_p < 1.0 {
        normalize(kept);
        top_p(kept, 1.0 - options.top_p as f64, least);
    }
    if options.min_p > 0.0 {
        let largest = normalize(kept);
        at_least(kept, options.min_p as f64 * largest, least);
    }
    if options.typical < 1.0 {
        normalize(kept);
        typical(kept, options.typical as f64, least);
    }
    if options.epsilon > 0.0 {
        normalize(kept);
        at_least(kept, options.epsilon as f64, least);
    }
    if options.eta > 0.0 {
        normalize(kept);
        let eta = options.eta as f64;
        let limit = eta.min(eta.sqrt() * (-entropy(kept)).exp());
        at_least(kept, limit, least);
    }
}

/// Fills the probabilities of what is left; gives the largest.
#[inline(never)]
fn normalize(kept: &mut [Candidate]) -> f64 {
    let max = kept
        .iter()
        .fold(f64::NEG_INFINITY, |max, c| max.max(c.logit));
    let sum: f64 = kept.iter().map(|c| (c.logit - max).exp()).sum();
    for c in kept.iter_mut() {
        c.probability = (c.logit - max).exp() / sum;
    }
    1.0 / sum
}

#[inline(never)]
fn entropy(kept: &[Candidate]) -> f64 {
    kept.iter()
        .filter(|c| c.probability > 0.0)
        .map(|c| -c.probability * c.probability.ln())
        .sum()
}

/// Puts the candidate that is number `nth` by key in its place, lower ones before it; of equals the lower id is first.
#[inline(never)]
fn select(kept: &mut [Candidate], nth: usize) {
    kept.select_nth_unstable_by(nth, |a, b| a.key.total_cmp(&b.key).then(a.id.cmp(&b.id)));
}

/// Ties with the k-th value stay.
fn top_k(kept: &mut Vec<Candidate>, k: usize) {
    if k >= kept.len() {
        return;
    }
    for c in kept.iter_mut() {
        c.key = -c.logit;
    }
    select(kept, k - 1);
    let limit = kept[k - 1].logit;
    kept.retain(|c| c.logit >= limit);
}

/// Removes the least likely while their mass is at most `budget`; of equals the lower id goes first.
fn top_p(kept: &mut Vec<Candidate>, budget: f64, least: usize) {
    for c in kept.iter_mut() {
        c.key = c.probability;
    }
    let removed = crossing(kept, &|mass| mass > budget);
    remove_lowest(kept, removed, least);
}

/// Removes probabilities below `limit`.
fn at_least(kept: &mut Vec<Candidate>, limit: f64, least: usize) {
    for c in kept.iter_mut() {
        c.key = c.probability;
    }
    let removed = kept.iter().filter(|c| c.key < limit).count();
    remove_lowest(kept, removed, least);
}

/// Keeps the smallest set of the least surprising deviations that reaches `mass`; ties with the last stay.
fn typical(kept: &mut Vec<Candidate>, mass: f64, least: usize) {
    let entropy = entropy(kept);
    for c in kept.iter_mut() {
        c.key = (-c.probability.ln() - entropy).abs();
    }
    let last = crossing(kept, &|sum| sum >= mass)
        .max(least - 1)
        .min(kept.len().saturating_sub(1));
    if kept.is_empty() {
        return;
    }
    select(kept, last);
    let limit = kept[last].key;
    kept.retain(|c| c.key <= limit);
}

/// The `count` candidates of the lowest keys, of equals the lower ids.
pub(super) fn lowest(mut kept: Vec<Candidate>, count: usize) -> Vec<Candidate> {
    if count < kept.len() {
        select(&mut kept, count);
        kept.truncate(count);
    }
    kept
}

#[inline(never)]
fn remove_lowest(kept: &mut Vec<Candidate>, count: usize, least: usize) {
    let count = count.min(kept.len().saturating_sub(least));
    if count > 0 {
        select(kept, count - 1);
        kept.drain(..count);
    }
}

/// How many candidates, in order of their keys, come before the one with which the summed probability has `crossed`.
/// Halves what is undecided: linear in the number of candidates.
#[inline(never)]
pub(super) fn crossing(kept: &mut [Candidate], crossed: &dyn Fn(f64) -> bool) -> usize {
    let (mut low, mut high, mut before) = (0, kept.len(), 0.0);
    while low < high {
        let half = (low + high) / 2;
        select(&mut kept[low..high], half - low);
        let sum: f64 = kept[low..=half].iter().map(|c| c.probability).sum();
        if crossed(before + sum) {
            high = half;
        } else {
            before += sum;
            low = half + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(logits: &[f32], options: SamplingOptions) -> Vec<usize> {
        let row = filter(logits, None, &options, None);
        (0..row.len()).filter(|&i| row[i].is_finite()).collect()
    }

    /// Probabilities 0.4, 0.3, 0.2, 0.1.
    fn logits() -> [f32; 4] {
        [0.4f32.ln(), 0.3f32.ln(), 0.2f32.ln(), 0.1f32.ln()]
    }

    #[test]
    fn filter_keeps_ties_with_the_kth() {
        let options = SamplingOptions {
            top_k: 2,
            ..Default::default()
        };
        assert_eq!(kept(&[1.0, 3.0, 1.0, 0.0], options), [0, 1, 2]);
    }

    #[test]
    fn filter_removes_the_tail_of_top_p() {
        for (top_p, want) in [(0.65, 2), (0.75, 3), (0.95, 4), (0.0, 1)] {
            let options = SamplingOptions {
                top_p,
                ..Default::default()
            };
            assert_eq!(kept(&logits(), options).len(), want, "{top_p}");
        }
    }

    #[test]
    fn filter_keeps_a_share_of_the_largest() {
        let options = SamplingOptions {
            min_p: 0.6,
            ..Default::default()
        };
        assert_eq!(kept(&logits(), options), [0, 1]);
        let options = SamplingOptions {
            min_p: 0.9,
            min_keep: 3,
            ..Default::default()
        };
        assert_eq!(kept(&logits(), options), [0, 1, 2]);
    }

    #[test]
    fn filter_gives_nothing_when_all_is_masked() {
        let options = SamplingOptions {
            top_k: 1,
            top_p: 0.5,
            min_p: 0.1,
            typical: 0.5,
            epsilon: 0.1,
            eta: 0.1,
            ..Default::default()
        };
        let row = filter(&logits(), Some(&[0]), &options, None);
        assert!(row.iter().all(|x| *x == f64::NEG_INFINITY));
    }
}
