//! AdamW over the flat array. Stands in for `optim::adamw` and `optim::global_norm`, with their signatures.

/// `√Σ g²` in f64.
pub fn global_norm(gradients: &[f32]) -> f64 {
    let mut lanes = [0.0f64; 4];
    for chunk in gradients.chunks(4) {
        for (lane, &g) in lanes.iter_mut().zip(chunk) {
            *lane += g as f64 * g as f64;
        }
    }
    ((lanes[0] + lanes[2]) + (lanes[1] + lanes[3])).sqrt()
}

/// One update with decoupled decay; `update` counts from 1.
///
/// ```text
/// m = β₁m + (1−β₁)g;  v = β₂v + (1−β₂)g²;  θ −= η (m̂ / (√v̂ + ε) + λθ)
/// ```
///
/// # Shapes
/// All arrays `[parameters]`.
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
) {
    let correction1 = 1.0 - (beta1 as f64).powf(update as f64);
    let correction2 = 1.0 - (beta2 as f64).powf(update as f64);
    let rate = (learning_rate as f64 / correction1) as f32;
    let root = (1.0 / correction2.sqrt()) as f32;
    let keep = 1.0 - learning_rate * weight_decay;
    for (((p, g), m), v) in parameters.iter_mut().zip(gradients).zip(m).zip(v) {
        let g = g * gradient_scale;
        *m = beta1 * *m + (1.0 - beta1) * g;
        *v = beta2 * *v + (1.0 - beta2) * g * g;
        *p = *p * keep - rate * *m / (v.sqrt() * root + epsilon);
    }
}
