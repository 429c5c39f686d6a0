//! One layer over packed rows: the routine that acting and learning share, and its backward pass.

use super::attention;
use super::attention_backward;
use super::cache::Cache;
use super::error::{resize, Outcome};
use super::linear;
use super::packs::Packs;
use super::parameters::{LayerRanges, Layout};
use super::rms_norm;
use super::rope::Rope;
use super::shape::Shape;
use super::swiglu;

/// Consecutive packed rows of one episode: rows `first .. first + rows` stand at positions `base ..`.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    pub first: usize,
    pub rows: usize,
    pub base: usize,
    /// Index of the cache that holds the episode.
    pub cache: usize,
}

/// What a layer reads.
pub struct Weights<'a> {
    pub shape: &'a Shape,
    pub layout: &'a Layout,
    pub parameters: &'a [f32],
    pub rope: &'a Rope,
    pub packs: &'a Packs,
}

/// Where keys and values go.
pub enum Memory<'a> {
    /// Each segment has its own lasting cache of all layers.
    Lasting(&'a mut [Option<Cache>]),
    /// Each segment starts anew; one cache of one layer serves all.
    Passing(&'a mut Cache),
}

/// What one layer computed for all rows; the backward pass reads it.
///
/// # Shapes
/// `input`, `middle` `[rows, hidden]`; `projected [rows, projectedWidth]` after the rotation; `attended
/// [rows, queryWidth]`; `normalizers [rows, heads]`; `gate_up [rows, 2·intermediate]`; the inverses `[rows]`.
#[derive(Default)]
pub struct States {
    pub input: Vec<f32>,
    input_inverses: Vec<f32>,
    projected: Vec<f32>,
    attended: Vec<f32>,
    normalizers: Vec<f32>,
    middle: Vec<f32>,
    middle_inverses: Vec<f32>,
    gate_up: Vec<f32>,
}

/// Memory that is free again after each layer.
#[derive(Default)]
pub struct Scratch {
    normed: Vec<f32>,
    gated: Vec<f32>,
    scores: Vec<f32>,
    d_normed: Vec<f32>,
    d_attended: Vec<f32>,
    d_projected: Vec<f32>,
    d_gated: Vec<f32>,
    d_gate_up: Vec<f32>,
    attention: attention_backward::Scratch,
}

/// Runs layer `index` over `states.input` and writes its result to `output`.
pub fn forward(
    weights: &Weights,
    index: usize,
    segments: &[Segment],
    memory: &mut Memory,
    states: &mut States,
    output: &mut Vec<f32>,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let Weights {
        shape, parameters, ..
    } = *weights;
    let ranges = &weights.layout.layers[index];
    let packs = &weights.packs.layers[index];
    let rows = states.input.len() / shape.hidden;
    resize(&mut scratch.normed, rows * shape.hidden)?;
    resize(&mut states.input_inverses, rows)?;
    resize(&mut states.projected, rows * shape.projected_width())?;
    resize(&mut states.attended, rows * shape.query_width())?;
    resize(&mut states.normalizers, rows * shape.heads)?;
    resize(&mut states.middle, rows * shape.hidden)?;
    resize(&mut states.middle_inverses, rows)?;
    resize(&mut states.gate_up, rows * 2 * shape.intermediate)?;
    resize(&mut scratch.gated, rows * shape.intermediate)?;
    resize(output, rows * shape.hidden)?;

    let norm = &parameters[ranges.input_norm.clone()];
    let epsilon = shape.rms_norm_epsilon;
    rms_norm::forward(
        &states.input,
        norm,
        epsilon,
        &mut states.input_inverses,
        &mut scratch.normed,
    );
    linear::forward(
        rows,
        &scratch.normed,
        &packs.projections,
        &mut states.projected,
        false,
    );
    attend(
        weights,
        index,
        segments,
        memory,
        states,
        &mut scratch.scores,
    )?;
    states.middle.copy_from_slice(&states.input);
    linear::forward(
        rows,
        &states.attended,
        &packs.output,
        &mut states.middle,
        true,
    );

    let norm = &parameters[ranges.post_norm.clone()];
    rms_norm::forward(
        &states.middle,
        norm,
        epsilon,
        &mut states.middle_inverses,
        &mut scratch.normed,
    );
    linear::forward(
        rows,
        &scratch.normed,
        &packs.gate_up,
        &mut states.gate_up,
        false,
    );
    swiglu::forward(&states.gate_up, shape.intermediate, &mut scratch.gated);
    output.copy_from_slice(&states.middle);
    linear::forward(rows, &scratch.gated, &packs.down, output, true);
    Ok(())
}

/// Rotates, stores and attends, one episode after the other.
fn attend(
    weights: &Weights,
    index: usize,
    segments: &[Segment],
    memory: &mut Memory,
    states: &mut States,
    scores: &mut Vec<f32>,
) -> Outcome<()> {
    let shape = weights.shape;
    let (width, turned) = (
        shape.projected_width(),
        shape.query_width() + shape.key_width(),
    );
    for &Segment {
        first,
        rows,
        base,
        cache,
    } in segments
    {
        let projected = &mut states.projected[first * width..(first + rows) * width];
        for (position, row) in (base..).zip(projected.chunks_exact_mut(width)) {
            weights.rope.forward(&mut row[..turned], position);
        }
        let (cache, layer) = match memory {
            Memory::Passing(cache) => {
                cache.reserve(shape, 1, rows)?;
                (&mut **cache, 0)
            }
            Memory::Lasting(caches) => match &mut caches[cache] {
                Some(cache) => (cache, index),
                None => continue,
            },
        };
        cache.store(shape, layer, base, projected);
        let out = &mut states.attended[first * shape.query_width()..];
        let normalizers = &mut states.normalizers[first * shape.heads..];
        attention::forward(
            shape,
            projected,
            base,
            cache,
            layer,
            out,
            normalizers,
            scores,
        )?;
    }
    Ok(())
}

/// Takes `d`, the gradient of the layer's result, to the gradient of its input, in place; adds to `gradients`.
pub fn backward(
    weights: &Weights,
    index: usize,
    segments: &[Segment],
    states: &States,
    d: &mut [f32],
    gradients: &mut [f32],
    scratch: &mut Scratch,
) -> Outcome<()> {
    let Weights {
        shape, parameters, ..
    } = *weights;
    let ranges = &weights.layout.layers[index];
    let rows = d.len() / shape.hidden;
    resize(&mut scratch.normed, rows * shape.hidden)?;
    resize(&mut scratch.d_normed, rows * shape.hidden)?;
    resize(&mut scratch.gated, rows * shape.intermediate)?;
    resize(&mut scratch.d_gated, rows * shape.intermediate)?;
    resize(&mut scratch.d_gate_up, rows * 2 * shape.intermediate)?;
    resize(&mut scratch.d_attended, rows * shape.query_width())?;
    resize(&mut scratch.d_projected, rows * shape.projected_width())?;
    feed_forward_backward(
        shape, parameters, ranges, rows, states, d, gradients, scratch,
    );

    let out = &parameters[ranges.output.clone()];
    let d_out = &mut gradients[ranges.output.clone()];
    linear::backward(
        rows,
        d,
        &states.attended,
        out,
        &mut scratch.d_attended,
        d_out,
    );
    let (width, query) = (shape.projected_width(), shape.query_width());
    for &Segment { first, rows, .. } in segments {
        let wide = first * width..(first + rows) * width;
        let narrow = first * query..(first + rows) * query;
        let d_projected = &mut scratch.d_projected[wide.clone()];
        attention_backward::backward(
            shape,
            &states.projected[wide],
            &states.attended[narrow.clone()],
            &states.normalizers[first * shape.heads..],
            &scratch.d_attended[narrow],
            d_projected,
            &mut scratch.attention,
        )?;
        for (position, row) in d_projected.chunks_exact_mut(width).enumerate() {
            weights
                .rope
                .backward(&mut row[..query + shape.key_width()], position);
        }
    }
    let norm = &parameters[ranges.input_norm.clone()];
    rms_norm::again(
        &states.input,
        norm,
        &states.input_inverses,
        &mut scratch.normed,
    );
    linear::backward(
        rows,
        &scratch.d_projected,
        &scratch.normed,
        &parameters[ranges.projections.clone()],
        &mut scratch.d_normed,
        &mut gradients[ranges.projections.clone()],
    );
    let d_norm = &mut gradients[ranges.input_norm.clone()];
    rms_norm::backward(
        &mut scratch.d_normed,
        &states.input,
        norm,
        &states.input_inverses,
        d,
        d_norm,
    );
    Ok(())
}

fn feed_forward_backward(
    shape: &Shape,
    parameters: &[f32],
    ranges: &LayerRanges,
    rows: usize,
    states: &States,
    d: &mut [f32],
    gradients: &mut [f32],
    scratch: &mut Scratch,
) {
    let Scratch {
        normed,
        gated,
        d_normed,
        d_gated,
        d_gate_up,
        ..
    } = scratch;
    let down = &parameters[ranges.down.clone()];
    // The product needs the gated states, which come with the gradient of the gate: first the input side.
    linear::backward_input(rows, d, down, d_gated);
    swiglu::backward(
        d_gated,
        &states.gate_up,
        shape.intermediate,
        d_gate_up,
        gated,
    );
    linear::backward_weight(rows, d, gated, &mut gradients[ranges.down.clone()]);
    let norm = &parameters[ranges.post_norm.clone()];
    rms_norm::again(&states.middle, norm, &states.middle_inverses, normed);
    let gate_up = &parameters[ranges.gate_up.clone()];
    let d_weight = &mut gradients[ranges.gate_up.clone()];
    linear::backward(rows, d_gate_up, normed, gate_up, d_normed, d_weight);
    let d_norm = &mut gradients[ranges.post_norm.clone()];
    rms_norm::backward(
        d_normed,
        &states.middle,
        norm,
        &states.middle_inverses,
        d,
        d_norm,
    );
}
