//! The gradient of causal attention within one sequence.

use super::attention::{Scoring, QUERY_BLOCK};
use super::error::{resize, Outcome};
use super::shape::Shape;
use crate::simd::{dot, exp, panel_product, tanh, transpose, F32x4};

/// Columns of one product: two vectors.
const PANEL: usize = 8;

/// Scratch memory of [`backward`].
///
/// # Shapes
/// `keys [d, rows]`; `probabilities`, `d_scores` `[rows, QUERY_BLOCK]`; `block`s `[QUERY_BLOCK, padded d]`;
/// `transposed [padded d, QUERY_BLOCK]`.
#[derive(Default)]
pub struct Scratch {
    keys: Vec<f32>,
    probabilities: Vec<f32>,
    d_scores: Vec<f32>,
    queries: Vec<f32>,
    d_out: Vec<f32>,
    transposed: Vec<f32>,
}

/// Gradient of queries, keys and values; probabilities are computed again from the kept log-normalizers.
///
/// ```text
/// P = exp(s·q·kᵀ − L);  dV = Pᵀ·dO;  dP = dO·Vᵀ;  dS = s · P ∘ (dP − rowsum(dO ∘ O));  dQ = dS·K;  dK = dSᵀ·Q
/// ```
///
/// Capped scores are `c·tanh(s·q·kᵀ/c)`, and dS has the factor `1 − tanh²`, too.
///
/// `Pᵀ` and `dSᵀ` are what the products with P and dS on the left need, so both are computed transposed.
///
/// # Shapes
/// `projected`, `d_projected` `[rows, projectedWidth]`, one whole sequence; `attended`, `d_attended`
/// `[rows, queryWidth]`; `normalizers [rows, heads]`.
pub fn backward(
    shape: &Shape,
    scoring: Scoring,
    projected: &[f32],
    attended: &[f32],
    normalizers: &[f32],
    d_attended: &[f32],
    d_projected: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let d = shape.head_dimension;
    let (stride, width) = (shape.projected_width(), shape.query_width());
    let rows = projected.len() / stride;
    let padded = d.next_multiple_of(PANEL);
    resize(&mut scratch.keys, d * rows)?;
    resize(&mut scratch.probabilities, QUERY_BLOCK * rows)?;
    resize(&mut scratch.d_scores, QUERY_BLOCK * rows)?;
    resize(&mut scratch.queries, QUERY_BLOCK * padded)?;
    resize(&mut scratch.d_out, QUERY_BLOCK * padded)?;
    resize(&mut scratch.transposed, QUERY_BLOCK * padded)?;
    for row in d_projected.chunks_exact_mut(stride) {
        row[width..].fill(0.0);
    }
    for head in 0..shape.heads {
        let key = width + head / shape.group() * d;
        let columns = Columns {
            d,
            padded,
            query: head * d,
            key,
            value: key + shape.key_width(),
        };
        if head % shape.group() == 0 {
            transpose(rows, d, &projected[key..], stride, &mut scratch.keys, rows);
        }
        for first in (0..rows).step_by(QUERY_BLOCK) {
            let count = QUERY_BLOCK.min(rows - first);
            let mut normalizer = [0.0; QUERY_BLOCK];
            let mut pull = [0.0; QUERY_BLOCK];
            for i in 0..count {
                normalizer[i] = normalizers[(first + i) * shape.heads + head];
                let at = (first + i) * width + columns.query;
                pull[i] = dot(&d_attended[at..][..d], &attended[at..][..d]);
            }
            copy_block(
                &projected[first * stride + columns.query..],
                stride,
                count,
                &columns,
                &mut scratch.queries,
            );
            copy_block(
                &d_attended[first * width + columns.query..],
                width,
                count,
                &columns,
                &mut scratch.d_out,
            );
            block(
                &columns,
                scoring,
                projected,
                stride,
                first,
                count,
                &normalizer,
                &pull,
                d_projected,
                scratch,
            );
        }
    }
    Ok(())
}

/// Where a head's queries, keys and values stand in a row.
struct Columns {
    d: usize,
    padded: usize,
    query: usize,
    key: usize,
    value: usize,
}

/// Copies rows of one head side by side, padded with zeros to whole panels and a whole block.
fn copy_block(x: &[f32], step: usize, count: usize, columns: &Columns, to: &mut [f32]) {
    for (i, to) in to.chunks_exact_mut(columns.padded).enumerate() {
        to.fill(0.0);
        if i < count {
            to[..columns.d].copy_from_slice(&x[i * step..][..columns.d]);
        }
    }
}

