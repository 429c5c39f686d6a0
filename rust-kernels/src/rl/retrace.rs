/// Retrace(λ) targets of action values, over packed rows (Munos et al., arXiv 1606.02647, section 3).
///
/// ```text
/// v'_t = Σ_a π(a|x')·q(x', a)      c' = λ·min(1, π(a'|x') / (μ(a'|x') + ε))
/// G_t  = r_t + γ_t·(v'_t + c'_t·(G_{t+1} − q(x', a'))),  at a row's last step r_t + γ_t·v'_t
/// ```
///
/// # Shapes
/// `next_q`, `next_probabilities` (π) `[steps, actions]`; `next_actions` (a', each below the number of actions),
/// `next_propensities` (μ), `rewards`, `discounts` (γ_t), `targets` (G) `[steps]`; `row_lengths` `[rows]`.
pub fn retrace(
    next_q: &[f32],
    next_probabilities: &[f32],
    next_actions: &[u32],
    next_propensities: &[f32],
    rewards: &[f32],
    discounts: &[f32],
    row_lengths: &[u32],
    lambda: f64,
    epsilon: f64,
    targets: &mut [f32],
) {
    let actions = next_q.len() / rewards.len().max(1);
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let mut after: Option<f64> = None;
        for t in (start..end).rev() {
            let row = t * actions..(t + 1) * actions;
            let (q, policy) = (&next_q[row.clone()], &next_probabilities[row]);
            let taken = next_actions[t] as usize;
            let mut next: f64 = q.iter().zip(policy).map(|(&q, &p)| weighted(p, q)).sum();
            if let Some(target) = after {
                let ratio = policy[taken] as f64 / (next_propensities[t] as f64 + epsilon);
                // A trace of 0 is cut, whatever stands behind it.
                let trace = lambda * if ratio > 1.0 { 1.0 } else { ratio };
                if trace != 0.0 {
                    next += trace * (target - q[taken] as f64);
                }
            }
            // Where the discount is 0 nothing follows, not even a NaN.
            let discount = discounts[t] as f64;
            let target = rewards[t] as f64
                + if discount == 0.0 {
                    0.0
                } else {
                    discount * next
                };
            targets[t] = target as f32;
            after = Some(target);
        }
        start = end;
    }
}

/// `p·x`, 0 where p is: the value of an action that is never taken does not matter, infinite ones included.
fn weighted(p: f32, x: f32) -> f64 {
    if p == 0.0 {
        0.0
    } else {
        p as f64 * x as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_steps_by_hand() {
        // Last: 1 + 0.5·(0.5·2 + 0.5·4) = 2.5. First: v' = 0.25·1 + 0.75·3 = 2.5, c = min(1, 0.75/0.5) = 1,
        // 0 + 1·(2.5 + 1·(2.5 − 3)) = 2.
        let mut targets = [0.0; 2];
        retrace(
            &[1.0, 3.0, 2.0, 4.0],
            &[0.25, 0.75, 0.5, 0.5],
            &[1, 0],
            &[0.5, 0.5],
            &[0.0, 1.0],
            &[1.0, 0.5],
            &[2],
            1.0,
            0.0,
            &mut targets,
        );
        assert_eq!(targets, [2.0, 2.5]);
    }

    #[test]
    fn nothing_is_no_panic_and_an_end_hides_what_follows() {
        retrace(&[], &[], &[], &[], &[], &[], &[], 1.0, 0.0, &mut []);
        let mut targets = [0.0];
        retrace(
            &[f32::NAN],
            &[1.0],
            &[0],
            &[1.0],
            &[3.0],
            &[0.0],
            &[1],
            1.0,
            0.0,
            &mut targets,
        );
        assert_eq!(targets, [3.0]);
    }
}
