//! A linear layer without bias over packed rows: `y = x · Wᵀ`, `W [out, in]`.

use crate::linalg::{gemm_nn, gemm_packed, gemm_tn, PackedB};

/// `y (+)= x · Wᵀ` with W in panels.
///
/// # Shapes
/// `x [rows, in]`, `weight [out, in]`, `y [rows, out]`.
pub fn forward(rows: usize, x: &[f32], weight: &PackedB, y: &mut [f32], accumulate: bool) {
    gemm_packed(rows, x, weight.k(), weight, y, weight.n(), accumulate);
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

/// `d_weight += d_yᵀ · x`.
///
/// # Shapes
/// As in [`forward`].
pub fn backward_weight(rows: usize, d_y: &[f32], x: &[f32], d_weight: &mut [f32]) {
    let widths = (x.len().checked_div(rows), d_y.len().checked_div(rows));
    if let (Some(inner), Some(outer)) = widths {
        gemm_tn(
            outer, inner, rows, d_y, outer, x, inner, d_weight, inner, true,
        );
    }
}

/// Both.
///
/// # Shapes
/// As in [`forward`].
pub fn backward(
    rows: usize,
    d_y: &[f32],
    x: &[f32],
    weight: &[f32],
    d_x: &mut [f32],
    d_weight: &mut [f32],
) {
    backward_input(rows, d_y, weight, d_x);
    backward_weight(rows, d_y, x, d_weight);
}
