//! A steady surprise (Basu et al. 2021, <https://arxiv.org/abs/2007.14966>).

use super::row::Row;
use super::top_k::top_k;

/// Which of the two algorithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mirostat {
    /// Estimates Zipf's exponent from the `most` most likely, and keeps as many tokens as fit the surprise.
    First { most: usize },
    /// Keeps the tokens of at most the surprise.
    Second,
}

impl Mirostat {
    /// Leaves the tokens whose surprise fits `mu`, in bits.
    pub fn apply(&self, row: &mut Row, mu: f64) {
        match *self {
            Self::First { most } => {
                let tokens = row.size as f64;
                let sorted = row.best(most);
                let (mut cross, mut squares) = (0.0, 0.0);
                for i in 0..most.saturating_sub(1).min(sorted.len().saturating_sub(1)) {
                    let t = ((i + 2) as f64 / (i + 1) as f64).ln();
                    cross += t * (sorted[i].logit - sorted[i + 1].logit);
                    squares += t * t;
                }
                let exponent = cross / squares;
                let epsilon = exponent - 1.0;
                let k = (epsilon * mu.exp2() / (1.0 - tokens.powf(-epsilon))).powf(1.0 / exponent);
                top_k(row, if k > 1.0 { k as usize } else { 1 });
            }
            Self::Second => {
                let normalizer = row.log_normalizer();
                let limit = normalizer - mu * core::f64::consts::LN_2;
                // the most likely stays, however surprising
                let limit = limit.min(row.largest());
                row.retain(limit);
            }
        }
    }

    /// The next `mu` after drawing a token of this log-probability, in nats, among those that were left.
    pub fn learn(mu: f64, tau: f64, eta: f64, log_prob: f64) -> f64 {
        mu - eta * (-log_prob / core::f64::consts::LN_2 - tau)
    }
}
