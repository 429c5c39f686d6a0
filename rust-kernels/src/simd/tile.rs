//! The inner loops of a matrix product: a tile of C stays in registers while k runs.
//!
//! V8 has 15 usable vector registers on x64: a tile holds at most nine sums (eight where multiply and add are two
//! instructions), and beyond that its speed halves. Every sum is one chain over ascending k, in every tile.

use super::transpose::extent;
use super::{opaque, F32x4};

/// Vectors in a full column panel: tiles of 3×12 with a fused multiply-add, of 4×8 without.
pub const PANEL_VECTORS: usize = if cfg!(any(
    target_feature = "relaxed-simd",
    not(target_arch = "wasm32")
)) {
    3
} else {
    2
};

/// `C[m, columns] (+)= A[m,k] · B[k, 4·V]` for one column panel; row `p` of the panel starts at `b[p · b_step]`.
///
/// Only the first `columns ≤ 4·V` columns of C are written; the panel itself is read in full width.
///
/// # Panics
/// When a slice is too short.
#[inline(never)]
pub fn panel_product<const V: usize>(
    m: usize,
    k: usize,
    a: &[f32],
    lda: usize,
    b: &[f32],
    b_step: usize,
    c: &mut [f32],
    ldc: usize,
    columns: usize,
    accumulate: bool,
) {
    if m == 0 || columns == 0 {
        return;
    }
    if columns < 4 * V {
        return edge_product::<V>(m, k, a, lda, b, b_step, c, ldc, columns, accumulate);
    }
    assert!(columns == 4 * V && extent(m, ldc, columns) <= c.len());
    assert!(k == 0 || extent(m, lda, k) <= a.len());
    assert!(k == 0 || extent(k, b_step, 4 * V) <= b.len());
    // SAFETY: the asserts above cover every element that rows 0..m of A and C and rows 0..k of B have.
    unsafe {
        let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
        if b_step == 4 * V {
            rows::<V, true>(m, k, a, lda, b, b_step, c, ldc, accumulate);
        } else {
            rows::<V, false>(m, k, a, lda, b, b_step, c, ldc, accumulate);
        }
    }
}

/// A panel that is wider than what is left of C: a few rows at a time go through a copy of C in full width.
#[inline(never)]
fn edge_product<const V: usize>(
    m: usize,
    k: usize,
    a: &[f32],
    lda: usize,
    b: &[f32],
    b_step: usize,
    c: &mut [f32],
    ldc: usize,
    columns: usize,
    accumulate: bool,
) {
    const ROWS: usize = 24;
    let mut full = [0.0f32; ROWS * 12];
    for first in (0..m).step_by(ROWS) {
        let rows = ROWS.min(m - first);
        for (i, full) in full.chunks_exact_mut(4 * V).take(rows).enumerate() {
            full[..columns].copy_from_slice(&c[(first + i) * ldc..][..columns]);
        }
        let a = &a[(first * lda).min(a.len())..];
        panel_product::<V>(
            rows,
            k,
            a,
            lda,
            b,
            b_step,
            &mut full,
            4 * V,
            4 * V,
            accumulate,
        );
        for (i, full) in full.chunks_exact(4 * V).take(rows).enumerate() {
            c[(first + i) * ldc..][..columns].copy_from_slice(&full[..columns]);
        }
    }
}

/// One row of A by `P` panels of `V` vectors that stand `panel_step` floats apart: enough chains to hide the latency
/// of a multiply-add when there is only one row.
///
/// # Panics
/// When a slice is too short.
#[inline(never)]
pub fn row_product<const V: usize, const P: usize>(
    k: usize,
    a: &[f32],
    b: &[f32],
    b_step: usize,
    panel_step: usize,
    c: &mut [f32],
    columns: usize,
    accumulate: bool,
) {
    let width = 4 * V * P;
    assert!(columns <= width && columns <= c.len() && k <= a.len());
    assert!(k == 0 || extent(k, b_step, 4 * V).saturating_add((P - 1) * panel_step) <= b.len());
    // SAFETY: the asserts above cover every element; the edge writes to a full-width copy.
    unsafe {
        let (a, b) = (a.as_ptr(), b.as_ptr());
        if columns == width {
            row_tile::<V, P>(k, a, b, b_step, panel_step, c.as_mut_ptr(), accumulate);
        } else {
            let mut edge = [0.0f32; 64];
            edge[..columns].copy_from_slice(&c[..columns]);
            row_tile::<V, P>(k, a, b, b_step, panel_step, edge.as_mut_ptr(), accumulate);
            c[..columns].copy_from_slice(&edge[..columns]);
        }
    }
}

