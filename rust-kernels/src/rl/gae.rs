/// Generalised advantage estimation over packed rows of steps (Schulman et al., arXiv 1506.02438, equation 16).
///
/// ```text
/// δ_t = r_t + γ(1 − terminated_t)·next_value_t − v_t
/// A_t = δ_t + γλ(1 − terminated_t)(1 − truncated_t)·A_{t+1}        return_t = A_t + v_t
/// ```
///
/// `next_values[t]` is the value of the observation that really followed step t: at a truncation that of the cut
/// episode's last observation. A row's last step has nothing after it, so its trace starts there.
///
/// # Shapes
/// All columns `[steps]`; `row_lengths` `[rows]` with Σ = steps.
pub fn gae(
    rewards: &[f32],
    values: &[f32],
    next_values: &[f32],
    terminated: &[u8],
    truncated: &[u8],
    row_lengths: &[u32],
    gamma: f64,
    lambda: f64,
    advantages: &mut [f32],
    returns: &mut [f32],
) {
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let mut trace = 0.0f64;
        for t in (start..end).rev() {
            let discount = if terminated[t] != 0 { 0.0 } else { gamma };
            // A terminated step has no next observation: whatever stands there must not matter, not even NaN.
            let bootstrap = if discount == 0.0 {
                0.0
            } else {
                discount * next_values[t] as f64
            };
            let delta = rewards[t] as f64 + bootstrap - values[t] as f64;
            let carried = if truncated[t] != 0 || discount == 0.0 {
                0.0
            } else {
                discount * lambda * trace
            };
            trace = delta + carried;
            advantages[t] = trace as f32;
            returns[t] = (trace + values[t] as f64) as f32;
        }
        start = end;
    }
}
