/// Negative log-likelihood of the taken tokens, each with its own constant weight.
///
/// ```text
/// loss = −Σ w·scale·log_prob          d_log_probs = −w·scale
/// ```
///
/// # Shapes
/// All columns and `d_log_probs` `[tokens]`; `scales` may be empty (1). `weights` from `token_weights`. Returns the loss
/// and the number of learnable tokens whose loss is NaN or infinite.
pub fn nll(
    log_probs: &[f32],
    scales: &[f32],
    weights: &[f32],
    mask: &[u8],
    d_log_probs: &mut [f32],
) -> (f64, f64) {
    let (mut loss, mut bad) = (0.0f64, 0.0f64);
    for i in 0..mask.len() {
        d_log_probs[i] = 0.0;
        if mask[i] != 0 {
            let scale = if scales.is_empty() { 1.0 } else { scales[i] };
            d_log_probs[i] = -weights[i] * scale;
            let term = d_log_probs[i] as f64 * log_probs[i] as f64;
            loss += term;
            bad += f64::from(u8::from(!term.is_finite()));
        }
    }
    (loss, bad)
}
