//! Causal attention of packed rows over the keys and values of one episode.

use super::cache::{Cache, Head, VALUE_PANEL};
use super::error::{resize, Outcome};
use super::shape::Shape;
use crate::linalg::multiply_panels as multiply;
use crate::simd::{exp, panel_product, row_product, tanh, F32x4, PANEL_VECTORS};

/// Queries handled together: keys behind the last of them are never touched, so little of the causal half is wasted.
pub const QUERY_BLOCK: usize = 16;
/// Keys in one panel.
const WIDTH: usize = 4 * PANEL_VECTORS;

/// How a layer makes scores, and which of them count.
#[derive(Clone, Copy)]
pub struct Scoring {
    /// Factor of a query's product with a key.
    pub scale: f32,
    /// Scores become `cap·tanh(score/cap)`; 0: they stay.
    pub cap: f32,
    /// Keys that a query sees, the last its own.
    pub window: usize,
}

impl Scoring {
    /// The scoring of a layer.
    pub fn of(shape: &Shape, layer: usize) -> Self {
        Self {
            scale: shape.attention_scale(),
            cap: shape.blocks.attention_cap,
            window: shape.blocks.window(layer),
        }
    }

    /// The first key worth computing for a query that sees the keys before `end`; a multiple of the panel width, so that
    /// a key's place in every sum does not depend on it.
    pub fn start(&self, end: usize) -> usize {
        end.saturating_sub(self.window) / WIDTH * WIDTH
    }
}

