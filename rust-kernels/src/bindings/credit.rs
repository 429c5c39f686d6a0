//! Credit that looks at what followed: see `rl::retrace` and `rl::upgo`.

use super::optim::same_length;
use super::rl::{ids_below, rows_cover, width};
use crate::rl;
use wasm_bindgen::prelude::*;

/// See `rl::retrace`.
#[wasm_bindgen]
pub fn retrace(
    next_q: &[f32],
    next_probabilities: &[f32],
    next_actions: &[u32],
    next_propensities: &[f32],
    rewards: &[f32],
    discounts: &[f32],
    row_lengths: &[u32],
    lambda: f64,
    epsilon: f64,
) -> Result<Vec<f32>, JsError> {
    let n = rewards.len();
    same_length("nextProbabilities", next_q.len(), next_probabilities.len())?;
    same_length("nextActions", n, next_actions.len())?;
    same_length("nextPropensities", n, next_propensities.len())?;
    same_length("discounts", n, discounts.len())?;
    ids_below("nextActions", next_actions, width(next_q.len(), n)?, None)?;
    rows_cover(row_lengths, n)?;
    let mut targets = super::zeros(n)?;
    rl::retrace(
        next_q,
        next_probabilities,
        next_actions,
        next_propensities,
        rewards,
        discounts,
        row_lengths,
        lambda,
        epsilon,
        &mut targets,
    );
    Ok(targets)
}

/// See `rl::upgo`.
#[wasm_bindgen]
pub fn upgo(
    rewards: &[f32],
    next_values: &[f32],
    discounts: &[f32],
    row_lengths: &[u32],
) -> Result<Vec<f32>, JsError> {
    let n = rewards.len();
    same_length("nextValues", n, next_values.len())?;
    same_length("discounts", n, discounts.len())?;
    rows_cover(row_lengths, n)?;
    let mut returns = super::zeros(n)?;
    rl::upgo(rewards, next_values, discounts, row_lengths, &mut returns);
    Ok(returns)
}
