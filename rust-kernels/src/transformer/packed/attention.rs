//! Causal attention of packed rows over the pages of one episode.
//!
//! ```text
//! per page:  m′ = max(m, max s),  l = l·e^(m−m′) + Σ e^(s−m′),  o = o·e^(m−m′) + Σ e^(s−m′)·v;   out = o / l
//! ```
//!
//! A row passes the pages that it sees in their order, each by the same operations, whatever other rows are there.
//! Where there is one row, keys and values become floats in registers; several rows share a copy.

use super::page::{CacheFormat, PageShape, GROUP, PAGE, PANEL};
use super::slots::Slot;
use crate::simd::{
    exp, panel_product, stored_product, tanh, touch, widen_halves, F32x4, HALVES, KEY_BYTES,
    VALUE_BYTES,
};
use crate::transformer::attention::{Scoring, QUERY_BLOCK};
use crate::transformer::error::{resize, Outcome};
use crate::transformer::shape::Shape;

/// Memory of one head's keys, values, scales, scores, and running sums.
#[derive(Default)]
pub struct Scratch {
    keys: Vec<f32>,
    values: Vec<f32>,
    /// Scales of keys and values in eight bits, `[2, ⌈headDimension / 32⌉, PAGE]`.
    scales: Vec<f32>,
    scores: Vec<f32>,
    /// Highest score and sum of a row so far, `[rows · group]` each.
    highest: Vec<f32>,
    sums: Vec<f32>,
}

/// `out = softmax(s·q·kᵀ, causal) · v` for every head; query heads of a group share keys and values.
///
/// # Shapes
/// `projected [rows, projectedWidth]`, the rows at positions `base ..` whose keys and values `slot` already holds in
/// `layer`; `out [rows, queryWidth]`.
pub fn forward(
    shape: &Shape,
    pages: &PageShape,
    projected: &[f32],
    base: usize,
    slot: &Slot,
    layer: usize,
    out: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let (d, group) = (shape.head_dimension, shape.group());
    let (stride, width) = (shape.projected_width(), shape.query_width());
    let rows = projected.len() / stride;
    let scoring = Scoring::of(shape, layer);
    let out = &mut out[..rows * width];
    out.fill(0.0);
    let first_seen = (base + 1).saturating_sub(scoring.window) / PAGE;
    if rows == 1 {
        return forward_one(
            shape, pages, projected, base, first_seen, slot, layer, out, scratch,
        );
    }
    resize(&mut scratch.keys, pages.keys())?;
    resize(&mut scratch.values, pages.values())?;
    resize(&mut scratch.scores, QUERY_BLOCK * PAGE)?;
    resize(&mut scratch.highest, rows * group)?;
    resize(&mut scratch.sums, rows * group)?;
    for key_head in 0..shape.key_value_heads {
        scratch.highest.fill(f32::NEG_INFINITY);
        scratch.sums.fill(0.0);
        let first_query = key_head * group;
        for index in first_seen..(base + rows).div_ceil(PAGE) {
            let start = index * PAGE;
            pages.load_keys(&slot.pages[index], layer, key_head, &mut scratch.keys);
            pages.load_values(&slot.pages[index], layer, key_head, &mut scratch.values);
            let filled = PAGE.min(base + rows - start);
            let page = Page {
                d,
                start,
                filled,
                scoring,
            };
            for first in (start.saturating_sub(base)..rows).step_by(QUERY_BLOCK) {
                let count = QUERY_BLOCK.min(rows - first);
                for head in 0..group {
                    let at = (first_query + head) * d;
                    let x = &projected[first * stride + at..];
                    let out = &mut out[first * width + at..];
                    let state = (first * group + head, group);
                    let from = base + first;
                    page.attend(x, stride, count, from, out, width, state, scratch);
                }
            }
        }
        for row in 0..rows {
            for head in 0..group {
                let inverse = 1.0 / scratch.sums[row * group + head];
                let out = &mut out[row * width + (first_query + head) * d..][..d];
                out.iter_mut().for_each(|x| *x *= inverse);
            }
        }
    }
    Ok(())
}

