//! The norms of queries and keys, head by head.

use super::blocks::Norm;
use super::error::{resize, Outcome};
use super::gradients::Gradients;
use super::layer::Weights;
use super::norm;
use super::parameters::{head_norm, LayerRanges};
use super::shape::Shape;

/// What [`backward`] needs of [`forward`].
///
/// # Shapes
/// `raw [rows, queryWidth + keyWidth]`: queries and keys before their norms; `inverses [rows, heads + keyValueHeads]`.
#[derive(Default)]
pub struct HeadNorms {
    raw: Vec<f32>,
    inverses: Vec<f32>,
}

/// Queries, then keys: the width of all their heads, the number of heads, and the norm's parameters.
fn sides<'a>(
    shape: &Shape,
    ranges: &'a LayerRanges,
) -> [(usize, usize, &'a core::ops::Range<usize>); 2] {
    [
        (shape.query_width(), shape.heads, &ranges.query_norm),
        (shape.key_width(), shape.key_value_heads, &ranges.key_norm),
    ]
}

fn kind(shape: &Shape) -> Norm {
    head_norm(shape.blocks.norm)
}

/// Normalises queries and keys in place; nothing where the model has no such norms.
///
/// # Shapes
/// `projected [rows, projectedWidth]`.
pub fn forward(
    shape: &Shape,
    parameters: &[f32],
    ranges: &LayerRanges,
    projected: &mut [f32],
    kept: &mut HeadNorms,
) -> Outcome<()> {
    if !shape.blocks.query_key_norms {
        return Ok(());
    }
    let (wide, turned) = (
        shape.projected_width(),
        shape.query_width() + shape.key_width(),
    );
    let heads = shape.heads + shape.key_value_heads;
    let rows = projected.len() / wide;
    resize(&mut kept.raw, rows * turned)?;
    resize(&mut kept.inverses, rows * heads)?;
    for ((row, raw), mut inverses) in projected
        .chunks_exact_mut(wide)
        .zip(kept.raw.chunks_exact_mut(turned))
        .zip(kept.inverses.chunks_exact_mut(heads))
    {
        raw.copy_from_slice(&row[..turned]);
        let (mut raw, mut row) = (&*raw, &mut row[..turned]);
        for (width, heads, range) in sides(shape, ranges) {
            let weight = &parameters[range.clone()];
            let (now, rest) = inverses.split_at_mut(heads);
            let (out, more) = row.split_at_mut(width);
            norm::forward(
                kind(shape),
                &raw[..width],
                weight,
                shape.norm_epsilon,
                now,
                out,
            );
            (raw, row, inverses) = (&raw[width..], more, rest);
        }
    }
    Ok(())
}

/// Takes the gradient of the normalised queries and keys to that of the raw ones, in place; adds to `gradients`.
///
/// # Shapes
/// `d_projected [rows, projectedWidth]`.
pub fn backward(
    weights: &Weights,
    ranges: &LayerRanges,
    d_projected: &mut [f32],
    kept: &HeadNorms,
    gradients: &mut Gradients,
    scratch: &mut Vec<f32>,
) -> Outcome<()> {
    let shape = weights.shape;
    if !shape.blocks.query_key_norms {
        return Ok(());
    }
    let (wide, turned) = (
        shape.projected_width(),
        shape.query_width() + shape.key_width(),
    );
    let heads = shape.heads + shape.key_value_heads;
    resize(scratch, turned)?;
    for ((row, raw), inverses) in d_projected
        .chunks_exact_mut(wide)
        .zip(kept.raw.chunks_exact(turned))
        .zip(kept.inverses.chunks_exact(heads))
    {
        scratch.copy_from_slice(&row[..turned]);
        row[..turned].fill(0.0);
        let (mut first, mut head) = (0, 0);
        for (width, heads, range) in sides(shape, ranges) {
            let at = first..first + width;
            norm::backward(
                kind(shape),
                &mut scratch[at.clone()],
                &raw[at.clone()],
                &weights.parameters[range.clone()],
                &inverses[head..head + heads],
                &mut row[at],
                gradients.small(range),
            );
            (first, head) = (first + width, head + heads);
        }
    }
    Ok(())
}
