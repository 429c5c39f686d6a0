/// How an advantage becomes the weight of an imitation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AdvantageWeight {
    /// `min(e^{A/β}, cap)` (AWR).
    Exponential,
    /// `n·softmax(A/β)` over the batch (AWAC).
    Softmax,
    /// `[A > 0]`.
    Binary,
}

impl AdvantageWeight {
    /// The form with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        use AdvantageWeight::*;
        [Exponential, Softmax, Binary].get(code as usize).copied()
    }
}

/// Weights of advantage-weighted regression; constants, no gradient flows into them.
///
/// # Shapes
/// `advantages`, `mask`, `out` `[n]`. 0 where the mask is 0. `n` of the softmax counts what the mask allows.
pub fn advantage_weights(
    advantages: &[f32],
    mask: &[u8],
    form: AdvantageWeight,
    temperature: f64,
    cap: f64,
    out: &mut [f32],
) {
    let scaled = |i: usize| advantages[i] as f64 / temperature;
    let chosen = || (0..mask.len()).filter(|&i| mask[i] != 0);
    let largest = chosen().map(scaled).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = chosen().map(|i| (scaled(i) - largest).exp()).sum();
    let count = chosen().count() as f64;
    out.fill(0.0);
    for i in chosen() {
        let weight = match form {
            AdvantageWeight::Exponential => {
                let weight = scaled(i).exp();
                if weight > cap {
                    cap
                } else {
                    weight
                }
            }
            AdvantageWeight::Softmax => count * (scaled(i) - largest).exp() / sum,
            AdvantageWeight::Binary if advantages[i].is_nan() => f64::NAN,
            AdvantageWeight::Binary => f64::from(u8::from(advantages[i] > 0.0)),
        };
        out[i] = weight as f32;
    }
}
