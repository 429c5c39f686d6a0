//! A few whole sequences that go through all layers, and back, together: few enough that what one operation writes is
//! still in the cache when the next one reads it.

use super::cache::Cache;
use super::embedding;
use super::error::{resize, Outcome};
use super::gradients::Gradients;
use super::layer::{self, Memory, Scratch, Segment, States, Weights};
use super::norm;
use super::rope::Rope;

/// A chunk ends with the sequence that reaches this many rows.
const ROWS: usize = 256;

/// Consecutive rows and what each layer keeps of them.
#[derive(Default)]
pub struct Chunk {
    first: usize,
    rows: usize,
    segments: Vec<Segment>,
    /// What each layer computed; with checkpoints, what it was given alone.
    layers: Vec<States>,
    /// What the last layer gave.
    last: Vec<f32>,
    inverses: Vec<f32>,
}

/// Memory that all chunks share.
#[derive(Default)]
pub struct Shared {
    cache: Cache,
    scratch: Scratch,
    d: Vec<f32>,
    /// With checkpoints, what the layer at hand computed.
    states: States,
    output: Vec<f32>,
}

/// Divides packed sequences among chunks, reusing the memory of earlier ones; all go through the same adapter, if any.
pub fn divide(lengths: &[u32], rope: &Rope, adapter: Option<usize>, chunks: &mut Vec<Chunk>) {
    let (mut used, mut first) = (0, 0);
    for &length in lengths {
        if used == 0 || chunks[used - 1].rows >= ROWS {
            if used == chunks.len() {
                chunks.push(Chunk::default());
            }
            let chunk = &mut chunks[used];
            (chunk.first, chunk.rows) = (first, 0);
            chunk.segments.clear();
            used += 1;
        }
        let chunk = &mut chunks[used - 1];
        let rows = length as usize;
        let segment = Segment {
            first: chunk.rows,
            rows,
            base: 0,
            cache: 0,
            long: rope.is_long(rows),
            adapter,
        };
        chunk.segments.push(segment);
        chunk.rows += rows;
        first += rows;
    }
    chunks.truncate(used);
}

impl Chunk {
    /// Lengths of its sequences.
    pub fn lengths(&self) -> Vec<u32> {
        self.segments.iter().map(|s| s.rows as u32).collect()
    }

