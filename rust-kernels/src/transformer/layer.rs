//! One layer over packed rows: the routine that acting and learning share, and its backward pass.

use core::ops::Range;

use super::adapter::{self, Adapter, Part};
use super::attention::{self, Scoring};
use super::attention_backward;
use super::cache::Cache;
use super::error::{resize, Outcome};
use super::gate;
use super::gradients::Gradients;
use super::head_norms::{self, HeadNorms};
use super::linear;
use super::norm;
use super::parameters::{Layout, LinearRanges};
use super::product::{self, Product, Products};
use super::rope::Rope;
use super::shape::Shape;
use crate::simd::axpy;

/// Consecutive packed rows of one episode: rows `first .. first + rows` stand at positions `base ..`.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    pub first: usize,
    pub rows: usize,
    pub base: usize,
    /// Index of the cache that holds the episode.
    pub cache: usize,
    /// Turns by the frequencies for long sequences.
    pub long: bool,
    /// Number of the adapter that its rows go through.
    pub adapter: Option<usize>,
}

/// What a layer reads.
pub struct Weights<'a> {
    pub shape: &'a Shape,
    pub layout: &'a Layout,
    pub parameters: &'a [f32],
    pub rope: &'a Rope,
    pub products: Products<'a>,
    pub adapters: &'a [Option<Adapter>],
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
/// [rows, queryWidth]`; `normalizers [rows, heads]`; `gate_up [rows, upWidth]`; the inverses `[rows]`.
#[derive(Default)]
pub struct States {
    pub input: Vec<f32>,
    input_inverses: Vec<f32>,
    projected: Vec<f32>,
    head_norms: HeadNorms,
    attended: Vec<f32>,
    normalizers: Vec<f32>,
    attention_branch: Branch,
    middle: Vec<f32>,
    middle_inverses: Vec<f32>,
    gate_up: Vec<f32>,
    feed_forward_branch: Branch,
}

impl States {
    /// A layer that was given `input` and has not run.
    pub fn given(input: Vec<f32>) -> Self {
        Self {
            input,
            ..Self::default()
        }
    }
}

/// What joins the stream through a norm of its own; empty where there is no such norm.
///
/// # Shapes
/// `output [rows, hidden]`, `inverses [rows]`.
#[derive(Default)]
struct Branch {
    output: Vec<f32>,
    inverses: Vec<f32>,
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
    d_heads: Vec<f32>,
    d_branch: Vec<f32>,
    attention: attention_backward::Scratch,
    adapter: adapter::Scratch,
    pub product: product::Scratch,
}

