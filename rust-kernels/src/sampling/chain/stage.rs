//! One step of a chain.

use super::dry::Dry;
use super::infill::Infill;
use super::min_p::min_p;
use super::row::Row;
use super::temperature::temperature;
use super::top_k::top_k;
use super::top_n_sigma::top_n_sigma;
use super::top_p::top_p;
use super::typical::typical;
use super::window_penalties::WindowPenalties;
use super::xtc::xtc;
use crate::linalg::softmax::allowed;

/// One step of a chain: changes logits or removes tokens.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    Penalties(WindowPenalties),
    Dry(Dry),
    TopNSigma(f64),
    TopK(usize),
    Typical(f64),
    TopP(f64),
    MinP(f64),
    Xtc {
        probability: f64,
        threshold: f64,
    },
    Temperature {
        value: f64,
        range: f64,
        exponent: f64,
    },
    Infill(Infill),
}

impl Stage {
    /// Does this step. `uniform` decides whether xtc happens; infill ends only where the mask allows it.
    pub fn apply(
        &self,
        row: &mut Row,
        mask: Option<&[u32]>,
        context: &[u32],
        min_keep: usize,
        uniform: f32,
    ) {
        match self {
            Self::Penalties(penalties) => penalties.apply(row, context),
            Self::Dry(dry) => dry.apply(row, context),
            Self::TopNSigma(n) => top_n_sigma(row, *n),
            Self::TopK(k) => top_k(row, *k),
            Self::Typical(share) => typical(row, *share, min_keep),
            Self::TopP(share) => top_p(row, *share, min_keep),
            Self::MinP(share) => min_p(row, *share, min_keep),
            Self::Xtc {
                probability,
                threshold,
            } => xtc(row, *probability, *threshold, min_keep, uniform),
            Self::Temperature {
                value,
                range,
                exponent,
            } => temperature(row, *value, *range, *exponent),
            Self::Infill(infill) => infill.apply(row, |end| allowed(mask, end as usize)),
        }
    }
}
