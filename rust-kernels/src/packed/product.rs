//! Activations times packed weights.

use super::activations::Activations;
use super::format::Format;
use super::matrix::PackedMatrix;
use crate::simd::{packed_tile, E4, E7, GROUP_ROWS, Q8, ROW_BYTES, TILE_ROWS};

/// Bytes of activations that pass by each tile together: they stay in the first-level cache with it.
const PASS_BYTES: usize = 24 << 10;
/// Rows that pass together at least, so that the weights are not read too often.
const PASS_ROWS: usize = 12;

/// `y[r, j] (+)= Σ_k x[r, k] · W[j, k]`.
///
/// # Shapes
/// `x [rows, k]`, `weight [n, k]`, `y [rows, n]`, dense.
///
/// # Panics
/// When the activations are not for this matrix, or `y` is shorter than its shape.
pub fn multiply(x: &Activations, weight: &PackedMatrix, y: &mut [f32], accumulate: bool) {
    assert!(x.k() == weight.k() && x.offset() == weight.format().offset());
    assert!(y.len() >= x.rows() * weight.n());
    match weight.format() {
        Format::E4 => passes::<E4>(x, weight, y, accumulate),
        Format::E7 => passes::<E7>(x, weight, y, accumulate),
        Format::Q8 => passes::<Q8>(x, weight, y, accumulate),
    }
}

#[inline(never)]
fn passes<const F: u8>(x: &Activations, weight: &PackedMatrix, y: &mut [f32], accumulate: bool) {
    let fit = PASS_BYTES / (ROW_BYTES * weight.blocks()).max(1);
    let rows = fit.max(PASS_ROWS).next_multiple_of(GROUP_ROWS);
    for first in (0..x.rows()).step_by(rows) {
        let end = x.rows().min(first + rows);
        for tile in 0..weight.n().div_ceil(TILE_ROWS) {
            for row in (first..end).step_by(GROUP_ROWS) {
                match end - row {
                    1 => group::<F, 1>(x, weight, tile, row, y, accumulate),
                    2 => group::<F, 2>(x, weight, tile, row, y, accumulate),
                    _ => group::<F, GROUP_ROWS>(x, weight, tile, row, y, accumulate),
                }
            }
        }
    }
}

#[inline(never)]
fn group<const F: u8, const ROWS: usize>(
    x: &Activations,
    weight: &PackedMatrix,
    tile: usize,
    row: usize,
    y: &mut [f32],
    accumulate: bool,
) {
    let mut out = [[0.0; TILE_ROWS]; ROWS];
    packed_tile::<F, ROWS>(
        weight.blocks(),
        weight.tile(tile),
        x.group(row, ROWS),
        &mut out,
    );
    let (n, column) = (weight.n(), tile * TILE_ROWS);
    let columns = TILE_ROWS.min(n - column);
    for (r, out) in out.iter().enumerate() {
        let y = &mut y[(row + r) * n + column..][..columns];
        for (y, x) in y.iter_mut().zip(out) {
            *y = if accumulate { *y + x } else { *x };
        }
    }
}