/// `out = softmax(s·q·kᵀ, causal) · v` for every head; query heads of a group share keys and values.
///
/// Scores of keys that a query may not see become exact zeros after the softmax; they come last in every sum, so a
/// row's result does not depend on what it was computed together with.
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
    scoring: Scoring,
    out: &mut [f32],
    normalizers: &mut [f32],
    scores: &mut Vec<f32>,
) -> Outcome<()> {
    let (d, group, heads) = (shape.head_dimension, shape.group(), shape.heads);
    let (stride, width) = (shape.projected_width(), shape.query_width());
    let rows = projected.len() / stride;
    let reach = (base + rows).next_multiple_of(WIDTH);
    resize(scores, QUERY_BLOCK.max(group) * reach)?;
    for key_head in 0..shape.key_value_heads {
        let head = cache.head(shape, layer, key_head);
        let first_query = key_head * group;
        if rows == 1 {
            // One row: the heads of the group are the rows of the product.
            let q = Rows {
                x: &projected[first_query * d..],
                step: d,
                count: group,
            };
            let out = &mut out[first_query * d..];
            attend(
                &head,
                d,
                scoring,
                q,
                (base + 1, 0),
                out,
                d,
                &mut normalizers[first_query..],
                1,
                scores,
            );
            continue;
        }
        for first in (0..rows).step_by(QUERY_BLOCK) {
            let count = QUERY_BLOCK.min(rows - first);
            for query in first_query..first_query + group {
                let x = &projected[first * stride + query * d..];
                let q = Rows {
                    x,
                    step: stride,
                    count,
                };
                let out = &mut out[first * width + query * d..];
                let normalizers = &mut normalizers[first * heads + query..];
                let visible = (base + first + 1, 1);
                attend(
                    &head,
                    d,
                    scoring,
                    q,
                    visible,
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

/// `count` rows that start `step` apart.
struct Rows<'a> {
    x: &'a [f32],
    step: usize,
    count: usize,
}

/// Attention of a block of queries; the first sees the keys before `visible.0`, each further one `visible.1` more.
fn attend(
    head: &Head,
    d: usize,
    scoring: Scoring,
    q: Rows,
    visible: (usize, usize),
    out: &mut [f32],
    out_step: usize,
    normalizers: &mut [f32],
    normalizer_step: usize,
    scores: &mut [f32],
) {
    let Scoring { scale, cap, window } = scoring;
    let start = scoring.start(visible.0);
    let seen = visible.0 + (q.count - 1) * visible.1 - start;
    let width = seen.next_multiple_of(WIDTH);
    let keys = &head.keys[start * d..];
    multiply(
        q.count, width, d, q.x, q.step, keys, d, 0, scores, width, false,
    );
    for i in 0..q.count {
        let row = &mut scores[i * width..][..width];
        let end = visible.0 + i * visible.1;
        let span = (end.saturating_sub(window).max(start) - start, end - start);
        let scale = if cap > 0.0 {
            cap_scores(row, scale, cap);
            1.0
        } else {
            scale
        };
        normalizers[i * normalizer_step] = softmax(row, span, scale);
    }
    if q.count == 1 {
        return weigh(head, d, start, &scores[..seen], out);
    }
    for column in (0..d).step_by(VALUE_PANEL) {
        let columns = VALUE_PANEL.min(d - column);
        let values = &head.values[column * head.capacity + start * VALUE_PANEL..];
        panel_product::<2>(
            q.count,
            seen,
            scores,
            width,
            values,
            VALUE_PANEL,
            &mut out[column..],
            out_step,
            columns,
            false,
        );
    }
}

/// `score = cap · tanh(scale · score / cap)`.
#[inline(never)]
fn cap_scores(row: &mut [f32], scale: f32, cap: f32) {
    let (factor, cap) = (F32x4::splat(scale / cap), F32x4::splat(cap));
    for x in row.chunks_exact_mut(4) {
        (tanh(F32x4::load(x) * factor) * cap).store(x);
    }
}

/// `out = weights · values` for one query, the weights those of the keys from `first` on: several panels at once, as one
/// alone has too few sums to be fast.
fn weigh(head: &Head, d: usize, first: usize, weights: &[f32], out: &mut [f32]) {
    let step = head.capacity * VALUE_PANEL;
    let (k, mut start) = (weights.len(), 0);
    while start < d {
        let values = &head.values[start * head.capacity + first * VALUE_PANEL..];
        let out = &mut out[start..];
        let (run, panels): (RowProduct, _) = match (d - start).div_ceil(VALUE_PANEL) {
            1 => (row_product::<2, 1>, 1),
            2 | 3 => (row_product::<2, 2>, 2),
            _ => (row_product::<2, 4>, 4),
        };
        let columns = (d - start).min(panels * VALUE_PANEL);
        run(k, weights, values, VALUE_PANEL, step, out, columns, false);
        start += columns;
    }
}

/// See [`row_product`].
type RowProduct = fn(usize, &[f32], &[f32], usize, usize, &mut [f32], usize, bool);

/// Replaces the scores from `first` to `count` by `softmax(scale · scores)` and the rest by 0; returns
/// `ln Σ exp(scale · score)`.
///
/// The sum runs in four lanes by position. The length of `row` is a multiple of 4.
fn softmax(row: &mut [f32], (first, count): (usize, usize), scale: f32) -> f32 {
    let end = count.next_multiple_of(4);
    row[..first].fill(f32::NEG_INFINITY);
    row[count..end].fill(f32::NEG_INFINITY);
    row[end..].fill(0.0);
    let row = &mut row[..end];
    let mut highest = F32x4::splat(f32::NEG_INFINITY);
    for x in row.chunks_exact(4) {
        highest = highest.max(F32x4::load(x));
    }
    let [a, b, c, d] = highest.to_array();
    let max = a.max(b).max(c.max(d)) * scale;
    let (factor, shift) = (F32x4::splat(scale), F32x4::splat(-max));
    let mut sums = F32x4::zero();
    for x in row.chunks_exact_mut(4) {
        let e = exp(F32x4::load(x).mul_add(factor, shift));
        sums = sums + e;
        e.store(x);
    }
    let sum = sums.sum();
    let inverse = F32x4::splat(1.0 / sum);
    for x in row.chunks_exact_mut(4) {
        (F32x4::load(x) * inverse).store(x);
    }
    max + sum.ln()
}
