//! Logistic regression of a reward on hashed (context × candidate) features.
//!
//! ```text
//! s(x, c) = (Σ_{f in x ∪ {1}} Σ_{g in c} w[f × g]) / √((|x| + 1)·|c|) + w_o · overlap(x, c)      p = σ(s)
//! loss    = −r ln p − (1 − r) ln(1 − p) + λ/2 · |w|²     on the chosen candidate alone
//! AdaGrad:  G += d²,  w −= η d / (√G + 1e-8)
//! ```
//! `G` sums squared derivatives (error · x)², whose mean is the Fisher information. The posterior variance of the logit is
//! `Σ x² / (1 + G / x²)`: each feature as if it alone carried the logit, with a prior N(0, 1). Where one context is judged
//! again and again that is exactly `1 / (1 + Σ error²)`; without the division by x² it would hardly shrink.

use crate::linear::features::{mix, overlap};
use crate::linear::policy::Candidates;

#[derive(Clone, Copy, Debug)]
pub struct LogisticOptions {
    /// The table has 2^bits weights.
    pub bits: u32,
    pub learning_rate: f32,
    pub l2: f32,
}

/// Weights and AdaGrad's memory; the last entry of each belongs to the overlap.
#[derive(Clone)]
pub struct LogisticModel {
    options: LogisticOptions,
    pub weights: Vec<f32>,
    pub squares: Vec<f32>,
}

/// Stands for "any context".
const ALWAYS: u32 = 0x5BD1_E995;

impl LogisticModel {
    pub fn new(options: LogisticOptions) -> Self {
        let count = (1 << options.bits) + 1;
        Self {
            options,
            weights: vec![0.0; count],
            squares: vec![0.0; count],
        }
    }

    /// Calls `each(entry, value)` for every feature of (context, candidate).
    fn visit(&self, context: &[u32], candidate: &[u32], mut each: impl FnMut(usize, f32)) {
        let shift = 32 - self.options.bits;
        let value = 1.0 / (((context.len() + 1) * candidate.len()) as f32).sqrt();
        for &g in candidate {
            let salt = g.rotate_left(15);
            for &f in [ALWAYS].iter().chain(context) {
                each((mix(f ^ salt) >> shift) as usize, value);
            }
        }
        each(1 << self.options.bits, overlap(context, &candidate[1..]));
    }

    /// Logit of the reward of a candidate: its identity, then its features.
    fn score(&self, context: &[u32], candidate: &[u32]) -> f32 {
        let mut sum = 0.0f32;
        self.visit(context, candidate, |at, x| sum += x * self.weights[at]);
        sum
    }

    /// [candidates] logits of the reward.
    pub fn scores(&self, context: &[u32], candidates: Candidates) -> Vec<f32> {
        let rows = (0..candidates.count()).map(|i| candidates.features(i));
        rows.map(|row| self.score(context, row)).collect()
    }

    /// [candidates] standard deviations of the logits under the diagonal posterior: √(Σ x² / (1 + G / x²)).
    pub fn deviations(&self, context: &[u32], candidates: Candidates) -> Vec<f32> {
        let rows = (0..candidates.count()).map(|i| candidates.features(i));
        rows.map(|row| {
            let mut sum = 0.0f32;
            self.visit(context, row, |at, x| {
                let square = x * x;
                sum += square / (1.0 + self.squares[at] / square.max(1e-12))
            });
            sum.sqrt()
        })
        .collect()
    }

    /// One AdaGrad step on one judged candidate.
    pub fn learn(&mut self, context: &[u32], candidate: &[u32], reward: f32, weight: f32) {
        let error = weight * (sigmoid(self.score(context, candidate)) - reward);
        let LogisticOptions {
            learning_rate, l2, ..
        } = self.options;
        let (mut weights, mut squares) = (
            core::mem::take(&mut self.weights),
            core::mem::take(&mut self.squares),
        );
        self.visit(context, candidate, |at, x| {
            let d = error * x + l2 * weights[at];
            squares[at] += d * d;
            weights[at] -= learning_rate * d / (squares[at].sqrt() + 1e-8);
        });
        (self.weights, self.squares) = (weights, squares);
    }
}

pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: LogisticOptions = LogisticOptions {
        bits: 12,
        learning_rate: 0.1,
        l2: 0.0,
    };
    const CANDIDATES: Candidates = Candidates {
        ids: &[100, 7, 8, 200, 9, 300],
        offsets: &[0, 3, 5, 6],
    };

    #[test]
    fn the_first_step_by_hand() {
        // p = 1/2, r = 1: d = −x/2, so AdaGrad's first step is +0.1 for every feature, whatever x; s = 0.1 · n · x.
        let mut model = LogisticModel::new(OPTIONS);
        model.learn(&[1, 2, 3], CANDIDATES.features(1), 1.0, 1.0);
        let n = 4.0 * 2.0f32;
        let scores = model.scores(&[1, 2, 3], CANDIDATES);
        assert!((scores[1] - 0.1 * n.sqrt()).abs() < 1e-6, "{scores:?}");
        assert!(scores[0].abs() < 0.05 && scores[2].abs() < 0.05);
    }

    #[test]
    fn judgements_separate_contexts_and_shrink_the_deviation_of_what_was_judged() {
        let mut model = LogisticModel::new(OPTIONS);
        let before = model.deviations(&[1, 2], CANDIDATES);
        for _ in 0..200 {
            for (context, right) in [([1u32, 2], 0usize), ([3, 4], 1)] {
                for c in 0..2 {
                    let reward = if c == right { 1.0 } else { 0.0 };
                    model.learn(&context, CANDIDATES.features(c), reward, 1.0);
                }
            }
        }
        let (a, b) = (
            model.scores(&[1, 2], CANDIDATES),
            model.scores(&[3, 4], CANDIDATES),
        );
        assert!(a[0] > 1.0 && a[1] < -1.0 && b[0] < -1.0 && b[1] > 1.0);
        let after = model.deviations(&[1, 2], CANDIDATES);
        assert!(after[0] < before[0] && after[1] < before[1] && after[2] > 0.9 * before[2]);
    }

    #[test]
    fn a_weight_of_zero_changes_nothing() {
        let mut model = LogisticModel::new(OPTIONS);
        model.learn(&[1], CANDIDATES.features(0), 1.0, 0.0);
        assert!(model.weights.iter().all(|w| *w == 0.0));
    }
}
