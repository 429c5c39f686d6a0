//! A linear layer over packed rows: `y = x · Wᵀ + b`, `W [out, in]`.

use crate::linalg::{gemm_nn, gemm_packed, gemm_tn, PackedB};
use crate::simd::axpy;

/// `y (+)= x · Wᵀ` with W in panels.
///
/// # Shapes
/// `x [rows, in]`, `weight [out, in]`, `y [rows, out]`.
pub fn forward(rows: usize, x: &[f32], weight: &PackedB, y: &mut [f32], accumulate: bool) {
    gemm_packed(rows, x, weight.k(), weight, y, weight.n(), accumulate);
}

/// `y (+)= x · Wᵀ + b`; an empty `bias` is none.
///
/// # Shapes
/// As in [`forward`]; `bias [out]`.
pub fn forward_biased(
    rows: usize,
    x: &[f32],
    weight: &PackedB,
    bias: &[f32],
    y: &mut [f32],
    accumulate: bool,
) {
    if bias.is_empty() {
        return forward(rows, x, weight, y, accumulate);
    }
    for y in y.chunks_exact_mut(bias.len()).take(rows) {
        if accumulate {
            axpy(1.0, bias, y);
        } else {
            y.copy_from_slice(bias);
        }
    }
    forward(rows, x, weight, y, true);
}

/// `d_bias += Σ_rows d_y`; nothing where `d_bias` is empty.
///
/// # Shapes
/// `d_y [rows, out]`; `d_bias [out]`.
pub fn backward_bias(d_y: &[f32], d_bias: &mut [f32]) {
    if !d_bias.is_empty() {
        for d in d_y.chunks_exact(d_bias.len()) {
            axpy(1.0, d, d_bias);
        }
    }
}

/// `d_x = d_y · W`.
///
/// # Shapes
/// As in [`forward`].
pub fn backward_input(rows: usize, d_y: &[f32], weight: &[f32], d_x: &mut [f32]) {
    let widths = (d_x.len().checked_div(rows), d_y.len().checked_div(rows));
    if let (Some(inner), Some(outer)) = widths {
        gemm_nn(
            rows, inner, outer, d_y, outer, weight, inner, d_x, inner, false,
        );
    }
}

/// `d_weight += d_yᵀ · x`; nothing where `d_weight` is empty.
///
/// # Shapes
/// As in [`forward`].
pub fn backward_weight(rows: usize, d_y: &[f32], x: &[f32], d_weight: &mut [f32]) {
    if d_weight.is_empty() {
        return;
    }
    let widths = (x.len().checked_div(rows), d_y.len().checked_div(rows));
    if let (Some(inner), Some(outer)) = widths {
        gemm_tn(
            outer, inner, rows, d_y, outer, x, inner, d_weight, inner, true,
        );
    }
}
