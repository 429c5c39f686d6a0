use super::bounded;

/// The value loss and what was seen on the way.
#[derive(Clone, Copy, Debug, Default)]
pub struct ValueLoss {
    pub loss: f64,
    /// Learnable tokens.
    pub tokens: f64,
    /// Share of tokens whose clipped error was the larger one: their gradient is 0.
    pub clip_fraction: f64,
    /// `1 − Var(G − v)/Var(G)`: 1 is a perfect critic, 0 no better than a constant.
    pub explained_variance: f64,
    /// Learnable tokens whose loss or gradient is NaN or infinite.
    pub non_finite: f64,
}

/// Squared error of values against returns, with PPO's clip around the values when acted.
///
/// ```text
/// c = clamp(v, v_old − ε, v_old + ε)       loss = ½ Σ w·scale·max((v − G)², (c − G)²)
/// ```
///
/// # Shapes
/// All columns and `d_values` `[tokens]`; `old_values` empty means unclipped, `scales` empty 1. `weights` from `token_weights`.
pub fn value_loss(
    values: &[f32],
    old_values: &[f32],
    returns: &[f32],
    scales: &[f32],
    weights: &[f32],
    mask: &[u8],
    clip_range: f32,
    d_values: &mut [f32],
) -> ValueLoss {
    let mut total = ValueLoss::default();
    let (mut errors, mut squares, mut sums, mut target_squares) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
    for i in 0..mask.len() {
        d_values[i] = 0.0;
        if mask[i] == 0 {
            continue;
        }
        let (value, target) = (values[i], returns[i]);
        let old = if old_values.is_empty() {
            value
        } else {
            old_values[i]
        };
        let clipped = bounded(value, old - clip_range, old + clip_range);
        let error = value - target;
        // A NaN old value leaves `value` unbounded, so it is passed on by hand.
        let miss = if old.is_nan() { old } else { clipped - target };
        let (free, bound) = (error * error, miss * miss);
        let by_bound = bound > free || old.is_nan();
        let scale = if scales.is_empty() { 1.0 } else { scales[i] };
        let weight = weights[i] * scale;
        let loss = 0.5 * weight * if by_bound { bound } else { free };
        d_values[i] = if by_bound { 0.0 } else { weight * error };
        total.loss += loss as f64;
        total.tokens += 1.0;
        total.clip_fraction += f64::from(u8::from(by_bound));
        total.non_finite += f64::from(u8::from(!(loss.is_finite() && d_values[i].is_finite())));
        let (error, target) = (error as f64, target as f64);
        errors += error;
        squares += error * error;
        sums += target;
        target_squares += target * target;
    }
    let n = total.tokens.max(1.0);
    total.clip_fraction /= n;
    let spread = target_squares - sums * sums / n;
    total.explained_variance = if spread > 0.0 {
        1.0 - (squares - errors * errors / n) / spread
    } else {
        0.0
    };
    total
}
