/// A reward for keeping options open: minus the weighted entropy.
///
/// ```text
/// loss = −coefficient·Σ w·scale·H       d_entropies = −coefficient·w·scale
/// ```
///
/// # Shapes
/// All columns `[tokens]`; `scales` may be empty (1). `weights` from `token_weights`. Returns the loss, `Σ w·scale·H`, and the number of
/// learnable tokens whose entropy is NaN or infinite.
pub fn entropy_bonus(
    entropies: &[f32],
    scales: &[f32],
    weights: &[f32],
    mask: &[u8],
    coefficient: f64,
    d_entropies: &mut [f32],
) -> (f64, f64, f64) {
    let (mut sum, mut bad) = (0.0f64, 0.0f64);
    for i in 0..mask.len() {
        d_entropies[i] = 0.0;
        if mask[i] != 0 {
            let scale = if scales.is_empty() { 1.0 } else { scales[i] };
            let weight = weights[i] as f64 * scale as f64;
            let term = weight * entropies[i] as f64;
            sum += term;
            bad += f64::from(u8::from(!term.is_finite()));
            d_entropies[i] = (-coefficient * weight) as f32;
        }
    }
    (-coefficient * sum, sum, bad)
}
