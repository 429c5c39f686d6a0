//! What differs among architectures: chosen once a layer, never once a number.

use super::error::{refuse, Outcome};

/// How states are normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norm {
    /// `x / rms(x) ∘ w`.
    Rms,
    /// `x / rms(x) ∘ (1 + w)`.
    RmsFromOne,
    /// `(x − mean(x)) / deviation(x) ∘ w + b`.
    Layer,
}

/// The function inside the feed-forward part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x · σ(x)`.
    Silu,
    /// `x · ½(1 + tanh(√(2/π)(x + 0.044715x³)))`.
    GeluTanh,
    /// `x · ½(1 + erf(x/√2))`.
    Gelu,
}

/// The parts of a model; the default is Llama's.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    pub norm: Norm,
    /// The results of attention and of the feed-forward part are normalised before they join the stream.
    pub post_norms: bool,
    /// Queries and keys are normalised, head by head, before the rotation.
    pub query_key_norms: bool,
    /// Queries, keys and values have a bias.
    pub projection_bias: bool,
    /// The output of attention has a bias.
    pub output_bias: bool,
    /// The products of the feed-forward part have biases.
    pub feed_forward_bias: bool,
    /// The feed-forward part is `activation(gate) ∘ up` and not `activation(up)`.
    pub gated: bool,
    pub activation: Activation,
    /// Factor of a query's product with a key; 0: `1/√headDimension`.
    pub attention_scale: f32,
    /// Scores become `c·tanh(score/c)`; 0: they stay.
    pub attention_cap: f32,
    /// Logits become `c·tanh(logit/c)`; 0: they stay.
    pub logit_cap: f32,
    /// Factor of the embedding.
    pub embedding_scale: f32,
    /// A learned vector is added for each position.
    pub learned_positions: bool,
    /// Per layer, how many positions a query sees, itself among them; 0: all. Empty: all layers see all.
    pub windows: Vec<u32>,
    /// Per layer, which set of rotation frequencies turns it. Empty: set 0 turns all.
    pub ropes: Vec<u32>,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            norm: Norm::Rms,
            post_norms: false,
            query_key_norms: false,
            projection_bias: false,
            output_bias: false,
            feed_forward_bias: false,
            gated: true,
            activation: Activation::Silu,
            attention_scale: 0.0,
            attention_cap: 0.0,
            logit_cap: 0.0,
            embedding_scale: 1.0,
            learned_positions: false,
            windows: Vec::new(),
            ropes: Vec::new(),
        }
    }
}

/// Sets of rotation frequencies that a model has room for.
pub const ROPE_SETS: usize = 2;

impl Blocks {
    /// Checks that the parts make a model of so many layers.
    ///
    /// # Errors
    /// If a constant is negative or not finite, or there are neither 0 nor `layers` windows and sets of frequencies.
    pub fn check(&self, layers: usize) -> Outcome<()> {
        let constants = [
            self.attention_scale,
            self.attention_cap,
            self.logit_cap,
            self.embedding_scale,
        ];
        if constants.iter().any(|c| !(c.is_finite() && *c >= 0.0)) {
            return refuse(
                "create a transformer",
                "a scale or cap is no number from 0 on",
            );
        }
        let fits = |column: &[u32]| column.is_empty() || column.len() == layers;
        let known = self.ropes.iter().all(|&set| (set as usize) < ROPE_SETS);
        if !fits(&self.windows) || !fits(&self.ropes) || !known {
            let (w, r) = (self.windows.len(), self.ropes.len());
            let state = format_args!("{w} windows and {r} rotations for {layers} layers");
            return refuse("create a transformer", state);
        }
        Ok(())
    }

    /// Positions that a query of a layer sees.
    pub fn window(&self, layer: usize) -> usize {
        match self.windows.get(layer) {
            None | Some(0) => usize::MAX,
            Some(&window) => window as usize,
        }
    }

    /// Set of frequencies of a layer.
    pub fn rope(&self, layer: usize) -> usize {
        self.ropes.get(layer).map_or(0, |&set| set as usize)
    }
}
