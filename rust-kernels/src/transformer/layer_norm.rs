//! Layer normalisation.

use crate::simd::{dot, sum};

/// `out = (x − mean) · inverse ∘ weight + bias` with `inverse = 1 / √(mean((x − mean)²) + ε)`; keeps `inverse`.
///
/// # Shapes
/// `x`, `out` `[rows, width]`; `parameters [2·width]`: weight, then bias; `inverses [rows]`.
pub fn forward(x: &[f32], parameters: &[f32], epsilon: f32, inverses: &mut [f32], out: &mut [f32]) {
    let width = parameters.len() / 2;
    let (weight, bias) = parameters.split_at(width);
    for ((x, inverse), out) in x
        .chunks_exact(width)
        .zip(inverses.iter_mut())
        .zip(out.chunks_exact_mut(width))
    {
        center(x, out);
        *inverse = 1.0 / (dot(out, out) / width as f32 + epsilon).sqrt();
        finish(out, weight, bias, *inverse);
    }
}

/// Repeats the result of [`forward`] from the kept `inverses`.
///
/// # Shapes
/// As in [`forward`].
pub fn again(x: &[f32], parameters: &[f32], inverses: &[f32], out: &mut [f32]) {
    let width = parameters.len() / 2;
    let (weight, bias) = parameters.split_at(width);
    for ((x, &inverse), out) in x
        .chunks_exact(width)
        .zip(inverses)
        .zip(out.chunks_exact_mut(width))
    {
        center(x, out);
        finish(out, weight, bias, inverse);
    }
}

fn center(x: &[f32], out: &mut [f32]) {
    let mean = sum(x) / x.len() as f32;
    for (o, x) in out.iter_mut().zip(x) {
        *o = x - mean;
    }
}

fn finish(out: &mut [f32], weight: &[f32], bias: &[f32], inverse: f32) {
    for ((o, w), b) in out.iter_mut().zip(weight).zip(bias) {
        *o = *o * inverse * w + b;
    }
}

/// Adds to `d_x` and `d_parameters` what flows back through [`forward`].
///
/// ```text
/// n = (x − mean) · inverse;  g = d ∘ weight
/// d_weight += Σ_rows d ∘ n;  d_bias += Σ_rows d
/// d_x      += inverse · (g − mean(g) − n · mean(g ∘ n))
/// ```
///
/// # Shapes
/// `d`, `x`, `d_x` `[rows, width]`; `d_parameters` as `parameters`. `d` is scratch afterwards.
pub fn backward(
    d: &mut [f32],
    x: &[f32],
    parameters: &[f32],
    inverses: &[f32],
    d_x: &mut [f32],
    d_parameters: &mut [f32],
) {
    let width = parameters.len() / 2;
    let weight = &parameters[..width];
    let (d_weight, d_bias) = d_parameters.split_at_mut(width);
    for (((d, x), &inverse), d_x) in d
        .chunks_exact_mut(width)
        .zip(x.chunks_exact(width))
        .zip(inverses)
        .zip(d_x.chunks_exact_mut(width))
    {
        let mean = sum(x) / width as f32;
        for (j, d) in d.iter_mut().enumerate() {
            d_weight[j] += *d * (x[j] - mean) * inverse;
            d_bias[j] += *d;
            *d *= weight[j];
        }
        let shift = sum(d) / width as f32;
        let along = d.iter().zip(x).map(|(d, x)| d * (x - mean)).sum::<f32>();
        let pull = along * inverse * inverse / width as f32;
        for ((dx, d), x) in d_x.iter_mut().zip(d.iter()).zip(x) {
            *dx += inverse * (d - shift - (x - mean) * pull);
        }
    }
}
