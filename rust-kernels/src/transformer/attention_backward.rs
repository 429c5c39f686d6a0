//! The gradient of causal attention within one sequence.

use super::attention::QUERY_BLOCK;
use super::error::{resize, Outcome};
use super::exp::exp;
use super::rms_norm::dot;
use super::shape::Shape;
use crate::linalg::{gemm_nn, gemm_nt, gemm_tn};

/// Scratch memory of [`backward`].
#[derive(Default)]
pub struct Scratch {
    probabilities: Vec<f32>,
    d_scores: Vec<f32>,
}

/// Gradient of queries, keys and values; probabilities are computed again from the kept log-normalizers.
///
/// ```text
/// P = exp(q·kᵀ/√d − L);  dV = Pᵀ·dO;  dP = dO·Vᵀ;  dS = P ∘ (dP − rowsum(dO ∘ O)) / √d;  dQ = dS·K;  dK = dSᵀ·Q
/// ```
///
/// # Shapes
/// `projected`, `d_projected` `[rows, projectedWidth]`, one whole sequence; `attended`, `d_attended`
/// `[rows, queryWidth]`; `normalizers [rows, heads]`.
pub fn backward(
    shape: &Shape,
    projected: &[f32],
    attended: &[f32],
    normalizers: &[f32],
    d_attended: &[f32],
    d_projected: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let (d, heads) = (shape.head_dimension, shape.heads);
    let (stride, width) = (shape.projected_width(), shape.query_width());
    let rows = projected.len() / stride;
    let scale = 1.0 / (d as f32).sqrt();
    resize(&mut scratch.probabilities, QUERY_BLOCK * rows)?;
    resize(&mut scratch.d_scores, QUERY_BLOCK * rows)?;
    for row in d_projected.chunks_exact_mut(stride) {
        row[width..].fill(0.0);
    }
    for head in 0..heads {
        let q_at = head * d;
        let k_at = width + head / shape.group() * d;
        let v_at = k_at + shape.key_width();
        for first in (0..rows).step_by(QUERY_BLOCK) {
            let block = QUERY_BLOCK.min(rows - first);
            let seen = first + block;
            let (p, ds) = (&mut scratch.probabilities, &mut scratch.d_scores);
            let q = &projected[first * stride + q_at..];
            let d_out = &d_attended[first * width + q_at..];
            gemm_nt(
                block,
                seen,
                d,
                q,
                stride,
                &projected[k_at..],
                stride,
                p,
                seen,
                false,
            );
            gemm_nt(
                block,
                seen,
                d,
                d_out,
                width,
                &projected[v_at..],
                stride,
                ds,
                seen,
                false,
            );
            for i in 0..block {
                let row = first + i;
                let out = &attended[row * width + q_at..][..d];
                let pull = dot(&d_out[i * width..][..d], out);
                let normalizer = normalizers[row * heads + head];
                let p = &mut p[i * seen..][..seen];
                let ds = &mut ds[i * seen..][..seen];
                for (p, ds) in p.iter_mut().zip(ds.iter_mut()).take(row + 1) {
                    *p = exp(*p * scale - normalizer);
                    *ds = *p * (*ds - pull) * scale;
                }
                p[row + 1..].fill(0.0);
                ds[row + 1..].fill(0.0);
            }
            let d_q = &mut d_projected[first * stride + q_at..];
            gemm_nn(
                block,
                d,
                seen,
                ds,
                seen,
                &projected[k_at..],
                stride,
                d_q,
                stride,
                false,
            );
            gemm_tn(
                seen,
                d,
                block,
                ds,
                seen,
                q,
                stride,
                &mut d_projected[k_at..],
                stride,
                true,
            );
            gemm_tn(
                seen,
                d,
                block,
                p,
                seen,
                d_out,
                width,
                &mut d_projected[v_at..],
                stride,
                true,
            );
        }
    }
    Ok(())
}
