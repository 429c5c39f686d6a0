//! Matrix products of unpacked matrices: B goes through panels, block by block, where the rows of A pay for the copy.
//!
//! ```text
//! C[i][j] = fma(A[i][k−1], B[k−1][j], … fma(A[i][1], B[1][j], fma(A[i][0], B[0][j], start)))
//! start = C[i][j] when accumulating, else 0; fma is two roundings where the build has no fused instruction
//! ```
//!
//! | Function | A as stored | B as stored | C |
//! | --- | --- | --- | --- |
//! | `gemm_nn` | `[m, k]` | `[k, n]` | `[m, n]` |
//! | `gemm_nt` | `[m, k]` | `[n, k]` | `[m, n]` |
//! | `gemm_tn` | `[k, m]` | `[k, n]` | `[m, n]` |
//!
//! Blocks of k leave their sums in C and go on from there, so blocking does not cut a chain.

use super::packed::DEPTH;
use super::panels::{
    multiply, multiply_direct, pack, packed_length, transpose_rows, transposed_step, Layout,
};
use super::scratch::with_scratch;

/// Columns of one block of B: with `DEPTH` of k half of the second-level cache.
const COLUMNS: usize = 516;
/// Rows of one transposed block of A.
const ROWS: usize = 192;
/// With fewer rows, packing B row by row costs more than it saves.
const FEW_ROWS: usize = 16;

