//! One draw from a row of logits, after temperature and truncation.

use crate::linalg::softmax::{allowed, log_normalizer};

/// How to choose. The defaults sample from the distribution itself.
#[derive(Clone, Copy, Debug)]
pub struct ChoiceOptions {
    /// Divides the logits; 0 takes the most likely (the first of equals).
    pub temperature: f32,
    /// Keeps the k most likely; 0 keeps all.
    pub top_k: usize,
    /// Keeps the smallest set of the most likely that holds this probability; 1 keeps all.
    pub top_p: f32,
    /// Drops what is less likely than this share of the most likely; 0 keeps all.
    pub min_p: f32,
}

/// What was chosen, with the log-probability it was really drawn with and the one of the plain softmax.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    pub index: usize,
    pub behavior_log_prob: f32,
    pub raw_log_prob: f32,
}

/// Chooses by the inverse of the cumulative distribution; `uniform` is in [0, 1).
pub fn choose(logits: &[f32], options: &ChoiceOptions, uniform: f32) -> Choice {
    let raw = |index: usize| logits[index] - log_normalizer(logits, None, 1.0);
    if options.temperature == 0.0 {
        let index = ranked(logits)[0];
        return Choice {
            index,
            behavior_log_prob: 0.0,
            raw_log_prob: raw(index),
        };
    }
    let mask = truncation(logits, options);
    let mask = mask.as_deref();
    let inverse = 1.0 / options.temperature;
    let normalizer = log_normalizer(logits, mask, options.temperature);
    let mut left = uniform;
    let mut index = 0;
    for (j, &logit) in logits.iter().enumerate() {
        if allowed(mask, j) {
            index = j; // the last allowed one takes what rounding leaves over
            left -= (logit * inverse - normalizer).exp();
            if left < 0.0 {
                break;
            }
        }
    }
    Choice {
        index,
        behavior_log_prob: logits[index] * inverse - normalizer,
        raw_log_prob: raw(index),
    }
}

/// Indices from the most to the least likely; equals keep their order.
fn ranked(logits: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_unstable_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
    order
}

/// Bit set of what the options keep; `None` when they keep everything.
fn truncation(logits: &[f32], options: &ChoiceOptions) -> Option<Vec<u32>> {
    let n = logits.len();
    let keeps_k = options.top_k == 0 || options.top_k >= n;
    if keeps_k && options.top_p >= 1.0 && options.min_p <= 0.0 {
        return None;
    }
    let order = ranked(logits);
    let inverse = 1.0 / options.temperature;
    let normalizer = log_normalizer(logits, None, options.temperature);
    let limit = if keeps_k { n } else { options.top_k };
    let floor = options.min_p * (logits[order[0]] * inverse - normalizer).exp();
    let mut mask = vec![0u32; n.div_ceil(32)];
    let mut held = 0.0f32;
    for (rank, &j) in order.iter().take(limit).enumerate() {
        let p = (logits[j] * inverse - normalizer).exp();
        if rank > 0 && (held >= options.top_p || p < floor) {
            break;
        }
        mask[j >> 5] |= 1 << (j & 31);
        held += p;
    }
    Some(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ChoiceOptions = ChoiceOptions {
        temperature: 1.0,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
    };
    /// Probabilities 0.5, 0.3, 0.2.
    fn logits() -> [f32; 3] {
        [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()]
    }

    #[test]
    fn choose_inverts_the_cumulative_distribution() {
        let at = |u| choose(&logits(), &PLAIN, u).index;
        assert_eq!((at(0.0), at(0.49), at(0.51)), (0, 0, 1));
        assert_eq!((at(0.79), at(0.81), at(0.99999)), (1, 2, 2));
        let c = choose(&logits(), &PLAIN, 0.6);
        assert!((c.behavior_log_prob - 0.3f32.ln()).abs() < 1e-6);
        assert_eq!(c.behavior_log_prob, c.raw_log_prob);
    }

    #[test]
    fn choose_renormalises_what_truncation_keeps() {
        let top_k = ChoiceOptions { top_k: 2, ..PLAIN };
        let c = choose(&logits(), &top_k, 0.99);
        assert_eq!(c.index, 1);
        assert!((c.behavior_log_prob - (0.3f32 / 0.8).ln()).abs() < 1e-6);
        let top_p = ChoiceOptions {
            top_p: 0.5,
            ..PLAIN
        };
        assert_eq!(choose(&logits(), &top_p, 0.99).index, 0);
        let min_p = ChoiceOptions {
            min_p: 0.5,
            ..PLAIN
        };
        assert_eq!(choose(&logits(), &min_p, 0.99).index, 1);
    }

    #[test]
    fn choose_takes_the_most_likely_at_temperature_zero() {
        let cold = ChoiceOptions {
            temperature: 0.0,
            ..PLAIN
        };
        let c = choose(&[0.0, 2.0, 2.0], &cold, 0.9);
        assert_eq!((c.index, c.behavior_log_prob), (1, 0.0));
    }
}
