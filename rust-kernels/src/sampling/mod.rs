//! Choosing one token from a row of logits.

mod chain;
mod filter;
mod penalties;
mod sample;

pub use chain::{top_log_probs, Adaptive, Chain, Dry, Infill, Mirostat, Stage, WindowPenalties};
pub use filter::filter;
pub use penalties::Penalties;
pub use sample::{sample, Sample};

/// How to choose. The default samples from the softmax as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingOptions {
    /// Divides the logits; 0 takes the largest.
    pub temperature: f32,
    /// Keeps this many of the largest, and ties with the last of them; 0 keeps all.
    pub top_k: u32,
    /// Keeps the fewest that have more than this mass together; 1 keeps all.
    pub top_p: f32,
    /// Keeps those with at least this share of the largest probability; 0 keeps all.
    pub min_p: f32,
    /// Keeps the mass whose surprise is nearest to the entropy; 1 keeps all.
    pub typical: f32,
    /// Keeps probabilities of at least this; 0 keeps all.
    pub epsilon: f32,
    /// Keeps probabilities of at least min(eta, √eta·exp(−entropy)); 0 keeps all.
    pub eta: f32,
    /// No truncation leaves fewer than this.
    pub min_keep: u32,
    /// Also computes the raw log-probability, which costs a pass over the whole row when a mask forbids most of it.
    pub raw: bool,
}

impl Default for SamplingOptions {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            typical: 1.0,
            epsilon: 0.0,
            eta: 0.0,
            min_keep: 1,
            raw: true,
        }
    }
}

impl SamplingOptions {
    /// True when some token could be removed.
    fn truncates(&self) -> bool {
        self.top_k > 0
            || self.top_p < 1.0
            || self.min_p > 0.0
            || self.typical < 1.0
            || self.epsilon > 0.0
            || self.eta > 0.0
    }
}
