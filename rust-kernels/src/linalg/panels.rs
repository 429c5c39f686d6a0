//! Column panels: B cut into strips of a few vectors, each stored row by row, as the inner loops read it.
//!
//! The panel that starts at column `j` starts at float `j · k`, for every cut: a strip of `w` columns has `w · k`
//! floats and all but the last strip are full.

use crate::simd::{self, copy_columns, panel_product, row_product, transpose, PANEL_VECTORS};

/// How B lies in memory.
#[derive(Clone, Copy)]
pub enum Layout {
    /// `b[p · ldb + j]`
    RowPerK,
    /// `b[j · ldb + p]`
    RowPerColumn,
}

/// Rows of A that share one pass over the panels: with 256 of k they fit the second-level cache beside a panel.
const ROWS: usize = 192;
/// Rows of a full tile.
const TILE_ROWS: usize = if PANEL_VECTORS == 3 { 3 } else { 4 };

/// Floats of `n` columns and depth `k` in panels.
pub fn packed_length(n: usize, k: usize) -> usize {
    n.next_multiple_of(4) * k
}

/// Vectors of the next panel when `left` are left: wide panels, but no single vector at the end where two pairs do.
#[inline(always)]
fn panel_vectors(left: usize) -> usize {
    match left {
        4 => 2,
        _ => left.min(PANEL_VECTORS),
    }
}

/// Packs `k` rows and `n` columns of B; columns beyond `n` are 0.
pub fn pack(layout: Layout, n: usize, k: usize, b: &[f32], ldb: usize, panels: &mut [f32]) {
    if k == 0 {
        return;
    }
    let mut column = 0;
    while column < n {
        let width = 4 * panel_vectors((n - column).div_ceil(4));
        let valid = width.min(n - column);
        let panel = &mut panels[column * k..(column + width) * k];
        if valid < width {
            panel.fill(0.0);
        }
        match layout {
            Layout::RowPerColumn => transpose(valid, k, &b[column * ldb..], ldb, panel, width),
            Layout::RowPerK if valid < width => {
                for p in 0..k {
                    let from = &b[p * ldb + column..][..valid];
                    panel[p * width..][..valid].copy_from_slice(from);
                }
            }
            Layout::RowPerK => match width {
                12 => copy_columns::<3>(k, &b[column..], ldb, panel, width),
                8 => copy_columns::<2>(k, &b[column..], ldb, panel, width),
                _ => copy_columns::<1>(k, &b[column..], ldb, panel, width),
            },
        }
        column += width;
    }
}

/// `C[m,n] (+)= A[m,k] · B` with B in panels of depth `depth ≥ k`, of which rows `start..start + k` take part.
pub fn multiply(
    m: usize,
    n: usize,
    k: usize,
    a: &[f32],
    lda: usize,
    panels: &[f32],
    depth: usize,
    start: usize,
    c: &mut [f32],
    ldc: usize,
    accumulate: bool,
) {
    // A lone row has too few sums to keep the multiply-adds busy: it takes several panels at once.
    let tile_rows = if m % TILE_ROWS == 1 { m - 1 } else { m };
    for i in (0..tile_rows).step_by(ROWS) {
        let rows = ROWS.min(tile_rows - i);
        let (a, c) = (&a[i * lda..], &mut c[i * ldc..]);
        let mut column = 0;
        while column < n {
            let vectors = panel_vectors((n - column).div_ceil(4));
            let width = 4 * vectors;
            let columns = width.min(n - column);
            let (b, c) = (&panels[column * depth + start * width..], &mut c[column..]);
            match vectors {
                3 => panel_product::<3>(rows, k, a, lda, b, 12, c, ldc, columns, accumulate),
                2 => panel_product::<2>(rows, k, a, lda, b, 8, c, ldc, columns, accumulate),
                _ => panel_product::<1>(rows, k, a, lda, b, 4, c, ldc, columns, accumulate),
            }
            column += width;
        }
    }
    if tile_rows < m {
        let (a, c) = (&a[tile_rows * lda..], &mut c[tile_rows * ldc..]);
        multiply_row(n, k, a, panels, depth, start, c, accumulate);
    }
}

