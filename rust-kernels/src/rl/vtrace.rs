/// What V-trace gives each step; all `[steps]`.
pub struct Vtrace<'a> {
    /// `vs_t − v_t`: how far the value is from its target.
    pub errors: &'a mut [f32],
    /// `q_t`: the return that the policy gradient compares with the value.
    pub q: &'a mut [f32],
    pub advantages: &'a mut [f32],
}

/// V-trace: off-policy value targets and policy-gradient advantages with truncated importance weights
/// (Espeholt et al., arXiv 1802.01561, equations 1 and 4, with λ).
///
/// ```text
/// ρ = exp(log_prob − behavior)    c_t = λ·min(1, ρ_t)    δ_t = min(ρ̄, ρ_t)(r_t + γ_t·v'_t − v_t)
/// e_t = δ_t + γ_t·c_t·e_{t+1}     vs_t = v_t + e_t
/// q_t = r_t + γ_t(λ·vs_{t+1} + (1−λ)·v'_t), at a row's end with v' alone
/// A_t = min(ρ̄_pg, ρ_t)(q_t − v_t)
/// ```
///
/// Where the mask is 0, `e` is carried from the step after.
///
/// # Shapes
/// `log_probs`, `behavior`, `rewards`, `values`, `next_values` (v'), `discounts` (γ_t), `mask` `[steps]`; `row_lengths` `[rows]`.
pub fn vtrace(
    log_probs: &[f32],
    behavior: &[f32],
    rewards: &[f32],
    values: &[f32],
    next_values: &[f32],
    discounts: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    lambda: f64,
    rho_bar: f64,
    policy_rho_bar: f64,
    out: &mut Vtrace,
) {
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let mut error = 0.0f64;
        let mut target_after: Option<f64> = None;
        for t in (start..end).rev() {
            let rho = (log_probs[t] as f64 - behavior[t] as f64).exp();
            let discount = discounts[t] as f64;
            // Where the discount is 0 nothing follows, not even a NaN.
            let follow = |x: f64| if discount == 0.0 { 0.0 } else { discount * x };
            let (reward, value, next) =
                (rewards[t] as f64, values[t] as f64, next_values[t] as f64);
            if mask[t] != 0 {
                let delta = least(rho_bar, rho) * (reward + follow(next) - value);
                error = delta + follow(lambda * least(1.0, rho) * error);
            }
            let after = match target_after {
                Some(target) => lambda * target + (1.0 - lambda) * next,
                None => next,
            };
            let q = reward + follow(after);
            out.errors[t] = error as f32;
            out.q[t] = q as f32;
            out.advantages[t] = (least(policy_rho_bar, rho) * (q - value)) as f32;
            target_after = Some(value + error);
        }
        start = end;
    }
}

/// The smaller one; a NaN ratio stays NaN.
fn least(bound: f64, rho: f64) -> f64 {
    if rho > bound {
        bound
    } else {
        rho
    }
}
