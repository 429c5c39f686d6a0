/// Sum of the next `n` rewards and the value after them, over packed rows.
///
/// ```text
/// G_t = r_t + γ_t(r_{t+1} + γ_{t+1}(… + γ_{t+n−1}·next_value_{t+n−1})),  γ_t = γ(1 − terminated_t)
/// ```
///
/// Near a row's end or at a truncation the horizon is shorter, and the value there bootstraps.
///
/// # Shapes
/// `rewards`, `next_values`, `discounts` (γ_t), `truncated`, `returns` `[steps]`; `row_lengths` `[rows]`. `n` of 0 counts as 1.
pub fn n_step_returns(
    rewards: &[f32],
    next_values: &[f32],
    discounts: &[f32],
    truncated: &[u8],
    row_lengths: &[u32],
    n: u32,
    returns: &mut [f32],
) {
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        for t in start..end {
            let horizon = end.min(t.saturating_add(n.max(1) as usize));
            let stop = |i: usize| truncated[i] != 0 || discounts[i] == 0.0;
            let last = (t..horizon).find(|&i| stop(i)).unwrap_or(horizon - 1);
            let mut sum = next_values[last] as f64;
            for i in (t..=last).rev() {
                // Where the discount is 0 nothing follows, not even a NaN.
                let rest = if discounts[i] == 0.0 {
                    0.0
                } else {
                    discounts[i] as f64 * sum
                };
                sum = rewards[i] as f64 + rest;
            }
            returns[t] = sum as f32;
        }
        start = end;
    }
}
