//! Activations times packed weights.

use super::activations::Activations;
use super::format::Format;
use super::matrix::PackedMatrix;
use crate::simd::{
    packed_tiles, takes_whole_bytes, E4, E7, GROUP_ROWS, Q8, ROW_BYTES, STREAMS, TILE_ROWS,
};

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
        // The same bytes by the same loop, if the engine takes all their values.
        Format::Q8 if takes_whole_bytes() => passes::<E7>(x, weight, y, accumulate),
        Format::Q8 => passes::<Q8>(x, weight, y, accumulate),
    }
}

/// Those columns of [`multiply`] that lie in a tile of which `wanted` (a bit for each column, the lowest first) wants one;
/// the others stay.
///
/// # Panics
/// As [`multiply`], or when `wanted` has too few words.
pub fn multiply_wanted(x: &Activations, weight: &PackedMatrix, wanted: &[u32], y: &mut [f32]) {
    assert!(x.k() == weight.k() && x.offset() == weight.format().offset());
    assert!(y.len() >= x.rows() * weight.n());
    match weight.format() {
        Format::E4 => some_tiles::<E4>(x, weight, wanted, y),
        Format::E7 => some_tiles::<E7>(x, weight, wanted, y),
        Format::Q8 if takes_whole_bytes() => some_tiles::<E7>(x, weight, wanted, y),
        Format::Q8 => some_tiles::<Q8>(x, weight, wanted, y),
    }
}

fn some_tiles<const F: u8>(x: &Activations, weight: &PackedMatrix, wanted: &[u32], y: &mut [f32]) {
    for tile in 0..weight.n().div_ceil(TILE_ROWS) {
        let (word, shift) = (tile * TILE_ROWS / 32, tile * TILE_ROWS % 32);
        if wanted[word] >> shift & 255 != 0 {
            groups::<F>(x, weight, tile, 0, x.rows(), y, false);
        }
    }
}

/// All rows from `first` on by one tile.
#[inline(always)]
fn groups<const F: u8>(
    x: &Activations,
    weight: &PackedMatrix,
    tile: usize,
    first: usize,
    end: usize,
    y: &mut [f32],
    accumulate: bool,
) {
    for row in (first..end).step_by(GROUP_ROWS) {
        match end - row {
            1 => group::<F, 1, 1>(x, weight, [tile], row, y, accumulate),
            2 => group::<F, 2, 1>(x, weight, [tile], row, y, accumulate),
            _ => group::<F, GROUP_ROWS, 1>(x, weight, [tile], row, y, accumulate),
        }
    }
}

#[inline(never)]
fn passes<const F: u8>(x: &Activations, weight: &PackedMatrix, y: &mut [f32], accumulate: bool) {
    let tiles = weight.n().div_ceil(TILE_ROWS);
    if x.rows() == 1 {
        return streams::<F>(x, weight, y, accumulate);
    }
    let fit = PASS_BYTES / (ROW_BYTES * weight.blocks()).max(1);
    let rows = fit.max(PASS_ROWS).next_multiple_of(GROUP_ROWS);
    for first in (0..x.rows()).step_by(rows) {
        let end = x.rows().min(first + rows);
        for tile in 0..tiles {
            groups::<F>(x, weight, tile, first, end, y, accumulate);
        }
    }
}

/// One row: what counts is how fast the weights come, so they are read from several places at once.
#[inline(always)]
fn streams<const F: u8>(x: &Activations, weight: &PackedMatrix, y: &mut [f32], accumulate: bool) {
    let tiles = weight.n().div_ceil(TILE_ROWS);
    let each = tiles / STREAMS;
    for tile in 0..each {
        let tiles: [usize; STREAMS] = core::array::from_fn(|s| s * each + tile);
        group::<F, 1, STREAMS>(x, weight, tiles, 0, y, accumulate);
    }
    for tile in each * STREAMS..tiles {
        group::<F, 1, 1>(x, weight, [tile], 0, y, accumulate);
    }
}

#[inline(never)]
fn group<const F: u8, const ROWS: usize, const TILES: usize>(
    x: &Activations,
    weight: &PackedMatrix,
    tiles: [usize; TILES],
    row: usize,
    y: &mut [f32],
    accumulate: bool,
) {
    let mut out = [[[0.0; TILE_ROWS]; ROWS]; TILES];
    packed_tiles::<F, ROWS, TILES>(
        weight.blocks(),
        tiles.map(|tile| weight.tile(tile)),
        x.group(row, ROWS),
        &mut out,
    );
    let n = weight.n();
    for (tile, out) in tiles.into_iter().zip(&out) {
        let column = tile * TILE_ROWS;
        let columns = TILE_ROWS.min(n - column);
        for (r, out) in out.iter().enumerate() {
            let y = &mut y[(row + r) * n + column..][..columns];
            for (y, x) in y.iter_mut().zip(out) {
                *y = if accumulate { *y + x } else { *x };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bits_in_one_dot_product_and_in_two_are_the_same() {
        let (n, k, rows) = (11, 70, 5);
        let mut matrix = PackedMatrix::new(Format::Q8, n, k).unwrap();
        let mut numbers = vec![0.0; (n + rows) * k];
        crate::random::fill_normal(&mut numbers, 7, 0);
        let (w, x) = numbers.split_at(n * k);
        for (row, w) in w.chunks_exact(k).enumerate() {
            matrix.write_row(row, w).unwrap();
        }
        for rows in [1, rows] {
            let mut activations = Activations::default();
            assert!(activations.quantize(Format::Q8, x, rows, k));
            let [mut one, mut two] = [vec![0.0; rows * n], vec![0.0; rows * n]];
            passes::<E7>(&activations, &matrix, &mut one, false);
            passes::<Q8>(&activations, &matrix, &mut two, false);
            assert_eq!(one, two);
        }
    }
}