/// Those columns of [`multiply`] whose panel has one that `wanted` (a bit for each column, the lowest first) wants; the
/// others stay.
pub fn multiply_wanted(
    m: usize,
    n: usize,
    k: usize,
    a: &[f32],
    panels: &[f32],
    wanted: &[u32],
    c: &mut [f32],
) {
    let is_wanted = |j: usize| wanted[j / 32] >> (j % 32) & 1 == 1;
    let mut column = 0;
    while column < n {
        let vectors = panel_vectors((n - column).div_ceil(4));
        let columns = (4 * vectors).min(n - column);
        if (column..column + columns).any(is_wanted) {
            let (b, c) = (&panels[column * k..], &mut c[column..]);
            match vectors {
                3 => panel_product::<3>(m, k, a, k, b, 12, c, n, columns, false),
                2 => panel_product::<2>(m, k, a, k, b, 8, c, n, columns, false),
                _ => panel_product::<1>(m, k, a, k, b, 4, c, n, columns, false),
            }
        }
        column += 4 * vectors;
    }
}

/// One row by all panels, several neighbouring panels of one width at a time.
fn multiply_row(
    n: usize,
    k: usize,
    a: &[f32],
    panels: &[f32],
    depth: usize,
    start: usize,
    c: &mut [f32],
    accumulate: bool,
) {
    let mut column = 0;
    while column < n {
        let left = (n - column).div_ceil(4);
        let vectors = panel_vectors(left);
        let width = 4 * vectors;
        // Equal panels that follow each other.
        let mut count = 1;
        while count < 4
            && left > count * vectors
            && panel_vectors(left - count * vectors) == vectors
        {
            count += 1;
        }
        let b = &panels[column * depth + start * width..];
        let step = width * depth;
        let c = &mut c[column..];
        let mut run = |panels: usize| -> usize {
            let columns = (panels * width).min(n - column);
            match (vectors, panels) {
                (3, 3) => row_product::<3, 3>(k, a, b, 12, step, c, columns, accumulate),
                (3, 2) => row_product::<3, 2>(k, a, b, 12, step, c, columns, accumulate),
                (3, _) => row_product::<3, 1>(k, a, b, 12, step, c, columns, accumulate),
                (2, 4) => row_product::<2, 4>(k, a, b, 8, step, c, columns, accumulate),
                (2, 2) => row_product::<2, 2>(k, a, b, 8, step, c, columns, accumulate),
                (2, _) => row_product::<2, 1>(k, a, b, 8, step, c, columns, accumulate),
                _ => row_product::<1, 1>(k, a, b, 4, step, c, columns, accumulate),
            }
            panels * width
        };
        column += match (vectors, count) {
            (3, 4) => run(3),
            (2, 3) => run(2),
            _ => run(count),
        };
    }
}

/// `C[m,n] (+)= A[m,k] · B[k,n]` without packing: for few rows, where the copy would cost more than it saves.
pub fn multiply_direct(
    m: usize,
    n: usize,
    k: usize,
    a: &[f32],
    lda: usize,
    b: &[f32],
    ldb: usize,
    c: &mut [f32],
    ldc: usize,
    accumulate: bool,
    edge: &mut [f32],
) {
    let full = n & !3;
    let mut column = 0;
    while column < full {
        let left = (full - column) / 4;
        let (b, c) = (&b[column..], &mut c[column..]);
        column += if m == 1 && left >= 8 {
            row_product::<8, 1>(k, a, b, ldb, 0, c, 32, accumulate);
            32
        } else {
            let vectors = panel_vectors(left);
            match vectors {
                3 => panel_product::<3>(m, k, a, lda, b, ldb, c, ldc, 12, accumulate),
                2 => panel_product::<2>(m, k, a, lda, b, ldb, c, ldc, 8, accumulate),
                _ => panel_product::<1>(m, k, a, lda, b, ldb, c, ldc, 4, accumulate),
            }
            4 * vectors
        };
    }
    if full < n {
        let columns = n - full;
        pack(Layout::RowPerK, columns, k, &b[full..], ldb, edge);
        let c = &mut c[full..];
        panel_product::<1>(m, k, a, lda, edge, 4, c, ldc, columns, accumulate);
    }
}

/// Scratch for a transposed block of A: rows are padded so that they do not fall on the same cache sets.
pub fn transposed_step(k: usize) -> usize {
    k.next_multiple_of(4) + 16
}

/// `Aᵀ` of a block: `to[i · step + p] = a[p · lda + i]`.
pub fn transpose_rows(k: usize, m: usize, a: &[f32], lda: usize, to: &mut [f32], step: usize) {
    simd::transpose(k, m, a, lda, to, step);
}
