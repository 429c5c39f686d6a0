/// One log-ratio per row, given to each of its learnable tokens: the sum over the row (the whole sequence's ratio) or
/// the mean (its geometric mean, GSPO, arXiv 2507.18071, equation 7).
///
/// ```text
/// X_b = Σ_t m·(log_prob − behavior)  [/ Σ_t m]
/// ```
///
/// # Shapes
/// `log_probs`, `behavior`, `mask`, `out` `[tokens]`; `row_lengths` `[rows]`. 0 where the mask is 0.
pub fn sequence_log_ratios(
    log_probs: &[f32],
    behavior: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    mean: bool,
    out: &mut [f32],
) {
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let (mut sum, mut count) = (0.0f64, 0.0f64);
        for t in (start..end).filter(|&t| mask[t] != 0) {
            sum += log_probs[t] as f64 - behavior[t] as f64;
            count += 1.0;
        }
        let ratio = if mean { sum / count.max(1.0) } else { sum } as f32;
        for t in start..end {
            out[t] = if mask[t] != 0 { ratio } else { 0.0 };
        }
        start = end;
    }
}
