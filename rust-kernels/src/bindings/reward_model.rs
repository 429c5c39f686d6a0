//! Reward models and exploration for JavaScript.

use super::{copied, linear::candidates, linear::copy, zeros};
use crate::reward_model::belief::{self, BeliefOptions};
use crate::reward_model::exploration::{self, InverseGap};
use crate::reward_model::logistic::{self, LogisticOptions};
use wasm_bindgen::prelude::*;

fn check_judgement(reward: f32, weight: f32) -> Result<(), JsError> {
    if (0.0..=1.0).contains(&reward) && (0.0..f32::INFINITY).contains(&weight) {
        Ok(())
    } else {
        Err(JsError::new(
            "Cannot learn: the reward must be in [0, 1] and the weight finite and not negative",
        ))
    }
}

/// Logistic regression of a reward on hashed features of (context, candidate).
#[wasm_bindgen]
pub struct LogisticModel(logistic::LogisticModel);

#[wasm_bindgen]
impl LogisticModel {
    /// A table of 2^bits weights, all zero.
    #[wasm_bindgen(constructor)]
    pub fn new(bits: u32, learning_rate: f32, l2: f32) -> Result<LogisticModel, JsError> {
        if !(4..=24).contains(&bits) {
            return Err(JsError::new("Cannot make a table: bits must be 4 to 24"));
        }
        if !(learning_rate > 0.0 && learning_rate.is_finite() && l2 >= 0.0 && l2.is_finite()) {
            return Err(JsError::new(
                "Cannot learn: the learning rate must be positive and l2 not negative",
            ));
        }
        drop(zeros(3 << bits)?); // The model cannot fail softly: ask for the space first.
        let options = LogisticOptions {
            bits,
            learning_rate,
            l2,
        };
        Ok(Self(logistic::LogisticModel::new(options)))
    }

    /// [candidates] logits of the reward. Row i is `ids[offsets[i]..offsets[i + 1]]`: identity, then features.
    pub fn scores(
        &self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
    ) -> Result<Vec<f32>, JsError> {
        Ok(self.0.scores(context, candidates(ids, offsets)?))
    }

    /// [candidates] standard deviations of the logits.
    pub fn deviations(
        &self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
    ) -> Result<Vec<f32>, JsError> {
        Ok(self.0.deviations(context, candidates(ids, offsets)?))
    }

    /// One step on one judged candidate.
    pub fn learn(
        &mut self,
        context: &[u32],
        ids: &[u32],
        offsets: &[u32],
        choice: usize,
        reward: f32,
        weight: f32,
    ) -> Result<(), JsError> {
        let candidates = candidates(ids, offsets)?;
        if choice >= candidates.count() {
            return Err(JsError::new("Cannot learn: the choice is no candidate"));
        }
        check_judgement(reward, weight)?;
        self.0
            .learn(context, candidates.features(choice), reward, weight);
        Ok(())
    }

    /// An equal model of its own.
    pub fn fork(&self) -> Result<LogisticModel, JsError> {
        drop(zeros(3 * self.0.weights.len())?);
        Ok(Self(self.0.clone()))
    }

    #[wasm_bindgen(js_name = readWeights)]
    pub fn read_weights(&self) -> Result<Vec<f32>, JsError> {
        copied(&self.0.weights)
    }

    #[wasm_bindgen(js_name = writeWeights)]
    pub fn write_weights(&mut self, from: &[f32]) -> Result<(), JsError> {
        copy(&mut self.0.weights, from)
    }

    /// AdaGrad's sums of squared gradients.
    #[wasm_bindgen(js_name = readSquares)]
    pub fn read_squares(&self) -> Result<Vec<f32>, JsError> {
        copied(&self.0.squares)
    }

    #[wasm_bindgen(js_name = writeSquares)]
    pub fn write_squares(&mut self, from: &[f32]) -> Result<(), JsError> {
        copy(&mut self.0.squares, from)
    }
}

/// Learns which of a fixed list of actions is right from single judgements.
#[wasm_bindgen]
pub struct BeliefModel(belief::BeliefModel);

