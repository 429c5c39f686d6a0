//! Root-mean-square normalisation.

use crate::simd::dot;

/// `out = x · inverse ∘ weight` with `inverse = 1 / √(mean(x²) + ε)`; keeps `inverse` for [`backward`].
/// `from + weight` stands in the weight's place, here and below: 0, or 1 for weights that count from 1.
///
/// # Shapes
/// `x`, `out` `[rows, hidden]`; `weight [hidden]`; `inverses [rows]`.
pub fn forward(
    x: &[f32],
    weight: &[f32],
    from: f32,
    epsilon: f32,
    inverses: &mut [f32],
    out: &mut [f32],
) {
    let hidden = weight.len();
    for ((x, inverse), out) in x
        .chunks_exact(hidden)
        .zip(inverses.iter_mut())
        .zip(out.chunks_exact_mut(hidden))
    {
        *inverse = 1.0 / (dot(x, x) / hidden as f32 + epsilon).sqrt();
        normalize(x, weight, from, *inverse, out);
    }
}

/// The second half of [`forward`], for a backward pass that kept `inverse` and not the result.
#[inline(always)]
fn normalize(x: &[f32], weight: &[f32], from: f32, inverse: f32, out: &mut [f32]) {
    for ((o, x), w) in out.iter_mut().zip(x).zip(weight) {
        *o = x * inverse * (from + w);
    }
}

/// Repeats the result of [`forward`] from the kept `inverses`.
///
/// # Shapes
/// As in [`forward`].
pub fn again(x: &[f32], weight: &[f32], from: f32, inverses: &[f32], out: &mut [f32]) {
    let hidden = weight.len();
    for ((x, &inverse), out) in x
        .chunks_exact(hidden)
        .zip(inverses)
        .zip(out.chunks_exact_mut(hidden))
    {
        normalize(x, weight, from, inverse, out);
    }
}

/// Adds to `d_x` and `d_weight` what flows back through [`forward`].
///
/// ```text
/// d_weight += Σ_rows d ∘ x · inverse
/// d_x      += inverse · (d ∘ weight − x · inverse² · Σ(d ∘ weight ∘ x) / hidden)
/// ```
///
/// # Shapes
/// `d`, `x`, `d_x` `[rows, hidden]`; `weight`, `d_weight` `[hidden]`; `inverses [rows]`. `d` is scratch afterwards.
pub fn backward(
    d: &mut [f32],
    x: &[f32],
    weight: &[f32],
    from: f32,
    inverses: &[f32],
    d_x: &mut [f32],
    d_weight: &mut [f32],
) {
    let hidden = weight.len();
    for (((d, x), &inverse), d_x) in d
        .chunks_exact_mut(hidden)
        .zip(x.chunks_exact(hidden))
        .zip(inverses)
        .zip(d_x.chunks_exact_mut(hidden))
    {
        for (((d, x), w), dw) in d.iter_mut().zip(x).zip(weight).zip(d_weight.iter_mut()) {
            *dw += *d * x * inverse;
            *d *= from + w;
        }
        let pull = dot(d, x) * inverse * inverse / hidden as f32;
        for ((dx, d), x) in d_x.iter_mut().zip(d.iter()).zip(x) {
            *dx += inverse * (d - x * pull);
        }
    }
}
