/// Which estimate of KL(policy ‖ reference) is made from one token, with `d = log_prob − reference`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KlEstimator {
    /// `d`: unbiased, may be negative.
    K1,
    /// `|d|`.
    Absolute,
    /// `d²/2`: biased, never negative.
    K2,
    /// `e^−d + d − 1`: unbiased, never negative.
    K3,
    /// K3 with the exponent clamped to ±20 and the value to ±10.
    K3Clamped,
    /// Value of K1, gradient of K2.
    K1Straight,
    /// Value of K3Clamped, gradient of K2.
    K3Straight,
}

impl KlEstimator {
    /// The estimator with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        use KlEstimator::*;
        [K1, Absolute, K2, K3, K3Clamped, K1Straight, K3Straight]
            .get(code as usize)
            .copied()
    }
}

/// One estimate of the KL divergence per token, and its derivative by `log_probs` (Schulman 2020).
///
/// # Shapes
/// All columns `[tokens]`; both results are 0 where the mask is 0.
pub fn kl_estimate(
    log_probs: &[f32],
    reference: &[f32],
    mask: &[u8],
    estimator: KlEstimator,
    values: &mut [f32],
    d_log_probs: &mut [f32],
) {
    for i in 0..mask.len() {
        (values[i], d_log_probs[i]) = (0.0, 0.0);
        if mask[i] == 0 {
            continue;
        }
        let d = log_probs[i] as f64 - reference[i] as f64;
        let k3 = |d: f64| ((-d).exp() + d - 1.0, 1.0 - (-d).exp());
        let clamped = || {
            let (value, slope) = k3(d.clamp(-20.0, 20.0));
            if d.abs() > 20.0 || value.abs() > 10.0 {
                (value.clamp(-10.0, 10.0), 0.0)
            } else {
                (value, slope)
            }
        };
        let (value, slope) = match estimator {
            KlEstimator::K1 => (d, 1.0),
            KlEstimator::Absolute if d == 0.0 => (0.0, 0.0),
            KlEstimator::Absolute => (d.abs(), d.signum()),
            KlEstimator::K2 => (0.5 * d * d, d),
            KlEstimator::K3 => k3(d),
            KlEstimator::K3Clamped => clamped(),
            KlEstimator::K1Straight => (d, d),
            KlEstimator::K3Straight => (clamped().0, d),
        };
        (values[i], d_log_probs[i]) = (value as f32, slope as f32);
    }
}
