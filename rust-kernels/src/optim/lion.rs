use super::flush::{flush, TINY_MOMENT};

/// One Lion update (Chen et al., arXiv 2302.06675, algorithm 2): the sign of an interpolated momentum.
///
/// ```text
/// g ← gradient_scale·g     u = sign(β₁m + (1−β₁)g), sign(0) = 0
/// p ← p − learning_rate·(u + weight_decay·p)     m ← β₂m + (1−β₂)g
/// ```
///
/// # Shapes
/// All three slices have `[n]` elements. A NaN gradient gives a NaN parameter.
///
/// # Panics
/// If a slice is shorter than `parameters`.
pub fn lion(
    parameters: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    learning_rate: f32,
    beta1: f32,
    beta2: f32,
    weight_decay: f32,
    gradient_scale: f32,
) {
    let n = parameters.len();
    let (gradients, m) = (&gradients[..n], &mut m[..n]);
    for i in 0..n {
        let gradient = gradients[i] * gradient_scale;
        let mixed = beta1 * m[i] + (1.0 - beta1) * gradient;
        let direction = if mixed == 0.0 {
            0.0
        } else {
            mixed.signum() // NaN stays NaN
        };
        parameters[i] -= learning_rate * (direction + weight_decay * parameters[i]);
        m[i] = flush(beta2 * m[i] + (1.0 - beta2) * gradient, TINY_MOMENT);
    }
}
