//! Token embedding, and the learned embedding of positions.

use super::layer::Segment;
use crate::simd::axpy;

/// `out[r] = scale · E[tokens[r]]`.
///
/// # Shapes
/// `tokens [rows]`, each below the vocabulary; `table [vocabulary, hidden]`; `out [rows, hidden]`.
pub fn forward(tokens: &[u32], table: &[f32], hidden: usize, scale: f32, out: &mut [f32]) {
    for (&token, row) in tokens.iter().zip(out.chunks_exact_mut(hidden)) {
        row.copy_from_slice(&table[token as usize * hidden..][..hidden]);
    }
    if scale != 1.0 {
        crate::simd::scale(scale, out);
    }
}

/// `dE[tokens[r]] += scale · d_out[r]`, in row order; nothing where `d_table` is empty.
///
/// # Shapes
/// As in [`forward`]; `d_table [vocabulary, hidden]`.
pub fn backward(tokens: &[u32], d_out: &[f32], hidden: usize, scale: f32, d_table: &mut [f32]) {
    if d_table.is_empty() {
        return;
    }
    for (&token, row) in tokens.iter().zip(d_out.chunks_exact(hidden)) {
        axpy(
            scale,
            row,
            &mut d_table[token as usize * hidden..][..hidden],
        );
    }
}

/// `out[r] += P[position of r]`; nothing where `table` is empty.
///
/// # Shapes
/// `table [positions, hidden]`; `out [rows, hidden]`, the rows of all segments.
pub fn add_positions(segments: &[Segment], table: &[f32], hidden: usize, out: &mut [f32]) {
    if table.is_empty() {
        return;
    }
    for s in segments {
        let rows = &mut out[s.first * hidden..][..s.rows * hidden];
        axpy(1.0, &table[s.base * hidden..][..rows.len()], rows);
    }
}

/// `dP[position of r] += d_out[r]`; nothing where `d_table` is empty.
///
/// # Shapes
/// As in [`add_positions`].
pub fn positions_backward(segments: &[Segment], d_out: &[f32], hidden: usize, d_table: &mut [f32]) {
    if d_table.is_empty() {
        return;
    }
    for s in segments {
        let rows = &d_out[s.first * hidden..][..s.rows * hidden];
        axpy(1.0, rows, &mut d_table[s.base * hidden..][..rows.len()]);
    }
}
