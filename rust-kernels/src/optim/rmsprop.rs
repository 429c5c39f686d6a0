use super::flush::{flush, TINY_GRADIENT, TINY_MOMENT, TINY_SQUARE};

/// One RMSprop update (Hinton's lecture 6e; PyTorch's form, ε outside the root).
///
/// ```text
/// g ← gradient_scale·g     v ← αv + (1−α)g²     centered: a ← αa + (1−α)g, v̂ = v − a²
/// d = g/(√v̂ + ε)           b ← momentum·b + d   p ← p − learning_rate·b
/// ```
///
/// # Shapes
/// All five slices have `[n]` elements; `average` (a) is read only when `centered`.
///
/// # Panics
/// If a slice is shorter than `parameters`.
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
) {
    let n = parameters.len();
    let (gradients, v) = (&gradients[..n], &mut v[..n]);
    let (average, buffer) = (&mut average[..n], &mut buffer[..n]);
    for i in 0..n {
        let gradient = flush(gradients[i] * gradient_scale, TINY_GRADIENT);
        let square = flush(
            alpha * v[i] + (1.0 - alpha) * (gradient * gradient),
            TINY_SQUARE,
        );
        v[i] = square;
        let spread = if centered {
            let mean = flush(alpha * average[i] + (1.0 - alpha) * gradient, TINY_MOMENT);
            average[i] = mean;
            (square - mean * mean).max(0.0)
        } else {
            square
        };
        let step = gradient / (spread.sqrt() + epsilon);
        buffer[i] = flush(momentum * buffer[i] + step, TINY_MOMENT);
        parameters[i] -= learning_rate * buffer[i];
    }
}