#[wasm_bindgen]
impl BeliefModel {
    /// `names`: feature ids of each action's text, row i at `offsets[i]..offsets[i + 1]`; no offsets where texts say nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(actions: usize, names: &[u32], offsets: &[u32]) -> Result<BeliefModel, JsError> {
        if actions == 0 || actions > 1 << 16 {
            return Err(JsError::new("Cannot learn: 1 to 65536 actions are needed"));
        }
        let fits = offsets.is_empty()
            || offsets.len() == actions + 1
                && offsets.windows(2).all(|w| w[0] <= w[1])
                && offsets[actions] as usize <= names.len();
        if !fits {
            return Err(JsError::new("Cannot read names: offsets do not fit"));
        }
        let rows = offsets.windows(2);
        let rows = rows.map(|w| names[w[0] as usize..w[1] as usize].to_vec());
        let options = BeliefOptions::preset(actions, !offsets.is_empty());
        Ok(Self(belief::BeliefModel::new(
            options,
            &rows.collect::<Vec<_>>(),
        )))
    }

    /// [actions] what to act on while judgements are expected.
    pub fn explore(&mut self, features: &[u32]) -> Vec<f32> {
        self.0.explore(features)
    }

    /// [actions] the best estimate, as logits.
    pub fn exploit(&mut self, features: &[u32]) -> Vec<f32> {
        self.0.exploit(features)
    }

    /// [actions] probability that each is right.
    pub fn estimates(&mut self, features: &[u32]) -> Vec<f32> {
        self.0.estimates(features)
    }

    /// Learns one judgement.
    pub fn learn(
        &mut self,
        features: &[u32],
        action: usize,
        reward: f32,
        weight: f32,
    ) -> Result<(), JsError> {
        if action >= self.0.actions() {
            return Err(JsError::new("Cannot learn: there is no such action"));
        }
        check_judgement(reward, weight)?;
        self.0.learn(features, action, reward, weight);
        Ok(())
    }

    /// An equal model of its own.
    pub fn fork(&self) -> BeliefModel {
        Self(self.0.clone())
    }

    /// The state in numbers, by part: 0 counters, 1 entries, 2 slots, 3 confirmed, 4 rows, 5 weights, 6 squares, 7 clusters.
    pub fn read(&self, part: usize) -> Result<Vec<f32>, JsError> {
        copied(&self.0.read(part))
    }

    /// Takes a state that `read` gave; a wrong one changes nothing.
    #[wasm_bindgen(js_name = restore)]
    pub fn restore(
        &mut self,
        counters: &[f32],
        entries: &[f32],
        slots: &[f32],
        confirmed: &[f32],
        rows: &[f32],
        weights: &[f32],
        squares: &[f32],
        clusters: &[f32],
    ) -> Result<(), JsError> {
        let parts = [
            counters, entries, slots, confirmed, rows, weights, squares, clusters,
        ];
        if self.0.restore(parts) {
            Ok(())
        } else {
            Err(JsError::new(
                "Cannot restore: the tensors do not fit together",
            ))
        }
    }
}

fn to_f32(p: Vec<f64>) -> Vec<f32> {
    p.into_iter().map(|p| p as f32).collect()
}

fn check_scores(scores: &[f32]) -> Result<(), JsError> {
    if !scores.is_empty() && scores.iter().all(|s| s.is_finite()) {
        Ok(())
    } else {
        Err(JsError::new(
            "Cannot explore: one finite score a candidate is needed",
        ))
    }
}

/// [candidates] probabilities: ε/K each and 1 − ε more for the best; greedy at ε = 0.
#[wasm_bindgen(js_name = epsilonGreedy)]
pub fn epsilon_greedy(scores: &[f32], epsilon: f64) -> Result<Vec<f32>, JsError> {
    check_scores(scores)?;
    Ok(to_f32(exploration::epsilon_greedy(scores, epsilon)))
}

/// [candidates] probabilities ∝ exp(score / temperature).
#[wasm_bindgen(js_name = softmaxExploration)]
pub fn softmax_exploration(scores: &[f32], temperature: f64) -> Result<Vec<f32>, JsError> {
    check_scores(scores)?;
    Ok(to_f32(exploration::softmax(scores, temperature)))
}

/// [candidates] probabilities 1 / (K + γ · gap), the rest to the best.
#[wasm_bindgen(js_name = inverseGap)]
pub fn inverse_gap(
    scores: &[f32],
    gamma: f64,
    top: usize,
    extra: usize,
    floor: f64,
) -> Result<Vec<f32>, JsError> {
    check_scores(scores)?;
    let options = InverseGap {
        gamma,
        top,
        extra,
        floor,
    };
    Ok(to_f32(exploration::inverse_gap(scores, options)))
}

/// [candidates] share of the draws `[draws × candidates]` in which each is best.
#[wasm_bindgen]
pub fn thompson(draws: &[f32], candidates: usize) -> Result<Vec<f32>, JsError> {
    check_scores(draws)?;
    if candidates == 0 || !draws.len().is_multiple_of(candidates) {
        return Err(JsError::new(
            "Cannot explore: draws must be rows of one number a candidate",
        ));
    }
    Ok(to_f32(exploration::thompson(draws, candidates)))
}

/// `mean[i] + scale · deviation[i] · N(0, 1)`, `count` rows one after another: a pure function of its arguments.
#[wasm_bindgen(js_name = normalDraws)]
pub fn normal_draws(
    means: &[f32],
    deviations: &[f32],
    count: usize,
    scale: f32,
    seed: u32,
    stream: u32,
) -> Result<Vec<f32>, JsError> {
    if means.len() != deviations.len() {
        return Err(JsError::new(
            "Cannot draw: means and deviations differ in number",
        ));
    }
    let mut draws = zeros(means.len().saturating_mul(count))?;
    crate::random::fill_normal(&mut draws, seed as u64, stream);
    if !means.is_empty() {
        for row in draws.chunks_mut(means.len()) {
            for ((d, m), s) in row.iter_mut().zip(means).zip(deviations) {
                *d = m + scale * s * *d;
            }
        }
    }
    Ok(draws)
}
