/// Asymmetric squared error: at τ = ½ half the mean's, near 1 it seeks the best of what was seen (IQL).
///
/// ```text
/// d = target − value      l = |τ − [d < 0]|·d²      loss = Σ w·scale·l      ∂l/∂value = −2|τ − [d < 0]|·d
/// ```
///
/// # Shapes
/// All columns and `d_values` `[tokens]`; `scales` may be empty (1). `weights` from `token_weights`. Returns the loss and
/// the number of learnable tokens whose loss is NaN or infinite.
pub fn expectile_loss(
    values: &[f32],
    targets: &[f32],
    scales: &[f32],
    weights: &[f32],
    mask: &[u8],
    expectile: f64,
    d_values: &mut [f32],
) -> (f64, f64) {
    let (mut loss, mut bad) = (0.0f64, 0.0f64);
    for i in 0..mask.len() {
        d_values[i] = 0.0;
        if mask[i] == 0 {
            continue;
        }
        let d = targets[i] as f64 - values[i] as f64;
        let steepness = if d < 0.0 { 1.0 - expectile } else { expectile };
        let scale = weights[i] as f64 * scales.get(i).map_or(1.0, |&s| s as f64) * steepness;
        loss += scale * d * d;
        d_values[i] = (-2.0 * scale * d) as f32;
        bad += f64::from(u8::from(!(scale * d * d).is_finite()));
    }
    (loss, bad)
}
