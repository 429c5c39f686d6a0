/// Discounted sums of what follows each step, over packed rows.
///
/// ```text
/// G_t = r_t + γ(1 − terminated_t)·G_{t+1},  G after a row's last step = bootstrap of the row
/// ```
///
/// A step under a zero of `mask` is passed over: it gives no reward, costs no discount, and its own return is 0.
///
/// # Shapes
/// `rewards`, `mask`, `terminated` (may be empty: none), `returns` `[steps]`; `row_lengths`, `bootstrap` (may be empty: 0) `[rows]`.
pub fn discounted_returns(
    rewards: &[f32],
    mask: &[u8],
    terminated: &[u8],
    bootstrap: &[f32],
    row_lengths: &[u32],
    gamma: f64,
    returns: &mut [f32],
) {
    let mut start = 0;
    for (row, &length) in row_lengths.iter().enumerate() {
        let end = start + length as usize;
        let mut sum = bootstrap.get(row).copied().unwrap_or(0.0) as f64;
        for t in (start..end).rev() {
            returns[t] = 0.0;
            if mask[t] == 0 {
                continue;
            }
            let ended = terminated.get(t).is_some_and(|&ended| ended != 0);
            // Nothing follows an end, not even a NaN.
            sum = rewards[t] as f64 + if ended { 0.0 } else { gamma * sum };
            returns[t] = sum as f32;
        }
        start = end;
    }
}