/// One row: the heads of a group are the rows of the products, and all heads pass a page together, as it lies in memory.
fn forward_one(
    shape: &Shape,
    pages: &PageShape,
    projected: &[f32],
    base: usize,
    first_seen: usize,
    slot: &Slot,
    layer: usize,
    out: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let (d, group) = (shape.head_dimension, shape.group());
    let halves = pages.format() == CacheFormat::F16;
    let scales = PAGE * d.div_ceil(GROUP);
    resize(&mut scratch.scales, if halves { 0 } else { 2 * scales })?;
    resize(&mut scratch.scores, group * PAGE)?;
    resize(&mut scratch.highest, shape.heads)?;
    resize(&mut scratch.sums, shape.heads)?;
    scratch.highest.fill(f32::NEG_INFINITY);
    scratch.sums.fill(0.0);
    for index in first_seen..(base + 1).div_ceil(PAGE) {
        let (start, bytes) = (index * PAGE, &slot.pages[index]);
        touch(pages.layer(bytes, layer));
        let page = Page {
            d,
            start,
            filled: PAGE.min(base + 1 - start),
            scoring: Scoring::of(shape, layer),
        };
        for key_head in 0..shape.key_value_heads {
            let first = key_head * group;
            let keys = pages.stored_keys(bytes, layer, key_head);
            let values = pages.stored_values(bytes, layer, key_head);
            let (x, out) = (&projected[first * d..], &mut out[first * d..]);
            page.attend_stored(x, group, base, keys, values, out, first, scratch);
        }
    }
    for (out, sum) in out.chunks_exact_mut(d).zip(&scratch.sums) {
        let inverse = 1.0 / sum;
        out.iter_mut().for_each(|x| *x *= inverse);
    }
    Ok(())
}

/// Keys and values of one head in a page that begins at position `start`.
struct Page {
    d: usize,
    start: usize,
    /// Positions that are there.
    filled: usize,
    scoring: Scoring,
}

impl Page {
    /// Lets `count` rows of queries pass: row i stands at position `first + i`, and its running sums at
    /// `state.0 + i · state.1`.
    fn attend(
        &self,
        x: &[f32],
        x_step: usize,
        count: usize,
        first: usize,
        out: &mut [f32],
        out_step: usize,
        state: (usize, usize),
        scratch: &mut Scratch,
    ) {
        let Scratch {
            keys,
            values,
            scores,
            highest,
            sums,
            ..
        } = scratch;
        let (d, step) = (self.d, self.d * PANEL);
        for panel in 0..PAGE / PANEL {
            let (b, c) = (&keys[panel * step..], &mut scores[panel * PANEL..]);
            panel_product::<2>(count, d, x, x_step, b, PANEL, c, PAGE, PANEL, false);
        }
        for i in 0..count {
            let at = state.0 + i * state.1;
            let out = &mut out[i * out_step..][..d];
            self.weigh_row(first + i, i, scores, &mut highest[at], &mut sums[at], out);
        }
        for column in (0..d).step_by(PANEL) {
            let (b, c) = (&values[column * PAGE..], &mut out[column..]);
            let (k, columns) = (self.filled, PANEL.min(d - column));
            panel_product::<2>(count, k, scores, PAGE, b, PANEL, c, out_step, columns, true);
        }
    }