/// Runs layer `index` over `states.input` and writes its result to `output`; without one, only as far as [`backward`] needs
/// (a layer whose result goes through a norm is needed whole).
pub fn forward(
    weights: &Weights,
    index: usize,
    segments: &[Segment],
    memory: &mut Memory,
    states: &mut States,
    output: Option<&mut Vec<f32>>,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let Weights {
        shape, parameters, ..
    } = *weights;
    let ranges = &weights.layout.layers[index];
    let products = weights.products.layer(index);
    let rows = states.input.len() / shape.hidden;
    resize(&mut scratch.normed, rows * shape.hidden)?;
    resize(&mut states.input_inverses, rows)?;
    resize(&mut states.projected, rows * shape.projected_width())?;
    resize(&mut states.attended, rows * shape.query_width())?;
    resize(&mut states.normalizers, rows * shape.heads)?;
    resize(&mut states.middle, rows * shape.hidden)?;
    resize(&mut states.middle_inverses, rows)?;
    resize(&mut states.gate_up, rows * shape.up_width())?;
    let (norm, epsilon) = (shape.blocks.norm, shape.norm_epsilon);
    norm::forward(
        norm,
        &states.input,
        &parameters[ranges.input_norm.clone()],
        epsilon,
        &mut states.input_inverses,
        &mut scratch.normed,
    );
    products.projections.forward(
        rows,
        &scratch.normed,
        &parameters[ranges.projections.bias.clone()],
        &mut states.projected,
        false,
        &mut scratch.product,
    )?;
    let (adapters, low) = (weights.adapters, &mut scratch.adapter);
    let site = (index, Part::Projections);
    let (x, y) = (&scratch.normed, &mut states.projected);
    adapter::forward(adapters, site, shape, segments, x, y, low)?;
    attend(
        weights,
        index,
        segments,
        memory,
        states,
        &mut scratch.scores,
    )?;
    states.middle.copy_from_slice(&states.input);
    let join = Join {
        shape,
        parameters,
        adapters,
        segments,
        site: (index, Part::Output),
        product: products.output,
        bias: &ranges.output.bias,
        norm: &ranges.attention_norm,
    };
    join.forward(
        &states.attended,
        &mut states.attention_branch,
        &mut states.middle,
        &mut scratch.normed,
        (&mut scratch.adapter, &mut scratch.product),
    )?;

    norm::forward(
        norm,
        &states.middle,
        &parameters[ranges.middle_norm.clone()],
        epsilon,
        &mut states.middle_inverses,
        &mut scratch.normed,
    );
    products.gate_up.forward(
        rows,
        &scratch.normed,
        &parameters[ranges.gate_up.bias.clone()],
        &mut states.gate_up,
        false,
        &mut scratch.product,
    )?;
    let site = (index, Part::GateUp);
    let (x, y) = (&scratch.normed, &mut states.gate_up);
    adapter::forward(adapters, site, shape, segments, x, y, &mut scratch.adapter)?;
    let Some(output) = output else {
        return Ok(());
    };
    resize(&mut scratch.gated, rows * shape.intermediate)?;
    resize(output, rows * shape.hidden)?;
    gate::forward(
        &shape.blocks,
        &states.gate_up,
        shape.intermediate,
        &mut scratch.gated,
    );
    output.copy_from_slice(&states.middle);
    let join = Join {
        site: (index, Part::Down),
        product: products.down,
        bias: &ranges.down.bias,
        norm: &ranges.feed_forward_norm,
        ..join
    };
    join.forward(
        &scratch.gated,
        &mut states.feed_forward_branch,
        output,
        &mut scratch.normed,
        (&mut scratch.adapter, &mut scratch.product),
    )
}

/// The product that ends a branch, its bias, and the norm behind it where there is one.
struct Join<'a> {
    shape: &'a Shape,
    parameters: &'a [f32],
    adapters: &'a [Option<Adapter>],
    segments: &'a [Segment],
    site: (usize, Part),
    product: Product<'a>,
    bias: &'a Range<usize>,
    norm: &'a Range<usize>,
}

