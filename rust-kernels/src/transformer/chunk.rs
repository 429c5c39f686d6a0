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
    layers: Vec<States>,
    last: Vec<f32>,
    inverses: Vec<f32>,
}

/// Memory that all chunks share.
#[derive(Default)]
pub struct Shared {
    cache: Cache,
    scratch: Scratch,
    d: Vec<f32>,
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
    /// Runs the chunk's part of `tokens` and writes its part of `finals`, the final normed states.
    ///
    /// # Shapes
    /// `tokens [rows of all chunks]`; `finals [rows of all chunks, hidden]`.
    pub fn forward(
        &mut self,
        weights: &Weights,
        tokens: &[u32],
        finals: &mut [f32],
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
            let mut memory = Memory::Passing(&mut shared.cache);
            let states = &mut now[index];
            layer::forward(
                weights,
                index,
                &self.segments,
                &mut memory,
                states,
                output,
                &mut shared.scratch,
            )?;
        }
        resize(&mut self.inverses, rows)?;
        let norm = &parameters[layout.norm.clone()];
        let finals = &mut finals[self.first * hidden..][..rows * hidden];
        norm::forward(
            shape.blocks.norm,
            &self.last,
            norm,
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
        &self,
        weights: &Weights,
        tokens: &[u32],
        d_finals: &mut [f32],
        gradients: &mut Gradients,
        shared: &mut Shared,
    ) -> Outcome<()> {
        let (shape, layout) = (weights.shape, weights.layout);
        let size = self.rows * shape.hidden;
        let Shared { d, scratch, .. } = shared;
        resize(d, size)?;
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
            d,
            d_norm,
        );
        for (index, states) in self.layers.iter().enumerate().rev() {
            layer::backward(
                weights,
                index,
                &self.segments,
                states,
                d,
                gradients,
                scratch,
            )?;
        }
        let tokens = &tokens[self.first..][..self.rows];
        let d_positions = gradients.matrix(&layout.positions);
        embedding::positions_backward(&self.segments, d, shape.hidden, d_positions);
        embedding::backward(
            tokens,
            d,
            shape.hidden,
            shape.blocks.embedding_scale,
            gradients.matrix(&layout.embedding),
        );
        Ok(())
    }
}
