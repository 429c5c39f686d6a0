/// λ-returns, the targets of TD(λ), over packed rows (Sutton & Barto 2018, equation 12.18 backwards).
///
/// ```text
/// G_t = r_t + γ(1 − terminated_t)·((1−λ)·next_value_t + λ·G_{t+1})
/// ```
///
/// At a truncation and at a row's last step `G_{t+1}` is the next value.
///
/// # Shapes
/// All columns `[steps]`; `row_lengths` `[rows]`.
pub fn lambda_returns(
    rewards: &[f32],
    next_values: &[f32],
    terminated: &[u8],
    truncated: &[u8],
    row_lengths: &[u32],
    gamma: f64,
    lambda: f64,
    returns: &mut [f32],
) {
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let mut later = 0.0f64;
        for t in (start..end).rev() {
            let next = next_values[t] as f64;
            if truncated[t] != 0 || t + 1 == end {
                later = next;
            }
            // A terminated step has no next observation: whatever stands there must not matter, not even NaN.
            let rest = if terminated[t] != 0 {
                0.0
            } else {
                gamma * ((1.0 - lambda) * next + lambda * later)
            };
            later = rewards[t] as f64 + rest;
            returns[t] = later as f32;
        }
        start = end;
    }
}