impl Join<'_> {
    /// `stream += norm(x · Wᵀ + b)`; `normed` is scratch.
    fn forward(
        &self,
        x: &[f32],
        branch: &mut Branch,
        stream: &mut [f32],
        normed: &mut [f32],
        (low, scratch): (&mut adapter::Scratch, &mut product::Scratch),
    ) -> Outcome<()> {
        let (adapters, site, segments) = (self.adapters, self.site, self.segments);
        let (hidden, bias) = (self.shape.hidden, &self.parameters[self.bias.clone()]);
        let rows = stream.len() / hidden;
        if self.norm.is_empty() {
            self.product.forward(rows, x, bias, stream, true, scratch)?;
            return adapter::forward(adapters, site, self.shape, segments, x, stream, low);
        }
        resize(&mut branch.output, rows * hidden)?;
        resize(&mut branch.inverses, rows)?;
        let y = &mut branch.output;
        self.product.forward(rows, x, bias, y, false, scratch)?;
        adapter::forward(adapters, site, self.shape, segments, x, y, low)?;
        norm::forward(
            self.shape.blocks.norm,
            &branch.output,
            &self.parameters[self.norm.clone()],
            self.shape.norm_epsilon,
            &mut branch.inverses,
            normed,
        );
        axpy(1.0, normed, stream);
        Ok(())
    }
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
    let ranges = &weights.layout.layers[index];
    head_norms::forward(
        shape,
        weights.parameters,
        ranges,
        &mut states.projected,
        &mut states.head_norms,
    )?;
    let (set, scoring) = (shape.blocks.rope(index), Scoring::of(shape, index));
    for &Segment {
        first,
        rows,
        base,
        cache,
        long,
        ..
    } in segments
    {
        let projected = &mut states.projected[first * width..(first + rows) * width];
        weights
            .rope
            .forward((set, long), projected, width, turned, base);
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
            scoring,
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
    gradients: &mut Gradients,
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
    resize(&mut scratch.d_gate_up, rows * shape.up_width())?;
    resize(&mut scratch.d_attended, rows * shape.query_width())?;
    resize(&mut scratch.d_projected, rows * shape.projected_width())?;
    feed_forward_backward(
        weights, index, segments, rows, states, d, gradients, scratch,
    )?;

    let d_out = branch_gradient(
        shape,
        parameters,
        &ranges.attention_norm,
        &states.attention_branch,
        d,
        gradients,
        &mut scratch.d_normed,
        &mut scratch.d_branch,
    )?;
    linear::backward_bias(d_out, gradients.small(&ranges.output.bias));
    let d_weight = gradients.matrix(&ranges.output.weight);
    linear::backward_weight(rows, d_out, &states.attended, d_weight);
    let products = weights.products.layer(index);
    let d_attended = &mut scratch.d_attended;
    products
        .output
        .backward_input(rows, d_out, d_attended, &mut scratch.product)?;
    let beside = Beside {
        weights,
        segments,
        site: (index, Part::Output),
    };
    let low = &mut scratch.adapter;
    beside.input(d_out, &mut scratch.d_attended, low)?;
    beside.weights(&states.attended, d_out, gradients, low)?;
    attention_backward(weights, index, segments, states, scratch)?;
    head_norms::backward(
        weights,
        ranges,
        &mut scratch.d_projected,
        &states.head_norms,
        gradients,
        &mut scratch.d_heads,
    )?;
    let before = Before {
        beside: Beside {
            site: (index, Part::Projections),
            ..beside
        },
        norm: &ranges.input_norm,
        linear: &ranges.projections,
        product: products.projections,
    };
    before.backward(
        rows,
        &scratch.d_projected,
        &states.input,
        &states.input_inverses,
        d,
        gradients,
        &mut scratch.normed,
        &mut scratch.d_normed,
        (&mut scratch.adapter, &mut scratch.product),
    )
}

/// What an adapter adds to one product's gradients.
#[derive(Clone, Copy)]
struct Beside<'a> {
    weights: &'a Weights<'a>,
    segments: &'a [Segment],
    site: (usize, Part),
}

impl Beside<'_> {
    fn input(&self, d_y: &[f32], d_x: &mut [f32], low: &mut adapter::Scratch) -> Outcome<()> {
        let Weights {
            adapters, shape, ..
        } = *self.weights;
        adapter::backward_input(adapters, self.site, shape, self.segments, d_y, d_x, low)
    }

    fn weights(
        &self,
        x: &[f32],
        d_y: &[f32],
        gradients: &mut Gradients,
        low: &mut adapter::Scratch,
    ) -> Outcome<()> {
        let Weights {
            adapters, shape, ..
        } = *self.weights;
        let Some(own) = gradients.adapter() else {
            return Ok(());
        };
        adapter::backward_weights(adapters, self.site, shape, self.segments, x, d_y, own, low)
    }
}

/// The gradient of a branch's product: `d` itself, or what its norm makes of it, in `d_branch`.
fn branch_gradient<'a>(
    shape: &Shape,
    parameters: &[f32],
    norm: &Range<usize>,
    branch: &Branch,
    d: &'a [f32],
    gradients: &mut Gradients,
    d_normed: &mut [f32],
    d_branch: &'a mut Vec<f32>,
) -> Outcome<&'a [f32]> {
    if norm.is_empty() {
        return Ok(d);
    }
    resize(d_branch, d.len())?;
    d_branch.fill(0.0);
    d_normed.copy_from_slice(d);
    norm::backward(
        shape.blocks.norm,
        d_normed,
        &branch.output,
        &parameters[norm.clone()],
        &branch.inverses,
        d_branch,
        gradients.small(norm),
    );
    Ok(d_branch)
}

