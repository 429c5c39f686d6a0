//! A chain of samplers with the meaning that llama.cpp gives them, in any order.
//!
//! One file a step; `row` holds what they work on. Sums are in f64; tokens stay in the order of their ids, in which one is
//! drawn, so a draw can be repeated.

mod adaptive;
mod dry;
mod infill;
mod min_p;
mod mirostat;
mod row;
mod stage;
mod temperature;
mod top_k;
mod top_log_probs;
mod top_n_sigma;
mod top_p;
mod typical;
mod window_penalties;
mod xtc;

pub use adaptive::Adaptive;
pub use dry::Dry;
pub use infill::Infill;
pub use mirostat::Mirostat;
pub use stage::Stage;
pub use top_log_probs::top_log_probs;
pub use window_penalties::WindowPenalties;

use super::Sample;
use crate::linalg::softmax::{invert, is_usable, log_normalizer};
use row::{list_normalizer, Row};

/// Steps, and how one token is taken from what they leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// (id, added to its logit), before everything else.
    pub bias: Vec<(u32, f32)>,
    pub stages: Vec<Stage>,
    /// No truncation leaves fewer.
    pub min_keep: usize,
    /// Takes the most likely of what is left.
    pub greedy: bool,
    /// With it, `mu` is what [`Mirostat::apply`] needs.
    pub mirostat: Option<Mirostat>,
    /// With it, `mu` is the mean that [`Adaptive::apply`] needs.
    pub adaptive: Option<Adaptive>,
    /// Also computes the raw log-probability.
    pub raw: bool,
}

impl Chain {
    /// The row after all steps; removed tokens are −∞.
    pub fn filter(
        &self,
        logits: &[f32],
        mask: Option<&[u32]>,
        context: &[u32],
        chance: f32,
        mu: f64,
    ) -> Vec<f64> {
        let mut out = vec![f64::NEG_INFINITY; logits.len()];
        let mut row = self.left(logits, mask, context, chance, mu);
        if let Some(adaptive) = &self.adaptive {
            adaptive.apply(&mut row, mu);
        }
        for c in row.list() {
            out[c.id as usize] = c.logit;
        }
        out
    }

    fn left(
        &self,
        logits: &[f32],
        mask: Option<&[u32]>,
        context: &[u32],
        chance: f32,
        mu: f64,
    ) -> Row {
        let mut row = Row::new(logits, mask);
        for &(id, by) in &self.bias {
            row.edit(id, |x| x + by as f64);
        }
        for stage in &self.stages {
            stage.apply(&mut row, mask, context, self.min_keep, chance);
        }
        if let Some(mirostat) = &self.mirostat {
            mirostat.apply(&mut row, mu);
        }
        row
    }

    /// Draws one token: the first in the order of ids at which the summed probabilities of what is left exceed `uniform`.
    /// `chance` decides whether xtc happens. A row with NaN or +∞, or of which nothing is left, gives [`Sample::NONE`].
    pub fn sample(
        &self,
        logits: &[f32],
        mask: Option<&[u32]>,
        context: &[u32],
        draws: [f32; 2],
        mu: f64,
    ) -> Sample {
        self.sample_and_weigh(logits, mask, context, draws, mu).0
    }

    /// The token that [`Self::sample`] draws, and its probability before adaptive-p; 1 without it.
    pub fn sample_and_weigh(
        &self,
        logits: &[f32],
        mask: Option<&[u32]>,
        context: &[u32],
        [uniform, chance]: [f32; 2],
        mu: f64,
    ) -> (Sample, f64) {
        if mask.is_some_and(|m| m.len() < logits.len().div_ceil(32)) || !is_usable(logits) {
            return (Sample::NONE, 1.0);
        }
        let mut row = self.left(logits, mask, context, chance, mu);
        let before = self.adaptive.map(|adaptive| adaptive.apply(&mut row, mu));
        let drawn = if self.greedy {
            first_largest(&mut row)
        } else {
            draw(&mut row, uniform)
        };
        let Some((token, behavior_log_prob)) = drawn else {
            return (Sample::NONE, 1.0);
        };
        let probability = before.and_then(|before| {
            let at = row.list().binary_search_by_key(&token, |c| c.id).ok()?;
            before.get(at).copied()
        });
        let raw_log_prob = if self.raw {
            logits[token as usize] - log_normalizer(logits, None, 1.0)
        } else {
            f32::NAN
        };
        let sample = Sample {
            token,
            raw_log_prob,
            behavior_log_prob,
        };
        (sample, probability.unwrap_or(1.0))
    }
}

fn first_largest(row: &mut Row) -> Option<(u32, f32)> {
    row.best(1).first().map(|c| (c.id, 0.0))
}

fn draw(row: &mut Row, uniform: f32) -> Option<(u32, f32)> {
    if let Some(whole) = row.whole() {
        let normalizer = log_normalizer(whole, None, 1.0);
        return invert(whole, None, 1.0, normalizer, uniform)
            .filter(|(_, log_prob)| log_prob.is_finite())
            .map(|(token, log_prob)| (token as u32, log_prob));
    }
    let list = row.list();
    let normalizer = list_normalizer(list);
    let mut sum = 0.0;
    let mut last = None;
    for c in list.iter().filter(|c| c.logit > f64::NEG_INFINITY) {
        last = Some((c.id, (c.logit - normalizer) as f32));
        sum += (c.logit - normalizer).exp();
        if sum > uniform as f64 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests;
