//! The norms, behind one door.

use super::blocks::Norm;
use super::{layer_norm, rms_norm};

/// Normalises rows and keeps what [`backward`] needs of them.
///
/// # Shapes
/// `x`, `out` `[rows, width]`; `parameters` `[width]`, or weight and bias `[2·width]` for [`Norm::Layer`];
/// `inverses [rows]`.
#[inline(never)]
pub fn forward(
    norm: Norm,
    x: &[f32],
    parameters: &[f32],
    epsilon: f32,
    inverses: &mut [f32],
    out: &mut [f32],
) {
    match norm {
        Norm::Layer => layer_norm::forward(x, parameters, epsilon, inverses, out),
        rms => rms_norm::forward(x, parameters, from(rms), epsilon, inverses, out),
    }
}

/// Repeats the result of [`forward`] from the kept `inverses`.
///
/// # Shapes
/// As in [`forward`].
#[inline(never)]
pub fn again(norm: Norm, x: &[f32], parameters: &[f32], inverses: &[f32], out: &mut [f32]) {
    match norm {
        Norm::Layer => layer_norm::again(x, parameters, inverses, out),
        rms => rms_norm::again(x, parameters, from(rms), inverses, out),
    }
}

/// Adds to `d_x` and `d_parameters` what flows back through [`forward`].
///
/// # Shapes
/// `d`, `x`, `d_x` `[rows, width]`; `d_parameters` as `parameters`. `d` is scratch afterwards.
#[inline(never)]
pub fn backward(
    norm: Norm,
    d: &mut [f32],
    x: &[f32],
    parameters: &[f32],
    inverses: &[f32],
    d_x: &mut [f32],
    d_parameters: &mut [f32],
) {
    match norm {
        Norm::Layer => layer_norm::backward(d, x, parameters, inverses, d_x, d_parameters),
        rms => rms_norm::backward(d, x, parameters, from(rms), inverses, d_x, d_parameters),
    }
}

/// What a norm's weights count from.
fn from(norm: Norm) -> f32 {
    if norm == Norm::RmsFromOne {
        1.0
    } else {
        0.0
    }
}