    /// Lets the `count` heads of a row at `position` pass; their running sums stand from `state` on.
    fn attend_stored(
        &self,
        x: &[f32],
        count: usize,
        position: usize,
        (keys, key_scales): (&[u8], &[u8]),
        (values, value_scales): (&[u8], &[u8]),
        out: &mut [f32],
        state: usize,
        scratch: &mut Scratch,
    ) {
        let Scratch {
            scales,
            scores,
            highest,
            sums,
            ..
        } = scratch;
        let d = self.d;
        let half = scales.len() / 2;
        let (of_keys, of_values) = scales.split_at_mut(half);
        let seen = self.filled.next_multiple_of(PANEL);
        if of_keys.is_empty() {
            let (step, none) = (2 * d * PANEL, &[]);
            stored_product::<HALVES>(count, d, x, d, keys, step, none, scores, PAGE, seen, false);
        } else {
            widen_halves(key_scales, of_keys);
            widen_halves(value_scales, of_values);
            let step = d * PANEL;
            stored_product::<KEY_BYTES>(
                count, d, x, d, keys, step, of_keys, scores, PAGE, seen, false,
            );
        }
        for i in 0..count {
            let (highest, sum) = (&mut highest[state + i], &mut sums[state + i]);
            self.weigh_row(position, i, scores, highest, sum, &mut out[i * d..][..d]);
        }
        let k = self.filled;
        if of_keys.is_empty() {
            let (step, none) = (2 * PAGE * PANEL, &[]);
            stored_product::<HALVES>(count, k, scores, PAGE, values, step, none, out, d, d, true);
            return;
        }
        let step = PAGE * PANEL;
        for (group, scales) in of_values.chunks_exact(PAGE).enumerate() {
            let first = group * GROUP;
            let (b, c) = (&values[first * PAGE..], &mut out[first..]);
            let columns = GROUP.min(d - first);
            stored_product::<VALUE_BYTES>(
                count, k, scores, PAGE, b, step, scales, c, d, columns, true,
            );
        }
    }

    /// Makes weights of row `i` of the scores, of a query at `position`, and lets `out` follow the higher maximum.
    fn weigh_row(
        &self,
        position: usize,
        i: usize,
        scores: &mut [f32],
        highest: &mut f32,
        sum: &mut f32,
        out: &mut [f32],
    ) {
        let row = &mut scores[i * PAGE..][..PAGE];
        let factor = self.weigh(row, self.span(position), highest, sum);
        if factor != 1.0 {
            out.iter_mut().for_each(|x| *x *= factor);
        }
    }

    /// Places of the page that a query at `position` sees.
    fn span(&self, position: usize) -> (usize, usize) {
        let first = (position + 1).saturating_sub(self.scoring.window);
        let inside = |p: usize| p.saturating_sub(self.start).min(PAGE);
        (inside(first), inside(position + 1))
    }

    /// Replaces scores by `e^(s − m′)`, unseen ones by 0; returns the factor of what was summed before.
    fn weigh(
        &self,
        row: &mut [f32],
        (first, end): (usize, usize),
        highest: &mut f32,
        sum: &mut f32,
    ) -> f32 {
        if first >= end {
            row.fill(0.0);
            return 1.0;
        }
        let Scoring { scale, cap, .. } = self.scoring;
        let scale = if cap > 0.0 {
            let (factor, cap) = (F32x4::splat(scale / cap), F32x4::splat(cap));
            for x in row.chunks_exact_mut(4) {
                (tanh(F32x4::load(x) * factor) * cap).store(x);
            }
            1.0
        } else {
            scale
        };
        row[..first].fill(f32::NEG_INFINITY);
        row[end..].fill(f32::NEG_INFINITY);
        let mut most = F32x4::splat(f32::NEG_INFINITY);
        for x in row.chunks_exact(4) {
            most = most.max(F32x4::load(x));
        }
        let [a, b, c, d] = most.to_array();
        let now = highest.max(a.max(b).max(c.max(d)) * scale);
        let (factor, shift) = (F32x4::splat(scale), F32x4::splat(-now));
        let mut sums = F32x4::zero();
        for x in row.chunks_exact_mut(4) {
            let e = exp(F32x4::load(x).mul_add(factor, shift));
            sums = sums + e;
            e.store(x);
        }
        let before = exp(F32x4::splat(*highest - now)).to_array()[0];
        *highest = now;
        *sum = *sum * before + sums.sum();
        before
    }
}