/// `C[m,n] (+)= A[m,k] · B[k,n]`; row-major with row strides `lda`, `ldb`, `ldc` (in elements).
///
/// # Panics
/// When a slice is shorter than its shape and stride say.
pub fn gemm_nn(
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
) {
    check(m, k, a, lda, "A");
    check(k, n, b, ldb, "B");
    check(m, n, c, ldc, "C");
    if nothing_to_multiply(m, n, k, c, ldc, accumulate) {
        return;
    }
    if m < FEW_ROWS {
        with_scratch(4 * k, 0, |edge, _| {
            multiply_direct(m, n, k, a, lda, b, ldb, c, ldc, accumulate, edge);
        });
    } else {
        blocks(Layout::RowPerK, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
    }
}

/// `C[m,n] (+)= A[m,k] · B[n,k]ᵀ`; the layout of a linear layer's `x · Wᵀ` with `W[out,in]`.
///
/// # Panics
/// When a slice is shorter than its shape and stride say.
pub fn gemm_nt(
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
) {
    check(m, k, a, lda, "A");
    check(n, k, b, ldb, "B");
    check(m, n, c, ldc, "C");
    if nothing_to_multiply(m, n, k, c, ldc, accumulate) {
        return;
    }
    blocks(
        Layout::RowPerColumn,
        m,
        n,
        k,
        a,
        lda,
        b,
        ldb,
        c,
        ldc,
        accumulate,
    );
}

/// `C[m,n] (+)= A[k,m]ᵀ · B[k,n]`; the layout of a weight gradient `dYᵀ · X`.
///
/// # Panics
/// When a slice is shorter than its shape and stride say.
pub fn gemm_tn(
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
) {
    check(k, m, a, lda, "A");
    check(k, n, b, ldb, "B");
    check(m, n, c, ldc, "C");
    if nothing_to_multiply(m, n, k, c, ldc, accumulate) {
        return;
    }
    let step = transposed_step(DEPTH.min(k));
    let panel_floats = packed_length(COLUMNS.min(n), DEPTH.min(k));
    with_scratch(panel_floats, ROWS.min(m) * step, |panels, rows| {
        for p in (0..k).step_by(DEPTH) {
            let depth = DEPTH.min(k - p);
            let accumulate = accumulate || p > 0;
            for j in (0..n).step_by(COLUMNS) {
                let columns = COLUMNS.min(n - j);
                pack(
                    Layout::RowPerK,
                    columns,
                    depth,
                    &b[p * ldb + j..],
                    ldb,
                    panels,
                );
                for i in (0..m).step_by(ROWS) {
                    let count = ROWS.min(m - i);
                    transpose_rows(depth, count, &a[p * lda + i..], lda, rows, step);
                    let c = &mut c[i * ldc + j..];
                    multiply(
                        count, columns, depth, rows, step, panels, depth, 0, c, ldc, accumulate,
                    );
                }
            }
        }
    });
}

/// The product with B packed block by block.
fn blocks(
    layout: Layout,
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
) {
    with_scratch(
        packed_length(COLUMNS.min(n), DEPTH.min(k)),
        0,
        |panels, _| {
            for p in (0..k).step_by(DEPTH) {
                let depth = DEPTH.min(k - p);
                let accumulate = accumulate || p > 0;
                for j in (0..n).step_by(COLUMNS) {
                    let columns = COLUMNS.min(n - j);
                    let b = match layout {
                        Layout::RowPerK => &b[p * ldb + j..],
                        Layout::RowPerColumn => &b[j * ldb + p..],
                    };
                    pack(layout, columns, depth, b, ldb, panels);
                    let c = &mut c[j..];
                    multiply(
                        m,
                        columns,
                        depth,
                        &a[p..],
                        lda,
                        panels,
                        depth,
                        0,
                        c,
                        ldc,
                        accumulate,
                    );
                }
            }
        },
    );
}

/// True when there is no multiply-add to do; C is then zeroed unless it accumulates.
pub(super) fn nothing_to_multiply(
    m: usize,
    n: usize,
    k: usize,
    c: &mut [f32],
    ldc: usize,
    accumulate: bool,
) -> bool {
    if m == 0 || n == 0 {
        return true;
    }
    if k == 0 && !accumulate {
        for i in 0..m {
            c[i * ldc..][..n].fill(0.0);
        }
    }
    k == 0
}

/// Panics when a matrix of this shape does not fit its slice.
pub(super) fn check(rows: usize, columns: usize, x: &[f32], step: usize, name: &str) {
    if rows == 0 || columns == 0 {
        return;
    }
    let end = (rows - 1)
        .checked_mul(step)
        .and_then(|start| start.checked_add(columns));
    assert!(
        end.is_some_and(|end| end <= x.len()),
        "matrix {name}: {rows} rows of {columns} with step {step} do not fit {} elements",
        x.len()
    );
}

#[cfg(test)]
mod tests {
    use super::super::{gemm_packed, pack_nn, pack_nt};
    use super::*;
    use proptest::prelude::*;

    /// How the operands of a product lie.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Kind {
        Nn,
        Nt,
        Tn,
        PackedNn,
        PackedNt,
    }
    const KINDS: [Kind; 5] = [Kind::Nn, Kind::Nt, Kind::Tn, Kind::PackedNn, Kind::PackedNt];

    fn random(count: usize, seed: u64) -> Vec<f32> {
        let mut x = vec![0.0; count];
        crate::random::fill_normal(&mut x, seed, 0);
        x
    }

    /// `rows` rows of `columns` with `step` between them; the gaps are NaN, so that reading one shows.
    fn spread(x: &[f32], rows: usize, columns: usize, step: usize) -> Vec<f32> {
        let mut out = vec![f32::NAN; rows * step];
        for i in 0..rows {
            out[i * step..][..columns].copy_from_slice(&x[i * columns..][..columns]);
        }
        out
    }

    fn transposed(x: &[f32], rows: usize, columns: usize) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        for i in 0..rows {
            for j in 0..columns {
                out[j * rows + i] = x[i * columns + j];
            }
        }
        out
    }

    /// The product of dense `a[m,k]` and `b[k,n]` by the function that `kind` names, with `gap` between rows.
    fn product(
        kind: Kind,
        [m, n, k]: [usize; 3],
        a: &[f32],
        b: &[f32],
        c: Option<&[f32]>,
        gap: usize,
    ) -> Vec<f32> {
        let accumulate = c.is_some();
        let zeros = vec![0.0; m * n];
        let mut out = spread(c.unwrap_or(&zeros), m, n, n + gap);
        let ldc = n + gap;
        let rows_a = spread(a, m, k, k + gap);
        match kind {
            Kind::Nn => {
                let b = spread(b, k, n, n + gap);
                gemm_nn(
                    m,
                    n,
                    k,
                    &rows_a,
                    k + gap,
                    &b,
                    n + gap,
                    &mut out,
                    ldc,
                    accumulate,
                );
            }
            Kind::Nt => {
                let b = spread(&transposed(b, k, n), n, k, k + gap);
                gemm_nt(
                    m,
                    n,
                    k,
                    &rows_a,
                    k + gap,
                    &b,
                    k + gap,
                    &mut out,
                    ldc,
                    accumulate,
                );
            }
            Kind::Tn => {
                let a = spread(&transposed(a, m, k), k, m, m + gap);
                let b = spread(b, k, n, n + gap);
                gemm_tn(m, n, k, &a, m + gap, &b, n + gap, &mut out, ldc, accumulate);
            }
            Kind::PackedNn => {
                let b = pack_nn(b, n, k);
                gemm_packed(m, &rows_a, k + gap, &b, &mut out, ldc, accumulate);
            }
            Kind::PackedNt => {
                let b = pack_nt(&transposed(b, k, n), n, k);
                gemm_packed(m, &rows_a, k + gap, &b, &mut out, ldc, accumulate);
            }
        }
        let mut dense = Vec::with_capacity(m * n);
        for i in 0..m {
            dense.extend_from_slice(&out[i * ldc..][..n]);
            assert!(
                out[i * ldc + n..(i + 1) * ldc].iter().all(|x| x.is_nan()),
                "wrote into a gap"
            );
        }
        dense
    }

    /// The contract, literally: one chain over ascending k. Native builds multiply, then add.
    fn chain([m, n, k]: [usize; 3], a: &[f32], b: &[f32], c: Option<&[f32]>) -> Vec<f32> {
        let mut out = vec![0.0; m * n];
        for i in 0..m {
            for j in 0..n {
                let mut sum = c.map_or(0.0, |c| c[i * n + j]);
                for p in 0..k {
                    sum += a[i * k + p] * b[p * n + j];
                }
                out[i * n + j] = sum;
            }
        }
        out
    }

    fn bits(x: &[f32]) -> Vec<u32> {
        x.iter().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn gemm_adds_up_by_hand() {
        // [1 2; 3 4] · [5 6; 7 8] = [1·5+2·7 1·6+2·8; 3·5+4·7 3·6+4·8]
        for kind in KINDS {
            let c = product(
                kind,
                [2, 2, 2],
                &[1.0, 2.0, 3.0, 4.0],
                &[5.0, 6.0, 7.0, 8.0],
                None,
                1,
            );
            assert_eq!(c, [19.0, 22.0, 43.0, 50.0], "{kind:?}");
        }
    }

    #[test]
    fn gemm_is_one_chain_for_every_kind_tile_edge_and_block() {
        let shapes = [
            [0, 3, 2],
            [3, 0, 2],
            [3, 2, 0],
            [1, 1, 1],
            [2, 5, 3],
            [3, 12, 4],
            [7, 31, 9],
            [17, 33, 65],
            [1, 36, 40],
            [1, 129, 17],
            [4, 48, 257],
            [16, 16, 16],
            [15, 100, 300],
            [5, 530, 7],
            [195, 29, 260],
            [8, 4, 513],
            [64, 64, 64],
        ];
        for (seed, shape) in shapes.into_iter().enumerate() {
            let [m, n, k] = shape;
            let (a, b) = (random(m * k, seed as u64), random(k * n, 100 + seed as u64));
            let old = random(m * n, 200 + seed as u64);
            for c in [None, Some(old.as_slice())] {
                let expected = chain(shape, &a, &b, c);
                for kind in KINDS {
                    let actual = product(kind, shape, &a, &b, c, seed % 3);
                    assert_eq!(
                        bits(&actual),
                        bits(&expected),
                        "{kind:?} {shape:?} {}",
                        c.is_some()
                    );
                }
            }
        }
    }

    #[test]
    fn gemm_gives_a_row_the_same_bits_alone_and_among_others() {
        let [m, n, k] = [50, 77, 300];
        let (a, b) = (random(m * k, 1), random(k * n, 2));
        for kind in KINDS {
            let all = product(kind, [m, n, k], &a, &b, None, 0);
            for count in [1, 2, 3, 5, 9] {
                for i in (0..=m - count).step_by(7) {
                    let rows = product(kind, [count, n, k], &a[i * k..][..count * k], &b, None, 0);
                    assert_eq!(
                        bits(&rows),
                        bits(&all[i * n..][..count * n]),
                        "{kind:?} {count} rows at {i}"
                    );
                }
            }
        }
    }

    #[test]
    fn gemm_accumulates_a_split_k_to_the_bits_of_the_whole() {
        let [m, n, k] = [13, 21, 90];
        let (a, b) = (random(m * k, 5), random(k * n, 6));
        let mut whole = vec![0.0; m * n];
        gemm_nn(m, n, k, &a, k, &b, n, &mut whole, n, false);
        let mut parts = vec![f32::NAN; m * n];
        gemm_nn(m, n, 37, &a, k, &b, n, &mut parts, n, false);
        gemm_nn(
            m,
            n,
            k - 37,
            &a[37..],
            k,
            &b[37 * n..],
            n,
            &mut parts,
            n,
            true,
        );
        assert_eq!(bits(&parts), bits(&whole));
    }

    #[test]
    fn gemm_keeps_a_nan_in_its_row_and_column() {
        let [m, n, k] = [8, 27, 20];
        let (mut a, mut b) = (random(m * k, 8), random(k * n, 9));
        a[3 * k + 7] = f32::NAN;
        b[11 * n + n - 1] = f32::INFINITY;
        for kind in KINDS {
            let c = product(kind, [m, n, k], &a, &b, None, 0);
            for (at, x) in c.iter().enumerate() {
                let touched = at / n == 3 || at % n == n - 1;
                assert_eq!(x.is_finite(), !touched, "{kind:?} {at}");
            }
        }
    }

    #[test]
    fn gemm_clears_c_when_k_is_zero_and_nothing_accumulates() {
        let mut c = [1.0; 6];
        gemm_nn(2, 2, 0, &[], 0, &[], 2, &mut c, 3, false);
        assert_eq!(c, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
        gemm_tn(2, 2, 0, &[], 0, &[], 2, &mut c, 3, true);
        assert_eq!(c, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "matrix B")]
    fn gemm_panics_when_b_is_too_short() {
        gemm_nt(
            2,
            3,
            4,
            &[0.0; 8],
            4,
            &[0.0; 11],
            4,
            &mut [0.0; 6],
            3,
            false,
        );
    }

    #[test]
    #[should_panic(expected = "matrix A")]
    fn gemm_panics_when_a_stride_overflows() {
        gemm_nn(
            3,
            1,
            1,
            &[0.0; 3],
            usize::MAX / 2 + 2,
            &[0.0],
            1,
            &mut [0.0; 3],
            1,
            false,
        );
    }

    #[test]
    fn repack_overwrites_the_weights() {
        let mut packed = pack_nt(&random(15 * 7, 1), 15, 7);
        let (a, b) = (random(4 * 7, 2), random(15 * 7, 3));
        packed.repack_nt(&b);
        let mut c = vec![0.0; 60];
        gemm_packed(4, &a, 7, &packed, &mut c, 15, false);
        assert_eq!(
            bits(&c),
            bits(&chain([4, 15, 7], &a, &transposed(&b, 15, 7), None))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn gemm_is_near_the_product_in_f64(m in 0usize..40, n in 0usize..70, k in 0usize..90, gap in 0usize..5, seed: u64) {
            let (a, b) = (random(m * k, seed), random(k * n, seed ^ 1));
            for kind in KINDS {
                let c = product(kind, [m, n, k], &a, &b, None, gap);
                for i in 0..m {
                    for j in 0..n {
                        let terms = (0..k).map(|p| a[i * k + p] as f64 * b[p * n + j] as f64);
                        let (exact, size) = terms.fold((0.0, 0.0), |(s, t), x| (s + x, t + x.abs()));
                        let bound = size * (k + 1) as f64 * f32::EPSILON as f64 / 2.0;
                        prop_assert!((c[i * n + j] as f64 - exact).abs() <= bound, "{kind:?} {i} {j}");
                    }
                }
            }
        }
    }
}
