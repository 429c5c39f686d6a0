//! Matrix products. Straightforward for now; the contract of the functions is final.

/// `C[m,n] (+)= A[m,k] · B[k,n]`; row-major with row strides `lda`, `ldb`, `ldc` (in elements).
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
    for i in 0..m {
        for j in 0..n {
            let mut sum = if accumulate { c[i * ldc + j] } else { 0.0 };
            for p in 0..k {
                sum += a[i * lda + p] * b[p * ldb + j];
            }
            c[i * ldc + j] = sum;
        }
    }
}

/// `C[m,n] (+)= A[m,k] · B[n,k]ᵀ`; the layout of a linear layer's `x · Wᵀ` with `W[out,in]`.
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
    for i in 0..m {
        for j in 0..n {
            let mut sum = if accumulate { c[i * ldc + j] } else { 0.0 };
            for p in 0..k {
                sum += a[i * lda + p] * b[j * ldb + p];
            }
            c[i * ldc + j] = sum;
        }
    }
}

/// `C[m,n] (+)= A[k,m]ᵀ · B[k,n]`; the layout of a weight gradient `dYᵀ · X`.
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
    for i in 0..m {
        for j in 0..n {
            let mut sum = if accumulate { c[i * ldc + j] } else { 0.0 };
            for p in 0..k {
                sum += a[p * lda + i] * b[p * ldb + j];
            }
            c[i * ldc + j] = sum;
        }
    }
}
