//! A steady probability of what is drawn (<https://github.com/ggml-org/llama.cpp/pull/17927>).

use super::row::Row;

const WIDTH: f64 = 0.3;
const PEAK: f64 = 5.0;
const SHARPNESS: f64 = 10.0;

/// Draws tokens whose probability is near a target, in the mean over the last ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    /// Below 0 it does nothing.
    pub target: f64,
    /// How long it remembers: about 1 / (1 − decay) tokens.
    pub decay: f64,
}

impl Adaptive {
    /// Gives every token that is left a logit by how near its probability is to what the mean needs, and the probabilities
    /// themselves, in the order of ids.
    ///
    /// ```text
    /// want = min(1, max(0, 2·target − mean)),   d = |p − want| / 0.3,   x ← 5 − 10·d² / (1 + d)
    /// ```
    pub fn apply(&self, row: &mut Row, mean: f64) -> Vec<f64> {
        if self.target < 0.0 {
            return Vec::new();
        }
        let want = (2.0 * self.target.min(1.0) - mean).clamp(0.0, 1.0);
        let normalizer = row.log_normalizer();
        let list = row.list();
        let before: Vec<f64> = list.iter().map(|c| (c.logit - normalizer).exp()).collect();
        for (c, p) in list.iter_mut().zip(&before) {
            let distance = (p - want).abs() / WIDTH;
            c.logit = PEAK - SHARPNESS * distance * distance / (1.0 + distance);
        }
        before
    }

    /// The next mean after drawing a token that had this probability before.
    pub fn learn(&self, mean: f64, probability: f64) -> f64 {
        if self.target < 0.0 {
            return mean;
        }
        (1.0 - self.decay) * probability + self.decay * mean
    }
}
