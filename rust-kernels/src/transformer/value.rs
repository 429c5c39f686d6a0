//! The value head: one number of a normed state, by the model's own head or by that of an adapter.

use super::adapter::Adapter;
use super::gradients::Gradients;
use super::layer::Weights;
use super::parameters::Layout;
use crate::simd::{axpy, dot};

/// `w · s + b`.
///
/// # Shapes
/// `state [hidden]`.
pub fn forward(
    layout: &Layout,
    parameters: &[f32],
    adapter: Option<&Adapter>,
    state: &[f32],
) -> f32 {
    match adapter {
        Some(own) => own.value(state),
        None => {
            dot(state, &parameters[layout.value_weight.clone()])
                + parameters[layout.value_bias.start]
        }
    }
}

/// Adds to the gradient of states, and of the head that the learner owns.
///
/// # Shapes
/// `rows`, `d_values` `[valued]`; `finals`, `d_finals` `[all, hidden]`.
pub fn backward(
    weights: &Weights,
    (rows, d_values): (&[u32], &[f32]),
    finals: &[f32],
    d_finals: &mut [f32],
    gradients: &mut Gradients,
) {
    let (hidden, layout) = (weights.shape.hidden, weights.layout);
    for (&row, &d) in rows.iter().zip(d_values) {
        let at = row as usize * hidden..(row as usize + 1) * hidden;
        let (state, d_state) = (&finals[at.clone()], &mut d_finals[at]);
        if let Some((index, own)) = gradients.adapter() {
            if let Some(Some(adapter)) = weights.adapters.get(index) {
                let weight = adapter.value_weight.clone();
                axpy(d, &adapter.parameters[weight.clone()], d_state);
                axpy(d, state, &mut own[weight]);
                own[adapter.value_bias] += d;
            }
            continue;
        }
        axpy(d, &weights.parameters[layout.value_weight.clone()], d_state);
        axpy(d, state, gradients.matrix(&layout.value_weight));
        if let Some(bias) = gradients.matrix(&layout.value_bias).first_mut() {
            *bias += d;
        }
    }
}
