/// What is held against the bounds: each token's divergence, or its sum, mean or maximum over the row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RejectionUnit {
    Token,
    RowSum,
    RowMean,
    RowMax,
}

impl RejectionUnit {
    /// The unit with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        use RejectionUnit::*;
        [Token, RowSum, RowMean, RowMax].get(code as usize).copied()
    }
}

/// One token's divergence, with `x = log_prob − behavior`: 1 is `−x`, 2 is `x²/2`, anything else `eˣ − 1 − x`.
fn divergence(x: f64, order: u32) -> f64 {
    match order {
        1 => -x,
        2 => 0.5 * x * x,
        _ => x.exp_m1() - x,
    }
}

/// Which tokens are still learnable when those are left out whose policy moved too far.
///
/// ```text
/// keep = lowest ≤ D ≤ highest,  D of the token, or Σ_t D, Σ_t D / n, max_t D of its row over learnable tokens
/// ```
///
/// # Shapes
/// `log_probs`, `behavior`, `mask`, `out` `[tokens]`; `row_lengths` `[rows]`. NaN is not kept.
pub fn rejection_mask(
    log_probs: &[f32],
    behavior: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    unit: RejectionUnit,
    order: u32,
    bounds: (f64, f64),
    log_ratio_clamp: f64,
    out: &mut [u8],
) {
    let of = |t: usize| {
        let x = log_probs[t] as f64 - behavior[t] as f64;
        let near = if x.is_nan() {
            x
        } else {
            x.max(-log_ratio_clamp).min(log_ratio_clamp)
        };
        divergence(near, order)
    };
    let inside = |d: f64| d >= bounds.0 && d <= bounds.1;
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let (mut sum, mut count, mut most) = (0.0f64, 0.0f64, f64::NEG_INFINITY);
        for t in (start..end).filter(|&t| mask[t] != 0) {
            let d = of(t);
            sum += d;
            count += 1.0;
            most = if d > most || d.is_nan() { d } else { most };
        }
        let whole = inside(match unit {
            RejectionUnit::RowMean => sum / count,
            RejectionUnit::RowMax => most,
            _ => sum,
        });
        for t in start..end {
            let keep = if unit == RejectionUnit::Token {
                mask[t] != 0 && inside(of(t))
            } else {
                whole
            };
            out[t] = if keep { mask[t] } else { 0 };
        }
        start = end;
    }
}
