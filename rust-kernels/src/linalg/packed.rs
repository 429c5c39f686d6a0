//! Weights in panels: packed once an update, multiplied many times.

use super::panels::{multiply, multiply_wanted, pack, packed_length, Layout};
use crate::simd::{as_floats, F32x4};

/// Depth of one pass: a panel of it (12 kB) stays in the first-level cache while all rows pass by.
pub(super) const DEPTH: usize = 256;

/// A matrix `B[k,n]` in the order in which a product reads it.
pub struct PackedB {
    n: usize,
    k: usize,
    panels: Vec<F32x4>,
}

impl PackedB {
    /// Columns of the product.
    pub fn n(&self) -> usize {
        self.n
    }
    /// Columns of A.
    pub fn k(&self) -> usize {
        self.k
    }
    /// Packs `b[n,k]`, dense, again into the same space: `x · Wᵀ` for weights `W[out,in]`.
    ///
    /// # Panics
    /// When `b` has not `n · k` elements.
    pub fn repack_nt(&mut self, b: &[f32]) {
        assert_eq!(b.len(), self.n * self.k);
        let (n, k) = (self.n, self.k);
        pack(
            Layout::RowPerColumn,
            n,
            k,
            b,
            k,
            as_floats(&mut self.panels),
        );
    }
    /// Packs `b[k,n]`, dense, again into the same space: `dY · W` for weights `W[out,in]`.
    ///
    /// # Panics
    /// When `b` has not `n · k` elements.
    pub fn repack_nn(&mut self, b: &[f32]) {
        assert_eq!(b.len(), self.n * self.k);
        let (n, k) = (self.n, self.k);
        pack(Layout::RowPerK, n, k, b, n, as_floats(&mut self.panels));
    }
    fn new(n: usize, k: usize) -> Self {
        let panels = vec![F32x4::zero(); packed_length(n, k) / 4];
        Self { n, k, panels }
    }
    fn floats(&self) -> &[f32] {
        crate::simd::floats(&self.panels)
    }
}

/// Packs dense `b[n,k]`, the layout of `gemm_nt`: `x · Wᵀ` for weights `W[out,in]` is `pack_nt(w, out, in)`.
///
/// # Panics
/// When `b` has not `n · k` elements.
pub fn pack_nt(b: &[f32], n: usize, k: usize) -> PackedB {
    let mut packed = PackedB::new(n, k);
    packed.repack_nt(b);
    packed
}

/// Packs dense `b[k,n]`, the layout of `gemm_nn`: `dY · W` for weights `W[out,in]` is `pack_nn(w, in, out)`.
///
/// # Panics
/// When `b` has not `n · k` elements.
pub fn pack_nn(b: &[f32], n: usize, k: usize) -> PackedB {
    let mut packed = PackedB::new(n, k);
    packed.repack_nn(b);
    packed
}

/// `C[m,n] (+)= A[m,k] · B` with packed B; the same bits as `gemm_nn` and `gemm_nt`.
///
/// # Panics
/// When A or C is shorter than its shape and stride say.
pub fn gemm_packed(
    m: usize,
    a: &[f32],
    lda: usize,
    b: &PackedB,
    c: &mut [f32],
    ldc: usize,
    accumulate: bool,
) {
    let (n, k) = (b.n, b.k);
    super::gemm::check(m, k, a, lda, "A");
    super::gemm::check(m, n, c, ldc, "C");
    if super::gemm::nothing_to_multiply(m, n, k, c, ldc, accumulate) {
        return;
    }
    let panels = b.floats();
    for start in (0..k).step_by(DEPTH) {
        let depth = DEPTH.min(k - start);
        let accumulate = accumulate || start > 0;
        multiply(
            m,
            n,
            depth,
            &a[start..],
            lda,
            panels,
            k,
            start,
            c,
            ldc,
            accumulate,
        );
    }
}

/// Those columns of `C[m,n] = A[m,k] · B`, all dense, that `wanted` has a bit for, the lowest first, and some beside them;
/// the others stay. The same bits as [`gemm_packed`].
///
/// # Panics
/// When A, C or `wanted` is too short.
pub fn gemm_packed_wanted(m: usize, a: &[f32], b: &PackedB, wanted: &[u32], c: &mut [f32]) {
    let (n, k) = (b.n, b.k);
    super::gemm::check(m, k, a, k, "A");
    super::gemm::check(m, n, c, n, "C");
    assert!(wanted.len() >= n.div_ceil(32));
    multiply_wanted(m, n, k, a, b.floats(), wanted, c);
}