    /// Its part of the tokens of all chunks.
    pub fn of<'a>(&self, tokens: &'a [u32]) -> &'a [u32] {
        &tokens[self.first..][..self.rows]
    }

    /// Takes what each layer was given, and last what the last one gave, from a run elsewhere.
    ///
    /// # Shapes
    /// `trace [layers + 1]`, `[rows, hidden]` each.
    pub fn retrace(&mut self, weights: &Weights, mut trace: Vec<Vec<f32>>) -> Outcome<()> {
        self.last = trace.pop().unwrap_or_default();
        self.layers = trace.into_iter().map(States::given).collect();
        let mut unread = Vec::new();
        resize(&mut unread, self.last.len())?;
        self.finish(weights, &mut unread)
    }

    /// Runs the chunk's part of `tokens` and writes its part of `finals`, the final normed states.
    ///
    /// # Shapes
    /// `tokens [rows of all chunks]`; `finals [rows of all chunks, hidden]`.
    pub fn forward(
        &mut self,
        weights: &Weights,
        tokens: &[u32],
        finals: &mut [f32],
        checkpoints: bool,
        shared: &mut Shared,
    ) -> Outcome<()> {
        let (shape, layout, parameters) = (weights.shape, weights.layout, weights.parameters);
        let (hidden, rows) = (shape.hidden, self.rows);
        self.layers.resize_with(shape.layers, States::default);
        resize(&mut self.layers[0].input, rows * hidden)?;
        let tokens = &tokens[self.first..][..rows];
        let table = &parameters[layout.embedding.clone()];
        let input = &mut self.layers[0].input;
        embedding::forward(tokens, table, hidden, shape.blocks.embedding_scale, input);
        let positions = &parameters[layout.positions.clone()];
        embedding::add_positions(&self.segments, positions, hidden, input);
        for index in 0..shape.layers {
            let (now, next) = self.layers.split_at_mut(index + 1);
            let output = next.first_mut().map_or(&mut self.last, |n| &mut n.input);
            let states = &mut now[index];
            let (segments, layer) = (&self.segments, (weights, index));
            if checkpoints {
                again(layer, segments, &mut states.input, Some(output), shared)?;
            } else {
                let mut memory = Memory::Passing(&mut shared.cache);
                let scratch = &mut shared.scratch;
                layer::forward(
                    weights,
                    index,
                    segments,
                    &mut memory,
                    states,
                    Some(output),
                    scratch,
                )?;
            }
        }
        self.finish(weights, &mut finals[self.first * hidden..][..rows * hidden])
    }

    /// The final norm: from `last` to the chunk's `finals`, `[rows, hidden]`.
    fn finish(&mut self, weights: &Weights, finals: &mut [f32]) -> Outcome<()> {
        let (shape, rows) = (weights.shape, self.rows);
        resize(&mut self.inverses, rows)?;
        norm::forward(
            shape.blocks.norm,
            &self.last,
            &weights.parameters[weights.layout.norm.clone()],
            shape.norm_epsilon,
            &mut self.inverses,
            finals,
        );
        Ok(())
    }

    /// Takes the gradient of `finals` back to the embedding; adds to `gradients`. `d_finals` is scratch afterwards.
    ///
    /// # Shapes
    /// As in [`Chunk::forward`]; `gradients [parameters]`.
    pub fn backward(
        &mut self,
        weights: &Weights,
        tokens: &[u32],
        d_finals: &mut [f32],
        gradients: &mut Gradients,
        checkpoints: bool,
        shared: &mut Shared,
    ) -> Outcome<()> {
        let (shape, layout) = (weights.shape, weights.layout);
        let size = self.rows * shape.hidden;
        let mut d = core::mem::take(&mut shared.d);
        resize(&mut d, size)?;
        d.fill(0.0);
        let norm = &weights.parameters[layout.norm.clone()];
        let d_norm = gradients.small(&layout.norm);
        let d_finals = &mut d_finals[self.first * shape.hidden..][..size];
        norm::backward(
            shape.blocks.norm,
            d_finals,
            &self.last,
            norm,
            &self.inverses,
            &mut d,
            d_norm,
        );
        let segments = &self.segments;
        for (index, kept) in self.layers.iter_mut().enumerate().rev() {
            if checkpoints {
                again((weights, index), segments, &mut kept.input, None, shared)?;
                core::mem::swap(&mut kept.input, &mut shared.states.input);
            }
            let Shared {
                states, scratch, ..
            } = &mut *shared;
            let states = if checkpoints { states } else { &mut *kept };
            layer::backward(weights, index, segments, states, &mut d, gradients, scratch)?;
            if checkpoints {
                core::mem::swap(&mut kept.input, &mut shared.states.input);
            }
        }
        let tokens = &tokens[self.first..][..self.rows];
        let d_positions = gradients.matrix(&layout.positions);
        embedding::positions_backward(segments, &d, shape.hidden, d_positions);
        embedding::backward(
            tokens,
            &d,
            shape.hidden,
            shape.blocks.embedding_scale,
            gradients.matrix(&layout.embedding),
        );
        shared.d = d;
        Ok(())
    }
}

/// Runs a layer over `input` in the states that all layers share, and gives its result to `output`, if any.
fn again(
    (weights, index): (&Weights, usize),
    segments: &[Segment],
    input: &mut Vec<f32>,
    output: Option<&mut Vec<f32>>,
    shared: &mut Shared,
) -> Outcome<()> {
    let Shared {
        cache,
        scratch,
        states,
        output: unread,
        ..
    } = shared;
    core::mem::swap(input, &mut states.input);
    let mut memory = Memory::Passing(cache);
    let whole = weights.shape.blocks.post_norms;
    let output = output.or(whole.then_some(unread));
    let done = layer::forward(
        weights,
        index,
        segments,
        &mut memory,
        states,
        output,
        scratch,
    );
    core::mem::swap(input, &mut states.input);
    done
}
