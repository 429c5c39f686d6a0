//! Keys and values of one episode, for all layers.

use core::ops::Range;

use super::error::{resize, Outcome};
use super::shape::Shape;

/// Keys and values of the positions seen so far.
///
/// # Shapes
/// `keys [layers, keyValueHeads, headDimension, capacity]`: scores are then products along positions;
/// `values [layers, keyValueHeads, capacity, headDimension]`. Everything behind `length` is 0.
#[derive(Default)]
pub struct Cache {
    pub length: usize,
    capacity: usize,
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Cache {
    /// Positions there is room for: the row length of the keys.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Makes room for `positions`, doubling so that growing costs a constant per position.
    pub fn reserve(&mut self, shape: &Shape, layers: usize, positions: usize) -> Outcome<()> {
        if positions <= self.capacity {
            return Ok(());
        }
        let most = shape.maximum_positions.max(positions);
        let capacity = positions
            .max((2 * self.capacity).min(most))
            .next_multiple_of(16);
        let d = shape.head_dimension;
        let lanes = layers * shape.key_width();
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        resize(&mut keys, lanes * capacity)?;
        resize(&mut values, lanes * capacity)?;
        if self.capacity > 0 {
            let rows = keys.chunks_exact_mut(capacity);
            for (new, old) in rows.zip(self.keys.chunks_exact(self.capacity)) {
                new[..self.length].copy_from_slice(&old[..self.length]);
            }
            let rows = values.chunks_exact_mut(capacity * d);
            for (new, old) in rows.zip(self.values.chunks_exact(self.capacity * d)) {
                new[..self.length * d].copy_from_slice(&old[..self.length * d]);
            }
        }
        (self.keys, self.values, self.capacity) = (keys, values, capacity);
        Ok(())
    }

    /// Keys `[headDimension, capacity]` and values `[capacity, headDimension]` of one head.
    pub fn head(&self, shape: &Shape, layer: usize, head: usize) -> (&[f32], &[f32]) {
        let range = self.range(shape, layer, head);
        (&self.keys[range.clone()], &self.values[range])
    }

    fn range(&self, shape: &Shape, layer: usize, head: usize) -> Range<usize> {
        let size = shape.head_dimension * self.capacity;
        let start = (layer * shape.key_value_heads + head) * size;
        start..start + size
    }

    /// Writes the keys and values of packed rows behind the first `base` positions of one layer.
    ///
    /// # Shapes
    /// `projected [rows, projectedWidth]`: queries, keys and values of each row side by side.
    pub fn store(&mut self, shape: &Shape, layer: usize, base: usize, projected: &[f32]) {
        let (d, capacity) = (shape.head_dimension, self.capacity);
        for head in 0..shape.key_value_heads {
            let range = self.range(shape, layer, head);
            let key_at = shape.query_width() + head * d;
            let value_at = key_at + shape.key_width();
            let rows = projected.chunks_exact(shape.projected_width());
            for (position, row) in (base..).zip(rows) {
                let keys = &mut self.keys[range.clone()];
                for (i, key) in row[key_at..key_at + d].iter().enumerate() {
                    keys[i * capacity + position] = *key;
                }
                self.values[range.clone()][position * d..][..d]
                    .copy_from_slice(&row[value_at..value_at + d]);
            }
        }
    }

    /// Forgets the positions from `length` on.
    pub fn truncate(&mut self, shape: &Shape, length: usize) {
        let d = shape.head_dimension;
        if self.capacity > 0 {
            for row in self.keys.chunks_exact_mut(self.capacity) {
                row[length..self.length].fill(0.0);
            }
            for head in self.values.chunks_exact_mut(self.capacity * d) {
                head[length * d..self.length * d].fill(0.0);
            }
        }
        self.length = length;
    }
}
