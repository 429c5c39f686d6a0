//! Causal attention of packed rows over the pages of one episode.
//!
//! ```text
//! per page:  m′ = max(m, max s),  l = l·e^(m−m′) + Σ e^(s−m′),  o = o·e^(m−m′) + Σ e^(s−m′)·v;   out = o / l
//! ```
//!
//! A row passes the pages that it sees in their order, each by the same operations, whatever other rows are there.

use super::page::{PageShape, PAGE, PANEL};
use super::slots::Slot;
use crate::simd::{exp, panel_product, row_product, tanh, F32x4};
use crate::transformer::attention::{Scoring, QUERY_BLOCK};
use crate::transformer::error::{resize, Outcome};
use crate::transformer::shape::Shape;

/// Memory of one head's keys, values, scores and running sums.
#[derive(Default)]
pub struct Scratch {
    keys: Vec<f32>,
    values: Vec<f32>,
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
    resize(&mut scratch.keys, pages.keys())?;
    resize(&mut scratch.values, pages.values())?;
    resize(&mut scratch.scores, QUERY_BLOCK.max(group) * PAGE)?;
    resize(&mut scratch.highest, rows * group)?;
    resize(&mut scratch.sums, rows * group)?;
    let out = &mut out[..rows * width];
    out.fill(0.0);
    let first_seen = (base + 1).saturating_sub(scoring.window) / PAGE;
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
            if rows == 1 {
                // One row: the heads of the group are the rows of the products.
                let x = &projected[first_query * d..];
                let out = &mut out[first_query * d..];
                page.attend(x, d, group, (base, 0), out, d, (0, 1), scratch);
                continue;
            }
            for first in (start.saturating_sub(base)..rows).step_by(QUERY_BLOCK) {
                let count = QUERY_BLOCK.min(rows - first);
                for head in 0..group {
                    let at = (first_query + head) * d;
                    let x = &projected[first * stride + at..];
                    let out = &mut out[first * width + at..];
                    let state = (first * group + head, group);
                    page.attend(
                        x,
                        stride,
                        count,
                        (base + first, 1),
                        out,
                        width,
                        state,
                        scratch,
                    );
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

/// Keys and values of one head in a page that begins at position `start`.
struct Page {
    d: usize,
    start: usize,
    /// Positions that are there.
    filled: usize,
    scoring: Scoring,
}

impl Page {
    /// Lets `count` rows of queries pass: row i stands at position `position.0 + i · position.1`, and its running sums
    /// at `state.0 + i · state.1`.
    fn attend(
        &self,
        x: &[f32],
        x_step: usize,
        count: usize,
        position: (usize, usize),
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
        } = scratch;
        let (d, step) = (self.d, self.d * PANEL);
        if count == 1 {
            row_product::<2, 4>(d, x, keys, PANEL, step, scores, PAGE, false);
        } else {
            for panel in 0..PAGE / PANEL {
                let (b, c) = (&keys[panel * step..], &mut scores[panel * PANEL..]);
                panel_product::<2>(count, d, x, x_step, b, PANEL, c, PAGE, PANEL, false);
            }
        }
        for i in 0..count {
            let at = state.0 + i * state.1;
            let row = &mut scores[i * PAGE..][..PAGE];
            let span = self.span(position.0 + i * position.1);
            let factor = self.weigh(row, span, &mut highest[at], &mut sums[at]);
            if factor != 1.0 {
                let out = &mut out[i * out_step..][..d];
                out.iter_mut().for_each(|x| *x *= factor);
            }
        }
        let step = PAGE * PANEL;
        let mut column = 0;
        while column < d {
            let (b, c) = (&values[column * PAGE..], &mut out[column..]);
            let left = (d - column).div_ceil(PANEL);
            if count == 1 && left >= 4 {
                let columns = (d - column).min(4 * PANEL);
                row_product::<2, 4>(self.filled, scores, b, PANEL, step, c, columns, true);
                column += columns;
            } else {
                let columns = PANEL.min(d - column);
                panel_product::<2>(
                    count,
                    self.filled,
                    scores,
                    PAGE,
                    b,
                    PANEL,
                    c,
                    out_step,
                    columns,
                    true,
                );
                column += columns;
            }
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
