//! Sampler chains for JavaScript.

use super::copied;
use crate::random;
use crate::sampling::{Adaptive, Chain, Dry, Infill, Mirostat, Stage, WindowPenalties};
use wasm_bindgen::prelude::*;

/// A chain of samplers, and how surprised it wants to be.
#[wasm_bindgen]
pub struct SamplerChain {
    chain: Chain,
    tau: f64,
    eta: f64,
    mu: f64,
}

/// One drawn token.
#[wasm_bindgen]
pub struct ChainSample {
    pub token: u32,
    #[wasm_bindgen(js_name = rawLogProb)]
    pub raw_log_prob: f32,
    #[wasm_bindgen(js_name = behaviorLogProb)]
    pub behavior_log_prob: f32,
}

#[wasm_bindgen]
impl SamplerChain {
    /// `mirostat` is 0, 1 or 2.
    #[wasm_bindgen(constructor)]
    pub fn new(
        min_keep: u32,
        greedy: bool,
        raw: bool,
        mirostat: u32,
        most: u32,
        tau: f64,
        eta: f64,
    ) -> SamplerChain {
        Self {
            chain: Chain {
                bias: Vec::new(),
                stages: Vec::new(),
                min_keep: min_keep as usize,
                greedy,
                mirostat: match mirostat {
                    1 => Some(Mirostat::First {
                        most: most as usize,
                    }),
                    2 => Some(Mirostat::Second),
                    _ => None,
                },
                adaptive: None,
                raw,
            },
            tau,
            eta,
            mu: 2.0 * tau,
        }
    }

    /// Adds `by` to the logit of a token, before all steps.
    pub fn bias(&mut self, id: u32, by: f32) {
        self.chain.bias.push((id, by));
    }

    /// Adds a step of at most three numbers: 1 penalties (repetition, frequency, presence) of a window, 2 top-n-sigma,
    /// 3 top-k, 4 typical, 5 top-p, 6 min-p, 7 xtc (probability, threshold), 8 temperature (value, range, exponent).
    pub fn step(&mut self, kind: u32, a: f64, b: f64, c: f64, window: u32) -> Result<(), JsError> {
        self.chain.stages.push(match kind {
            1 => Stage::Penalties(WindowPenalties {
                window: window as usize,
                repetition: a,
                frequency: b,
                presence: c,
            }),
            2 => Stage::TopNSigma(a),
            3 => Stage::TopK(a as usize),
            4 => Stage::Typical(a),
            5 => Stage::TopP(a),
            6 => Stage::MinP(a),
            7 => Stage::Xtc {
                probability: a,
                threshold: b,
            },
            8 => Stage::Temperature {
                value: a,
                range: b,
                exponent: c,
            },
            _ => {
                return Err(JsError::new(&format!(
                    "Cannot sample: there is no step {kind}"
                )))
            }
        });
        Ok(())
    }

    /// Adds the step dry; `breakers` holds sequences of tokens one after the other, of `lengths`.
    pub fn dry(
        &mut self,
        multiplier: f64,
        base: f64,
        allowed_length: u32,
        window: u32,
        breakers: &[u32],
        lengths: &[u32],
    ) -> Result<(), JsError> {
        let mut rest = breakers;
        let mut sequences = Vec::with_capacity(lengths.len());
        for &length in lengths {
            let Some((own, others)) = rest.split_at_checked(length as usize) else {
                return Err(JsError::new(
                    "Cannot sample: the breakers are shorter than their lengths",
                ));
            };
            sequences.push(own.to_vec());
            rest = others;
        }
        self.chain.stages.push(Stage::Dry(Dry {
            multiplier,
            base,
            allowed_length: allowed_length as usize,
            window: window as usize,
            breakers: sequences,
        }));
        Ok(())
    }

    /// Adds the step infill: the bytes of all tokens, one after the other, of `lengths`; tokens that end a text.
    pub fn infill(&mut self, bytes: &[u8], lengths: &[u32], ends: &[u32]) -> Result<(), JsError> {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        let mut at = 0u64;
        starts.push(0);
        for &length in lengths {
            at += length as u64;
            if at > bytes.len() as u64 {
                return Err(JsError::new(
                    "Cannot sample: the tokens' bytes are fewer than their lengths",
                ));
            }
            starts.push(at as u32);
        }
        self.chain.stages.push(Stage::Infill(Infill {
            bytes: bytes.to_vec(),
            starts,
            ends: ends.to_vec(),
        }));
        Ok(())
    }

    /// Draws by adaptive-p: `mu` is the mean probability of the last tokens from now on, at first `target`.
    pub fn adaptive(&mut self, target: f64, decay: f64) {
        self.chain.adaptive = Some(Adaptive { target, decay });
        self.mu = target;
    }

    /// The surprise that mirostat allows next, in bits, or the mean that adaptive-p has reached.
    #[wasm_bindgen(getter)]
    pub fn mu(&self) -> f64 {
        self.mu
    }

    #[wasm_bindgen(setter)]
    pub fn set_mu(&mut self, mu: f64) {
        self.mu = mu;
    }

    /// Draws one token; undefined when nothing is left, or a logit is not a number.
    pub fn sample(
        &mut self,
        logits: &[f32],
        mask: Option<Vec<u32>>,
        context: &[u32],
        seed: u64,
        stream: u32,
        counter: u32,
    ) -> Option<ChainSample> {
        let draws = [
            random::uniform(seed, stream, counter),
            random::uniform(!seed, stream, counter),
        ];
        let (s, probability) =
            self.chain
                .sample_and_weigh(logits, mask.as_deref(), context, draws, self.mu);
        if s.is_none() {
            return None;
        }
        if let Some(adaptive) = &self.chain.adaptive {
            self.mu = adaptive.learn(self.mu, probability);
        }
        if self.chain.mirostat.is_some() {
            self.mu = Mirostat::learn(self.mu, self.tau, self.eta, s.behavior_log_prob as f64);
        }
        Some(ChainSample {
            token: s.token,
            raw_log_prob: s.raw_log_prob,
            behavior_log_prob: s.behavior_log_prob,
        })
    }

    /// The row after all steps; removed tokens are −Infinity.
    pub fn filter(
        &self,
        logits: &[f32],
        mask: Option<Vec<u32>>,
        context: &[u32],
        seed: u64,
        stream: u32,
        counter: u32,
    ) -> Result<Vec<f32>, JsError> {
        let chance = random::uniform(!seed, stream, counter);
        let row = self
            .chain
            .filter(logits, mask.as_deref(), context, chance, self.mu);
        copied(&row.into_iter().map(|x| x as f32).collect::<Vec<f32>>())
    }
}

/// The `count` most likely tokens of a row, the most likely first: their ids, then as many log-probabilities as bits.
#[wasm_bindgen(js_name = topLogProbs)]
pub fn top_log_probs(logits: &[f32], count: u32) -> Vec<u32> {
    let (ids, log_probs) = crate::sampling::top_log_probs(logits, count as usize);
    ids.into_iter()
        .chain(log_probs.into_iter().map(f32::to_bits))
        .collect()
}
