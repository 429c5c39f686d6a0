use super::softmax::softmax;

/// Constants of `action_value_loss`.
#[derive(Clone, Copy, Debug)]
pub struct ActionValueOptions {
    /// Weight of half the squared error of the taken action's value.
    pub error_coefficient: f64,
    /// Weight of how far the values' soft maximum stands above the taken action's (CQL).
    pub conservative_coefficient: f64,
    /// τ of that soft maximum.
    pub temperature: f64,
}

/// The loss and what was seen on the way.
#[derive(Clone, Copy, Debug, Default)]
pub struct ActionValueLoss {
    pub loss: f64,
    /// `Σ w·(target − q)²/2`, before its coefficient.
    pub half_square: f64,
    /// `Σ w·(τ·ln Σ e^{q/τ} − q_taken)`, before its coefficient.
    pub conservative: f64,
    /// Learnable decisions whose loss is NaN or infinite.
    pub non_finite: f64,
}

/// Error of the value of the taken action, and how much the others are overrated.
///
/// ```text
/// error = target − q_taken      excess = τ·ln Σ_a e^{q_a/τ} − q_taken
/// loss = Σ w·scale·(error_coefficient·error²/2 + conservative_coefficient·excess)
/// ```
///
/// # Shapes
/// `q`, `d_q` `[n, actions]`; `taken`, `targets`, `scales` (may be empty), `weights`, `mask`, `errors` `[n]`; `taken`
/// below the number of actions where the mask is not 0. `errors` are 0 where it is.
pub fn action_value_loss(
    q: &[f32],
    taken: &[u32],
    targets: &[f32],
    scales: &[f32],
    weights: &[f32],
    mask: &[u8],
    options: &ActionValueOptions,
    errors: &mut [f32],
    d_q: &mut [f32],
) -> ActionValueLoss {
    let mut seen = ActionValueLoss::default();
    let width = q.len().checked_div(mask.len()).unwrap_or(0);
    let mut p = vec![0.0f64; width];
    d_q.fill(0.0);
    for i in 0..mask.len() {
        errors[i] = 0.0;
        if mask[i] == 0 {
            continue;
        }
        let row = &q[i * width..(i + 1) * width];
        let slope = &mut d_q[i * width..(i + 1) * width];
        let action = taken[i] as usize;
        let weight = weights[i] as f64 * scales.get(i).map_or(1.0, |&s| s as f64);
        let error = targets[i] as f64 - row[action] as f64;
        let mut excess = 0.0;
        if options.conservative_coefficient != 0.0 {
            let tau = options.temperature;
            excess = tau * softmax(row, tau, &mut p) - row[action] as f64;
            p[action] -= 1.0;
            let scale = weight * options.conservative_coefficient;
            for (s, &p) in slope.iter_mut().zip(&p) {
                *s = (scale * p) as f32;
            }
        }
        slope[action] -= (weight * options.error_coefficient * error) as f32;
        errors[i] = error as f32;
        let term = options.error_coefficient * 0.5 * error * error
            + options.conservative_coefficient * excess;
        seen.loss += weight * term;
        seen.half_square += weight * 0.5 * error * error;
        seen.conservative += weight * excess;
        seen.non_finite += f64::from(u8::from(!(weight * term).is_finite()));
    }
    seen
}