/// Takes `d_attended` to the gradient of queries, keys and values before their rotation.
fn attention_backward(
    weights: &Weights,
    index: usize,
    segments: &[Segment],
    states: &States,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let shape = weights.shape;
    let (width, query) = (shape.projected_width(), shape.query_width());
    let (set, scoring) = (shape.blocks.rope(index), Scoring::of(shape, index));
    for &Segment {
        first, rows, long, ..
    } in segments
    {
        let wide = first * width..(first + rows) * width;
        let narrow = first * query..(first + rows) * query;
        let d_projected = &mut scratch.d_projected[wide.clone()];
        attention_backward::backward(
            shape,
            scoring,
            &states.projected[wide],
            &states.attended[narrow.clone()],
            &states.normalizers[first * shape.heads..],
            &scratch.d_attended[narrow],
            d_projected,
            &mut scratch.attention,
        )?;
        let turned = query + shape.key_width();
        weights
            .rope
            .backward((set, long), d_projected, width, turned);
    }
    Ok(())
}

/// The norm and the product that begin a branch.
struct Before<'a> {
    beside: Beside<'a>,
    norm: &'a Range<usize>,
    linear: &'a LinearRanges,
    product: Product<'a>,
}

impl Before<'_> {
    /// Adds to `d` what flows back from `d_y`, the gradient of the product; `normed` and `d_normed` are scratch.
    fn backward(
        &self,
        rows: usize,
        d_y: &[f32],
        input: &[f32],
        inverses: &[f32],
        d: &mut [f32],
        gradients: &mut Gradients,
        normed: &mut [f32],
        d_normed: &mut [f32],
        (low, scratch): (&mut adapter::Scratch, &mut product::Scratch),
    ) -> Outcome<()> {
        let Weights {
            shape, parameters, ..
        } = *self.beside.weights;
        let (kind, norm) = (shape.blocks.norm, &parameters[self.norm.clone()]);
        norm::again(kind, input, norm, inverses, normed);
        linear::backward_bias(d_y, gradients.small(&self.linear.bias));
        linear::backward_weight(rows, d_y, normed, gradients.matrix(&self.linear.weight));
        self.product.backward_input(rows, d_y, d_normed, scratch)?;
        self.beside.input(d_y, d_normed, low)?;
        self.beside.weights(normed, d_y, gradients, low)?;
        let d_norm = gradients.small(self.norm);
        norm::backward(kind, d_normed, input, norm, inverses, d, d_norm);
        Ok(())
    }
}

fn feed_forward_backward(
    weights: &Weights,
    index: usize,
    segments: &[Segment],
    rows: usize,
    states: &States,
    d: &mut [f32],
    gradients: &mut Gradients,
    scratch: &mut Scratch,
) -> Outcome<()> {
    let Weights {
        shape, parameters, ..
    } = *weights;
    let ranges = &weights.layout.layers[index];
    let beside = Beside {
        weights,
        segments,
        site: (index, Part::Down),
    };
    let Scratch {
        normed,
        gated,
        d_normed,
        d_gated,
        d_gate_up,
        d_branch,
        adapter: low,
        product,
        ..
    } = scratch;
    let d_out = branch_gradient(
        shape,
        parameters,
        &ranges.feed_forward_norm,
        &states.feed_forward_branch,
        d,
        gradients,
        d_normed,
        d_branch,
    )?;
    let products = weights.products.layer(index);
    // The product needs the gated states, which come with the gradient of the gate: first the input side.
    products
        .down
        .backward_input(rows, d_out, d_gated, product)?;
    beside.input(d_out, d_gated, low)?;
    gate::backward(
        &shape.blocks,
        d_gated,
        &states.gate_up,
        shape.intermediate,
        d_gate_up,
        gated,
    );
    linear::backward_bias(d_out, gradients.small(&ranges.down.bias));
    linear::backward_weight(rows, d_out, gated, gradients.matrix(&ranges.down.weight));
    beside.weights(gated, d_out, gradients, low)?;
    let before = Before {
        beside: Beside {
            site: (index, Part::GateUp),
            ..beside
        },
        norm: &ranges.middle_norm,
        linear: &ranges.gate_up,
        product: products.gate_up,
    };
    before.backward(
        rows,
        d_gate_up,
        &states.middle,
        &states.middle_inverses,
        d,
        gradients,
        normed,
        d_normed,
        (low, product),
    )
}
