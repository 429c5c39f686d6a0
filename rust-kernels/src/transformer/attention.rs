//! Causal attention of packed rows over the keys and values of one episode.

use super::cache::Cache;
use super::error::{resize, Outcome};
use super::exp::exp;
use super::shape::Shape;
use crate::linalg::gemm_nn;

/// Queries handled together: keys behind the last of them are never touched, so little of the causal half is wasted.
pub const QUERY_BLOCK: usize = 16;

/// `out = softmax(q·kᵀ/√d, causal) · v` for every head; query heads of a group share keys and values.
///
/// Scores of keys that a query may not see are replaced by exact zeros after the softmax; they come last in every
/// sum, so a row's result does not depend on what it was computed together with.
///
/// # Shapes
/// `projected [rows, projectedWidth]`, the rows at positions `base ..` whose keys and values `cache` already holds in
/// `layer`; `out [rows, queryWidth]`; `normalizers [rows, heads]` gets `ln Σ exp(score)`.
pub fn forward(
    shape: &Shape,
    projected: &[f32],
    base: usize,
    cache: &Cache,
    layer: usize,
    out: &mut [f32],
    normalizers: &mut [f32],
    scores: &mut Vec<f32>,
) -> Outcome<()> {
    let (d, group, heads) = (shape.head_dimension, shape.group(), shape.heads);
    let (stride, width) = (shape.projected_width(), shape.query_width());
    let rows = projected.len() / stride;
    resize(scores, QUERY_BLOCK.max(group) * cache.capacity())?;
    for key_head in 0..shape.key_value_heads {
        let (keys, values) = cache.head(shape, layer, key_head);
        let (keys, values) = (Keys { keys, values, d }, cache.capacity());
        let head = key_head * group;
        if rows == 1 {
            // One row: the heads of the group are the rows of the product.
            let (q, out) = (&projected[head * d..], &mut out[head * d..]);
            keys.attend(
                group,
                values,
                (base + 1, 0),
                q,
                d,
                out,
                d,
                &mut normalizers[head..],
                1,
                scores,
            );
            continue;
        }
        for first in (0..rows).step_by(QUERY_BLOCK) {
            let block = QUERY_BLOCK.min(rows - first);
            for head in head..head + group {
                let q = &projected[first * stride + head * d..];
                let out = &mut out[first * width + head * d..];
                let normalizers = &mut normalizers[first * heads + head..];
                let visible = (base + first + 1, 1);
                keys.attend(
                    block,
                    values,
                    visible,
                    q,
                    stride,
                    out,
                    width,
                    normalizers,
                    heads,
                    scores,
                );
            }
        }
    }
    Ok(())
}

/// Keys `[d, capacity]` and values `[capacity, d]` of one head.
struct Keys<'a> {
    keys: &'a [f32],
    values: &'a [f32],
    d: usize,
}

impl Keys<'_> {
    /// Attention of `block` queries; the first sees `visible.0` keys, each further one `visible.1` more.
    fn attend(
        &self,
        block: usize,
        capacity: usize,
        visible: (usize, usize),
        q: &[f32],
        q_stride: usize,
        out: &mut [f32],
        out_stride: usize,
        normalizers: &mut [f32],
        normalizer_stride: usize,
        scores: &mut [f32],
    ) {
        let d = self.d;
        let scale = 1.0 / (d as f32).sqrt();
        let seen = visible.0 + (block - 1) * visible.1;
        // Whole vectors of positions; the capacity is a multiple of 16.
        let width = seen.next_multiple_of(8);
        gemm_nn(
            block, width, d, q, q_stride, self.keys, capacity, scores, width, false,
        );
        for i in 0..block {
            let row = &mut scores[i * width..][..width];
            let end = visible.0 + i * visible.1;
            normalizers[i * normalizer_stride] = softmax(&mut row[..end], scale);
            row[end..].fill(0.0);
        }
        gemm_nn(
            block,
            d,
            seen,
            scores,
            width,
            self.values,
            d,
            out,
            out_stride,
            false,
        );
    }
}

/// Replaces scores by `softmax(scale · scores)`; returns `ln Σ exp(scale · scores)`.
///
/// The sum runs in four lanes by position, so zeros behind the row would not change it.
fn softmax(row: &mut [f32], scale: f32) -> f32 {
    let mut highest = [f32::NEG_INFINITY; 4];
    for chunk in row.chunks(4) {
        for (h, &x) in highest.iter_mut().zip(chunk) {
            *h = if x > *h { x } else { *h };
        }
    }
    let [a, b, c, d] = highest;
    let max = a.max(b).max(c.max(d)) * scale;
    let mut lanes = [0.0f32; 4];
    let mut chunks = row.chunks_exact_mut(4);
    for chunk in &mut chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *x = exp(*x * scale - max);
            *lane += *x;
        }
    }
    for (lane, x) in lanes.iter_mut().zip(chunks.into_remainder()) {
        *x = exp(*x * scale - max);
        *lane += *x;
    }
    let sum = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
    let inverse = 1.0 / sum;
    for x in row.iter_mut() {
        *x *= inverse;
    }
    max + sum.ln()
}
