//! Hashed-feature models for JavaScript.

use super::{copied, zeros};
use crate::linear::choice::{choose, ChoiceOptions};
use crate::linear::features::{features, identity, FeatureOptions};
use crate::linear::policy::{Candidates, LinearPolicy, UpdateOptions};
use wasm_bindgen::prelude::*;

/// Sorted, distinct feature ids of a text: words, pairs of words, and character n-grams of `shortest` to `longest`
/// (none when `shortest` is 0).
#[wasm_bindgen(js_name = textFeatures)]
pub fn text_features(
    text: &str,
    words: bool,
    bigrams: bool,
    shortest: usize,
    longest: usize,
) -> Vec<u32> {
    let options = FeatureOptions {
        words,
        bigrams,
        shortest,
        longest: longest.min(16),
    };
    features(text, &options)
}

/// Id of a whole text, as written.
#[wasm_bindgen(js_name = textIdentity)]
pub fn text_identity(text: &str) -> u32 {
    identity(text)
}

/// Softmax policy with a value over hashed features; owns its weights, AdaGrad memory and accumulated gradient.
#[wasm_bindgen]
pub struct LinearModel(LinearPolicy);

pub(super) fn candidates<'a>(
    ids: &'a [u32],
    offsets: &'a [u32],
) -> Result<Candidates<'a>, JsError> {
    let candidates = Candidates { ids, offsets };
    if candidates.valid() {
        Ok(candidates)
    } else {
        Err(JsError::new(
            "Cannot read candidates: offsets do not fit ids",
        ))
    }
}

fn check_index(index: usize, candidates: Candidates, temperature: f32) -> Result<(), JsError> {
    if index >= candidates.count() {
        return Err(JsError::new(&format!(
            "Cannot take candidate {index}: there are {}",
            candidates.count()
        )));
    }
    if temperature > 0.0 && temperature.is_finite() {
        Ok(())
    } else {
        Err(JsError::new(
            "Cannot evaluate: temperature must be positive",
        ))
    }
}

pub(super) fn copy(into: &mut [f32], from: &[f32]) -> Result<(), JsError> {
    if into.len() != from.len() {
        return Err(JsError::new(&format!(
            "Cannot copy parameters: expected {}, got {}",
            into.len(),
            from.len()
        )));
    }
    into.copy_from_slice(from);
    Ok(())
}

#[wasm_bindgen]
impl LinearModel {
    /// A table of 2^bits weights, all zero; `similarityWeight` is what the likeness of context and candidate starts with,
    /// `hidden` the number of tanh units in between.
    #[wasm_bindgen(constructor)]
    pub fn new(bits: u32, similarity_weight: f32, hidden: usize) -> Result<LinearModel, JsError> {
        if !(4..=24).contains(&bits) {
            return Err(JsError::new("Cannot make a table: bits must be 4 to 24"));
        }
        if hidden != 0 && (!hidden.is_power_of_two() || hidden > 1 << (bits - 1)) {
            return Err(JsError::new(
                "Cannot make a hidden layer: its units must be 0 or a power of two of at most half the table",
            ));
        }
        // The policy allocates four such tables and cannot fail softly: ask for the space first.
        drop(zeros(4 << bits)?);
        Ok(Self(LinearPolicy::new(bits, similarity_weight, hidden)))
    }

    /// Number of parameters.
    #[wasm_bindgen(getter, js_name = parameterCount)]
    pub fn parameter_count(&self) -> usize {
        self.0.parameter_count()
    }

    /// Chooses; returns [index, behaviour log-probability, raw log-probability, value].
    #[allow(clippy::too_many_arguments)]
    pub fn decide(
        &self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
        temperature: f32,
        top_k: usize,
        top_p: f32,
        min_p: f32,
        seed: u64,
        stream: u32,
        counter: u32,
    ) -> Result<Vec<f32>, JsError> {
        let candidates = candidates(ids, offsets)?;
        if !(temperature >= 0.0 && temperature.is_finite()) {
            return Err(JsError::new(
                "Cannot decide: temperature must not be negative",
            ));
        }
        let mut logits = Vec::new();
        self.0.logits(context, candidates, &mut logits);
        let options = ChoiceOptions {
            temperature,
            top_k,
            top_p,
            min_p,
        };
        let c = choose(
            &logits,
            &options,
            crate::random::uniform(seed, stream, counter),
        );
        Ok(vec![
            c.index as f32,
            c.behavior_log_prob,
            c.raw_log_prob,
            self.0.value(context),
        ])
    }