/// # Safety
/// As [`tile`], for all rows.
#[inline(always)]
unsafe fn rows<const V: usize, const PACKED: bool>(
    m: usize,
    k: usize,
    a: *const f32,
    lda: usize,
    b: *const f32,
    b_step: usize,
    c: *mut f32,
    ldc: usize,
    accumulate: bool,
) {
    let mut i = 0;
    macro_rules! tiles {
        ($rows:literal) => {
            while m - i >= $rows {
                // SAFETY: rows i..i + $rows lie inside A and C.
                unsafe {
                    let (a, c) = (a.add(i * lda), c.add(i * ldc));
                    tile::<$rows, V, PACKED>(k, a, lda, b, b_step, c, ldc, accumulate);
                }
                i += $rows;
            }
        };
    }
    if V == 1 {
        tiles!(8);
    }
    if V <= 2 {
        tiles!(4);
    }
    tiles!(3);
    tiles!(2);
    tiles!(1);
}

/// `C[R, 4·V] (+)= A[R,k] · B[k, 4·V]`.
///
/// # Safety
/// `R` rows of `k` floats at `a`, `k` rows of `4·V` at `b` and `R` rows of `4·V` at `c` are valid.
#[inline(always)]
unsafe fn tile<const R: usize, const V: usize, const PACKED: bool>(
    k: usize,
    a: *const f32,
    lda: usize,
    mut b: *const f32,
    b_step: usize,
    c: *mut f32,
    ldc: usize,
    accumulate: bool,
) {
    // A constant step turns the addresses of an unrolled round into constant offsets.
    let b_step = if PACKED { 4 * V } else { b_step };
    let mut sums = [[F32x4::zero(); V]; R];
    // SAFETY: the caller's promise; `p` stays below `k`.
    unsafe {
        if accumulate {
            for i in 0..R {
                for v in 0..V {
                    sums[i][v] = F32x4::load_pointer(c.add(i * ldc + 4 * v));
                }
            }
        }
        let mut row: [*const f32; R] = core::array::from_fn(|i| a.add(i * lda));
        let mut left = k;
        macro_rules! round {
            ($u:literal) => {
                b = opaque(b);
                let wide: [F32x4; V] = core::array::from_fn(|v| F32x4::load_pointer(b.add(4 * v)));
                for i in 0..R {
                    let x = F32x4::splat_pointer(row[i].add($u));
                    for v in 0..V {
                        sums[i][v] = x.mul_add(wide[v], sums[i][v]);
                    }
                }
                if left == $u + 1 {
                    break;
                }
                b = b.add(b_step);
            };
        }
        // Four rounds with a way out after each: the compilers keep the order of rounds that end a block, while they
        // gather the loads of plainly unrolled ones and run out of registers.
        while left > 0 {
            for i in 0..R {
                row[i] = opaque(row[i]);
            }
            round!(0);
            round!(1);
            round!(2);
            round!(3);
            for i in 0..R {
                row[i] = row[i].add(4);
            }
            left -= 4;
        }
        for i in 0..R {
            for v in 0..V {
                sums[i][v].store_pointer(c.add(i * ldc + 4 * v));
            }
        }
    }
}

/// # Safety
/// `k` floats at `a`, `P` panels of `k` rows of `4·V` floats at `b` and `4·V·P` floats at `c` are valid.
#[inline(always)]
unsafe fn row_tile<const V: usize, const P: usize>(
    k: usize,
    mut a: *const f32,
    b: *const f32,
    b_step: usize,
    panel_step: usize,
    c: *mut f32,
    accumulate: bool,
) {
    let mut sums = [[F32x4::zero(); V]; P];
    // SAFETY: the caller's promise; `p` stays below `k`.
    unsafe {
        if accumulate {
            for q in 0..P {
                for v in 0..V {
                    sums[q][v] = F32x4::load_pointer(c.add((q * V + v) * 4));
                }
            }
        }
        let mut panel: [*const f32; P] = core::array::from_fn(|q| b.add(q * panel_step));
        let mut left = k;
        macro_rules! round {
            ($u:literal) => {
                let x = F32x4::splat_pointer(a.add($u));
                for q in 0..P {
                    panel[q] = opaque(panel[q]);
                    for v in 0..V {
                        let wide = F32x4::load_pointer(panel[q].add(4 * v));
                        sums[q][v] = x.mul_add(wide, sums[q][v]);
                    }
                }
                if left == $u + 1 {
                    break;
                }
                for q in 0..P {
                    panel[q] = panel[q].add(b_step);
                }
            };
        }
        // As in `tile`.
        while left > 0 {
            a = opaque(a);
            round!(0);
            round!(1);
            round!(2);
            round!(3);
            a = a.add(4);
            left -= 4;
        }
        for q in 0..P {
            for v in 0..V {
                sums[q][v].store_pointer(c.add((q * V + v) * 4));
            }
        }
    }
}
