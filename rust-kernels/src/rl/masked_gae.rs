/// GAE over tokens where some are not the agent's: value and trace are carried through them unchanged.
///
/// ```text
/// backwards, at learnable tokens:  δ = r_t + γ·v_next − v_t    A = δ + γλ·A_next    v_next ← v_t, A_next ← A
/// ```
///
/// Discounting counts tokens here, not decisions: with γ < 1 long answers are worth less. Masked tokens get 0 and 0.
///
/// # Shapes
/// All columns `[tokens]`; `row_lengths` `[rows]`.
pub fn masked_gae(
    rewards: &[f32],
    values: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    gamma: f64,
    lambda: f64,
    advantages: &mut [f32],
    returns: &mut [f32],
) {
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let (mut next_value, mut trace) = (0.0f64, 0.0f64);
        for t in (start..end).rev() {
            (advantages[t], returns[t]) = (0.0, 0.0);
            if mask[t] == 0 {
                continue;
            }
            let value = values[t] as f64;
            trace = rewards[t] as f64 + gamma * next_value - value + gamma * lambda * trace;
            next_value = value;
            advantages[t] = trace as f32;
            returns[t] = (trace + value) as f32;
        }
        start = end;
    }
}