/// One block of queries of one head.
fn block(
    columns: &Columns,
    scoring: Scoring,
    projected: &[f32],
    stride: usize,
    first: usize,
    count: usize,
    normalizer: &[f32; QUERY_BLOCK],
    pull: &[f32; QUERY_BLOCK],
    d_projected: &mut [f32],
    scratch: &mut Scratch,
) {
    let &Columns {
        d,
        padded,
        query,
        key,
        value,
    } = columns;
    let Scratch {
        keys,
        probabilities: p,
        d_scores: ds,
        queries,
        d_out,
        transposed,
    } = scratch;
    let Scoring { scale, cap, window } = scoring;
    let start = scoring.start(first + 1);
    let seen = first + count - start;
    let rows = projected.len() / stride;
    let (projected, d_projected) = (
        &projected[start * stride..],
        &mut d_projected[start * stride..],
    );
    // Sᵀ = K·Qᵀ and dPᵀ = V·dOᵀ, both [seen, QUERY_BLOCK].
    for (at, side, result) in [(key, &*queries, &mut *p), (value, &*d_out, &mut *ds)] {
        transpose(QUERY_BLOCK, d, side, padded, transposed, QUERY_BLOCK);
        for c in (0..QUERY_BLOCK).step_by(PANEL) {
            let (a, b, c) = (&projected[at..], &transposed[c..], &mut result[c..]);
            panel_product::<2>(
                seen,
                d,
                a,
                stride,
                b,
                QUERY_BLOCK,
                c,
                QUERY_BLOCK,
                PANEL,
                false,
            );
        }
    }
    let rows_p = p.chunks_exact_mut(QUERY_BLOCK);
    for (j, (p, ds)) in (start..).zip(rows_p.zip(ds.chunks_exact_mut(QUERY_BLOCK)).take(seen)) {
        if cap > 0.0 {
            capped_gradients(p, ds, normalizer, pull, scale, cap);
        } else {
            let scale = F32x4::splat(scale);
            score_gradients(p, ds, normalizer, pull, |x| (x * scale, scale));
        }
        // Queries before key j do not see it, nor do those that left it behind; queries behind the block do not exist.
        let hidden = j.saturating_sub(first);
        let end = j.saturating_add(window).saturating_sub(first).min(count);
        for x in [p, ds] {
            x[..hidden].fill(0.0);
            x[end..].fill(0.0);
        }
    }
    for c in (0..d).step_by(PANEL) {
        let width = PANEL.min(d - c);
        let d_values = &mut d_projected[value + c..];
        panel_product::<2>(
            seen,
            QUERY_BLOCK,
            p,
            QUERY_BLOCK,
            &d_out[c..],
            padded,
            d_values,
            stride,
            width,
            true,
        );
        let d_keys = &mut d_projected[key + c..];
        panel_product::<2>(
            seen,
            QUERY_BLOCK,
            ds,
            QUERY_BLOCK,
            &queries[c..],
            padded,
            d_keys,
            stride,
            width,
            true,
        );
    }
    // dQᵀ = Kᵀ·dSᵀ, [d, QUERY_BLOCK].
    for c in (0..QUERY_BLOCK).step_by(PANEL) {
        let d_queries = &mut transposed[c..];
        panel_product::<2>(
            d,
            seen,
            &keys[start..],
            rows,
            &ds[c..],
            QUERY_BLOCK,
            d_queries,
            QUERY_BLOCK,
            PANEL,
            false,
        );
    }
    transpose(
        d,
        count,
        transposed,
        QUERY_BLOCK,
        &mut d_projected[(first - start) * stride + query..],
        stride,
    );
}

/// [`score_gradients`] where scores are capped.
#[inline(never)]
fn capped_gradients(
    p: &mut [f32],
    ds: &mut [f32],
    normalizer: &[f32; QUERY_BLOCK],
    pull: &[f32; QUERY_BLOCK],
    scale: f32,
    cap: f32,
) {
    let (scale, factor, cap) = (
        F32x4::splat(scale),
        F32x4::splat(scale / cap),
        F32x4::splat(cap),
    );
    score_gradients(p, ds, normalizer, pull, |x| {
        let t = tanh(x * factor);
        (t * cap, (F32x4::splat(1.0) - t * t) * scale)
    });
}

/// Turns products of a key with queries into probabilities, and `dP` into `dS`; `score` gives a product's score and its
/// slope.
#[inline(always)]
fn score_gradients(
    p: &mut [f32],
    ds: &mut [f32],
    normalizer: &[f32; QUERY_BLOCK],
    pull: &[f32; QUERY_BLOCK],
    score: impl Fn(F32x4) -> (F32x4, F32x4),
) {
    for i in (0..QUERY_BLOCK).step_by(4) {
        let (score, slope) = score(F32x4::load(&p[i..]));
        let probability = exp(score - F32x4::load(&normalizer[i..]));
        let d_probability = F32x4::load(&ds[i..]) - F32x4::load(&pull[i..]);
        probability.store(&mut p[i..]);
        (probability * d_probability * slope).store(&mut ds[i..]);
    }
}
