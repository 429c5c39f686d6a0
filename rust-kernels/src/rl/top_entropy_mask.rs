/// Learnable tokens whose entropy is among the highest `share` of the learnable ones (arXiv 2506.01939).
///
/// ```text
/// keep_i = m_i and H_i ≥ quantile_{1−share}(H of learnable tokens), interpolated linearly
/// ```
///
/// # Shapes
/// `entropies`, `mask`, `out` `[tokens]`. A `share` of 1 or more keeps the mask. NaN entropies are not kept.
pub fn top_entropy_mask(entropies: &[f32], mask: &[u8], share: f64, out: &mut [u8]) {
    out.copy_from_slice(mask);
    if share >= 1.0 {
        return;
    }
    let mut learnable: Vec<f64> = (0..mask.len())
        .filter(|&i| mask[i] != 0)
        .map(|i| entropies[i] as f64)
        .collect();
    if learnable.is_empty() {
        return;
    }
    learnable.sort_unstable_by(f64::total_cmp);
    let place = (1.0 - share.max(0.0)) * (learnable.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let bound = learnable[below] + (learnable[above] - learnable[below]) * (place - below as f64);
    // The bound is rounded as the entropies are, so that a token that stands exactly on it is kept.
    let bound = bound as f32;
    for i in 0..mask.len() {
        out[i] = u8::from(mask[i] != 0 && entropies[i] >= bound);
    }
}
