//! One layer over packed rows.

use core::ops::Range;

use super::attention;
use super::model::PackedTransformer;
use super::slots::Slot;
use crate::packed::{Activations, PackedMatrix};
use crate::simd::axpy;
use crate::transformer::adapter::{self, Part};
use crate::transformer::error::{resize, Outcome};
use crate::transformer::gate;
use crate::transformer::head_norms::{self, HeadNorms};
use crate::transformer::layer::Segment;
use crate::transformer::norm;
use crate::transformer::product::forward_packed as linear;

/// Memory that all layers share.
///
/// # Shapes
/// `stream`, `branch`, `normed` `[rows, hidden]`; `projected [rows, projectedWidth]`; `attended [rows, queryWidth]`;
/// `gate_up [rows, upWidth]`; `gated [rows, intermediate]`; `inverses [rows]`.
#[derive(Default)]
pub struct States {
    pub stream: Vec<f32>,
    normed: Vec<f32>,
    branch: Vec<f32>,
    projected: Vec<f32>,
    attended: Vec<f32>,
    gate_up: Vec<f32>,
    gated: Vec<f32>,
    pub inverses: Vec<f32>,
    head_norms: HeadNorms,
    pub activations: Activations,
    attention: attention::Scratch,
    adapter: adapter::Scratch,
}

/// Runs layer `index` over `states.stream`, in place.
pub fn forward(
    model: &PackedTransformer,
    index: usize,
    segments: &[Segment],
    slots: &mut [Option<Slot>],
    states: &mut States,
) -> Outcome<()> {
    let PackedTransformer {
        shape, parameters, ..
    } = model;
    let ranges = &model.layout.layers[index];
    let matrices = &model.matrices.layers[index];
    let rows = states.stream.len() / shape.hidden;
    resize(&mut states.normed, rows * shape.hidden)?;
    resize(&mut states.inverses, rows)?;
    resize(&mut states.projected, rows * shape.projected_width())?;
    resize(&mut states.attended, rows * shape.query_width())?;
    resize(&mut states.gate_up, rows * shape.up_width())?;
    resize(&mut states.gated, rows * shape.intermediate)?;
    let before = |norm: &Range<usize>, states: &mut States| {
        norm::forward(
            shape.blocks.norm,
            &states.stream,
            &parameters[norm.clone()],
            shape.norm_epsilon,
            &mut states.inverses,
            &mut states.normed,
        );
    };
    before(&ranges.input_norm, states);
    linear(
        &states.normed,
        rows,
        &matrices.projections,
        &parameters[ranges.projections.bias.clone()],
        &mut states.projected,
        false,
        &mut states.activations,
    )?;
    let (adapters, low) = (model.adapters.all(), &mut states.adapter);
    let site = (index, Part::Projections);
    let (x, y) = (&states.normed, &mut states.projected);
    adapter::forward(adapters, site, shape, segments, x, y, low)?;
    attend(model, index, segments, slots, states)?;
    let attended = core::mem::take(&mut states.attended);
    let joined = join(
        model,
        ((index, Part::Output), segments),
        &attended,
        &matrices.output,
        &ranges.output.bias,
        &ranges.attention_norm,
        states,
    );
    states.attended = attended;
    joined?;
    before(&ranges.middle_norm, states);
    linear(
        &states.normed,
        rows,
        &matrices.gate_up,
        &parameters[ranges.gate_up.bias.clone()],
        &mut states.gate_up,
        false,
        &mut states.activations,
    )?;
    let site = (index, Part::GateUp);
    let (x, y) = (&states.normed, &mut states.gate_up);
    adapter::forward(adapters, site, shape, segments, x, y, &mut states.adapter)?;
    gate::forward(
        &shape.blocks,
        &states.gate_up,
        shape.intermediate,
        &mut states.gated,
    );
    let gated = core::mem::take(&mut states.gated);
    let joined = join(
        model,
        ((index, Part::Down), segments),
        &gated,
        &matrices.down,
        &ranges.down.bias,
        &ranges.feed_forward_norm,
        states,
    );
    states.gated = gated;
    joined
}

/// `stream += norm(x · Wᵀ + b)`, the norm where there is one.
fn join(
    model: &PackedTransformer,
    (site, segments): ((usize, Part), &[Segment]),
    x: &[f32],
    matrix: &PackedMatrix,
    bias: &Range<usize>,
    norm: &Range<usize>,
    states: &mut States,
) -> Outcome<()> {
    let (shape, parameters) = (&model.shape, &model.parameters);
    let rows = states.stream.len() / shape.hidden;
    let bias = &parameters[bias.clone()];
    if norm.is_empty() {
        let (stream, activations) = (&mut states.stream, &mut states.activations);
        linear(x, rows, matrix, bias, stream, true, activations)?;
        let low = &mut states.adapter;
        return adapter::forward(model.adapters.all(), site, shape, segments, x, stream, low);
    }
    resize(&mut states.branch, rows * shape.hidden)?;
    let (branch, activations) = (&mut states.branch, &mut states.activations);
    linear(x, rows, matrix, bias, branch, false, activations)?;
    let low = &mut states.adapter;
    adapter::forward(model.adapters.all(), site, shape, segments, x, branch, low)?;
    norm::forward(
        shape.blocks.norm,
        &states.branch,
        &parameters[norm.clone()],
        shape.norm_epsilon,
        &mut states.inverses,
        &mut states.normed,
    );
    axpy(1.0, &states.normed, &mut states.stream);
    Ok(())
}

/// Rotates, stores and attends, one episode after the other.
fn attend(
    model: &PackedTransformer,
    index: usize,
    segments: &[Segment],
    slots: &mut [Option<Slot>],
    states: &mut States,
) -> Outcome<()> {
    let (shape, ranges) = (&model.shape, &model.layout.layers[index]);
    let (width, query) = (shape.projected_width(), shape.query_width());
    let turned = query + shape.key_width();
    head_norms::forward(
        shape,
        &model.parameters,
        ranges,
        &mut states.projected,
        &mut states.head_norms,
    )?;
    for s in segments {
        let projected = &mut states.projected[s.first * width..(s.first + s.rows) * width];
        let set = (shape.blocks.rope(index), s.long);
        model.rope.forward(set, projected, width, turned, s.base);
        let Some(slot) = &mut slots[s.cache] else {
            continue;
        };
        let places = (query, shape.key_value_heads, shape.head_dimension);
        slot.store(&model.page, index, s.base, projected, width, places);
        let out = &mut states.attended[s.first * query..];
        let scratch = &mut states.attention;
        attention::forward(
            shape,
            &model.page,
            projected,
            s.base,
            slot,
            index,
            out,
            scratch,
        )?;
    }
    Ok(())
}
