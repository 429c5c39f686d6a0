//! Sampling for JavaScript.

use crate::random;
use crate::sampling::{filter, sample, Penalties, SamplingOptions};
use wasm_bindgen::prelude::*;

/// The uniform number in [0, 1) of a draw: a pure function, so that every draw can be repeated.
#[wasm_bindgen(js_name = samplingUniform)]
pub fn sampling_uniform(seed: u64, stream: u32, counter: u32) -> f32 {
    random::uniform(seed, stream, counter)
}

/// How to choose tokens from rows of logits.
#[wasm_bindgen]
pub struct Sampler {
    options: SamplingOptions,
    penalties: Option<[f32; 3]>,
    context: Vec<u32>,
    generated: Vec<u32>,
}

/// One drawn token.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub struct SampledToken {
    pub token: u32,
    #[wasm_bindgen(js_name = rawLogProb)]
    pub raw_log_prob: f32,
    #[wasm_bindgen(js_name = behaviorLogProb)]
    pub behavior_log_prob: f32,
}

fn check(logits: &[f32], mask: Option<&[u32]>) -> Result<(), JsError> {
    let words = logits.len().div_ceil(32);
    match mask {
        _ if logits.is_empty() => Err(JsError::new("Cannot sample: there are no logits")),
        Some(m) if m.len() != words => Err(JsError::new(&format!(
            "Cannot sample: expected a mask of {words} words, got {}",
            m.len()
        ))),
        _ => Ok(()),
    }
}

#[wasm_bindgen]
impl Sampler {
    #[wasm_bindgen(constructor)]
    pub fn new(
        temperature: f32,
        top_k: u32,
        top_p: f32,
        min_p: f32,
        typical: f32,
        epsilon: f32,
        eta: f32,
        min_keep: u32,
    ) -> Result<Sampler, JsError> {
        let shares = [top_p, min_p, typical, epsilon, eta];
        if !(temperature.is_finite() && temperature >= 0.0)
            || shares.iter().any(|s| !(0.0..=1.0).contains(s))
        {
            return Err(JsError::new("Cannot sample: an option is out of range"));
        }
        Ok(Self {
            options: SamplingOptions {
                temperature,
                top_k,
                top_p,
                min_p,
                typical,
                epsilon,
                eta,
                min_keep,
                raw: true,
            },
            penalties: None,
            context: Vec::new(),
            generated: Vec::new(),
        })
    }

    /// `context` is prompt and generated ids; `generated` only the latter.
    #[wasm_bindgen(js_name = setPenalties)]
    pub fn set_penalties(
        &mut self,
        repetition: f32,
        frequency: f32,
        presence: f32,
        context: Vec<u32>,
        generated: Vec<u32>,
    ) -> Result<(), JsError> {
        let all = [repetition, frequency, presence];
        if repetition <= 0.0 || all.iter().any(|p| !p.is_finite()) {
            return Err(JsError::new("Cannot sample: a penalty is out of range"));
        }
        self.penalties = Some([repetition, frequency, presence]);
        self.context = context;
        self.generated = generated;
        Ok(())
    }

    fn penalties(&self) -> Option<Penalties<'_>> {
        self.penalties
            .map(|[repetition, frequency, presence]| Penalties {
                repetition,
                frequency,
                presence,
                context: &self.context,
                generated: &self.generated,
            })
    }

    /// Draws one token; undefined when the row has none that may be drawn, or a logit that is not a number.
    pub fn sample(
        &self,
        logits: &[f32],
        mask: Option<Vec<u32>>,
        uniform: f32,
    ) -> Result<Option<SampledToken>, JsError> {
        check(logits, mask.as_deref())?;
        let penalties = self.penalties();
        let s = sample(
            logits,
            mask.as_deref(),
            &self.options,
            penalties.as_ref(),
            uniform,
        );
        Ok((!s.is_none()).then_some(SampledToken {
            token: s.token,
            raw_log_prob: s.raw_log_prob,
            behavior_log_prob: s.behavior_log_prob,
        }))
    }

    /// The row after everything but the draw; removed tokens are −Infinity. The temperature must not be 0.
    pub fn filter(&self, logits: &[f32], mask: Option<Vec<u32>>) -> Result<Vec<f32>, JsError> {
        check(logits, mask.as_deref())?;
        if self.options.temperature == 0.0 {
            return Err(JsError::new("Cannot filter: the temperature is 0"));
        }
        let penalties = self.penalties();
        let row = filter(logits, mask.as_deref(), &self.options, penalties.as_ref());
        Ok(row.into_iter().map(|x| x as f32).collect())
    }
}