    /// One logit for each candidate.
    pub fn score(
        &self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
    ) -> Result<Vec<f32>, JsError> {
        let mut logits = Vec::new();
        self.0
            .logits(context, candidates(ids, offsets)?, &mut logits);
        Ok(logits)
    }

    /// [log π(index), entropy, value] under the current weights.
    pub fn evaluate(
        &self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
        index: usize,
        temperature: f32,
    ) -> Result<Vec<f32>, JsError> {
        let candidates = candidates(ids, offsets)?;
        check_index(index, candidates, temperature)?;
        Ok(self
            .0
            .evaluate(context, candidates, index, temperature)
            .to_vec())
    }

    /// Adds the gradient of a loss, given by its derivatives by what `evaluate` returns.
    #[allow(clippy::too_many_arguments)]
    pub fn backward(
        &mut self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
        index: usize,
        temperature: f32,
        d_log_prob: f32,
        d_entropy: f32,
        d_value: f32,
    ) -> Result<(), JsError> {
        let candidates = candidates(ids, offsets)?;
        check_index(index, candidates, temperature)?;
        let d = [d_log_prob, d_entropy, d_value];
        self.0.backward(context, candidates, index, temperature, d);
        Ok(())
    }

    /// Adds the gradient of a loss, given by its derivatives by what `score` returns.
    #[wasm_bindgen(js_name = backwardScores)]
    pub fn backward_scores(
        &mut self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
        d_scores: &[f32],
    ) -> Result<(), JsError> {
        let candidates = candidates(ids, offsets)?;
        if d_scores.len() != candidates.count() {
            return Err(JsError::new(
                "Cannot go backward: one number a candidate is needed",
            ));
        }
        self.0.backward_logits(context, candidates, d_scores, 0.0);
        Ok(())
    }

    /// Moves every weight by `share` of the way to another model's of the same size.
    pub fn follow(&mut self, other: &LinearModel, share: f32) -> Result<(), JsError> {
        if self.0.parameter_count() != other.0.parameter_count() {
            return Err(JsError::new("Cannot follow: the models differ in size"));
        }
        self.0.follow(&other.0, share);
        Ok(())
    }

    /// Applies and clears the gradient; returns its norm before clipping. A norm that is not finite changes nothing.
    /// `maxGradientNorm` of 0 or less does not clip; `memory` of 1 takes AdaGrad, below
    /// it RMSprop, 0 plain SGD.
    pub fn update(
        &mut self,
        learning_rate: f32,
        max_gradient_norm: f32,
        weight_decay: f32,
        memory: f32,
    ) -> f32 {
        let max_gradient_norm = if max_gradient_norm > 0.0 {
            max_gradient_norm
        } else {
            f32::INFINITY
        };
        let options = UpdateOptions {
            learning_rate,
            max_gradient_norm,
            weight_decay,
            memory,
        };
        self.0.update(&options).0
    }

    #[wasm_bindgen(js_name = readWeights)]
    pub fn read_weights(&self) -> Result<Vec<f32>, JsError> {
        copied(&self.0.weights)
    }

    #[wasm_bindgen(js_name = writeWeights)]
    pub fn write_weights(&mut self, from: &[f32]) -> Result<(), JsError> {
        copy(&mut self.0.weights, from)
    }

    /// AdaGrad's sums of squared gradients, or RMSprop's means.
    #[wasm_bindgen(js_name = readSquares)]
    pub fn read_squares(&self) -> Result<Vec<f32>, JsError> {
        copied(&self.0.squares)
    }

    #[wasm_bindgen(js_name = writeSquares)]
    pub fn write_squares(&mut self, from: &[f32]) -> Result<(), JsError> {
        copy(&mut self.0.squares, from)
    }

    #[wasm_bindgen(js_name = readGradients)]
    pub fn read_gradients(&self) -> Result<Vec<f32>, JsError> {
        copied(self.0.gradients())
    }

    #[wasm_bindgen(js_name = writeGradients)]
    pub fn write_gradients(&mut self, from: &[f32]) -> Result<(), JsError> {
        if from.len() != self.0.parameter_count() {
            return Err(JsError::new(
                "Cannot write gradients: one number a parameter is needed",
            ));
        }
        self.0.set_gradients(from);
        Ok(())
    }
}
