use crate::optim;
use wasm_bindgen::prelude::*;

pub(super) fn same_length(name: &str, expected: usize, actual: usize) -> Result<(), JsError> {
    if expected == actual {
        return Ok(());
    }
    Err(JsError::new(&format!(
        "Cannot use '{name}': expected length {expected}, got {actual}"
    )))
}

/// See `optim::adamw`: parameters and moments are updated in place.
#[wasm_bindgen]
pub fn adamw(
    parameters: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    v: &mut [f32],
    update: u32,
    learning_rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    weight_decay: f32,
    gradient_scale: f32,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    same_length("m", n, m.len())?;
    same_length("v", n, v.len())?;
    optim::adamw(
        parameters,
        gradients,
        m,
        v,
        update,
        learning_rate,
        beta1,
        beta2,
        epsilon,
        weight_decay,
        gradient_scale,
    );
    Ok(())
}

/// See `optim::adam`: parameters and moments are updated in place, gradients are overwritten.
#[wasm_bindgen]
pub fn adam(
    parameters: &mut [f32],
    gradients: &mut [f32],
    m: &mut [f32],
    v: &mut [f32],
    update: u32,
    learning_rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    weight_decay: f32,
    gradient_scale: f32,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    same_length("m", n, m.len())?;
    same_length("v", n, v.len())?;
    optim::adam(
        parameters,
        gradients,
        m,
        v,
        update,
        learning_rate,
        beta1,
        beta2,
        epsilon,
        weight_decay,
        gradient_scale,
    );
    Ok(())
}

/// See `optim::sgd`: parameters and velocity are updated in place.
#[wasm_bindgen]
pub fn sgd(
    parameters: &mut [f32],
    gradients: &[f32],
    velocity: &mut [f32],
    learning_rate: f32,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
    gradient_scale: f32,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    same_length("velocity", n, velocity.len())?;
    optim::sgd(
        parameters,
        gradients,
        velocity,
        learning_rate,
        momentum,
        nesterov,
        weight_decay,
        gradient_scale,
    );
    Ok(())
}

/// See `optim::lion`: parameters and momentum are updated in place.
#[wasm_bindgen]
pub fn lion(
    parameters: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    learning_rate: f32,
    beta1: f32,
    beta2: f32,
    weight_decay: f32,
    gradient_scale: f32,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    same_length("m", n, m.len())?;
    optim::lion(
        parameters,
        gradients,
        m,
        learning_rate,
        beta1,
        beta2,
        weight_decay,
        gradient_scale,
    );
    Ok(())
}

/// See `optim::rmsprop`: parameters and moments are updated in place.
#[wasm_bindgen]
pub fn rmsprop(
    parameters: &mut [f32],
    gradients: &[f32],
    v: &mut [f32],
    average: &mut [f32],
    buffer: &mut [f32],
    learning_rate: f32,
    alpha: f32,
    epsilon: f32,
    momentum: f32,
    centered: bool,
    gradient_scale: f32,
) -> Result<(), JsError> {
    let n = parameters.len();
    same_length("gradients", n, gradients.len())?;
    same_length("v", n, v.len())?;
    same_length("average", n, average.len())?;
    same_length("buffer", n, buffer.len())?;
    optim::rmsprop(
        parameters,
        gradients,
        v,
        average,
        buffer,
        learning_rate,
        alpha,
        epsilon,
        momentum,
        centered,
        gradient_scale,
    );
    Ok(())
}

/// See `optim::global_norm`.
#[wasm_bindgen(js_name = globalNorm)]
pub fn global_norm(gradients: &[f32]) -> f64 {
    optim::global_norm(gradients)
}

/// See `optim::clip_scale`; `optax` chooses that library's rule over PyTorch's.
#[wasm_bindgen(js_name = clipScale)]
pub fn clip_scale(norm: f64, max_norm: f64, optax: bool) -> f32 {
    let rule = if optax {
        optim::ClipRule::Optax
    } else {
        optim::ClipRule::Torch
    };
    optim::clip_scale(norm, max_norm, rule)
}
