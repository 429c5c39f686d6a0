//! Keys and values of one episode, for all layers.

use super::error::{resize, Outcome};
use super::shape::Shape;
use crate::simd::PANEL_VECTORS;

/// Keys that stand side by side in a panel.
const KEY_PANEL: usize = 4 * PANEL_VECTORS;
/// Dimensions of values that stand side by side in a panel.
pub const VALUE_PANEL: usize = 8;

/// Keys and values of the positions seen so far, in the order in which products read them.
///
/// # Shapes
/// `keys [layers, keyValueHeads, capacity / KEY_PANEL, headDimension, KEY_PANEL]`;
/// `values [layers, keyValueHeads, ⌈headDimension / VALUE_PANEL⌉, capacity, VALUE_PANEL]`. All behind `length` is 0.
#[derive(Default)]
pub struct Cache {
    pub length: usize,
    /// What was fed, where it may have to be computed again: in models that turn long sequences otherwise.
    pub tokens: Vec<u32>,
    /// Whether the keys are turned as those of a long sequence.
    pub long: bool,
    /// Number of the adapter that its rows go through.
    pub adapter: Option<usize>,
    capacity: usize,
    keys: Vec<f32>,
    values: Vec<f32>,
}

/// One head of one layer of a [`Cache`].
pub struct Head<'a> {
    pub keys: &'a [f32],
    pub values: &'a [f32],
    pub capacity: usize,
}

/// Values of a position in one head, padded to whole panels.
fn padded(shape: &Shape) -> usize {
    shape.head_dimension.next_multiple_of(VALUE_PANEL)
}

impl Cache {
    /// Makes room for `positions`, doubling so that growing costs a constant per position.
    pub fn reserve(&mut self, shape: &Shape, layers: usize, positions: usize) -> Outcome<()> {
        if positions <= self.capacity {
            return Ok(());
        }
        let most = shape.maximum_positions.max(positions);
        let wanted = positions.max((2 * self.capacity).min(most));
        let capacity = wanted.next_multiple_of(2 * KEY_PANEL);
        let heads = layers * shape.key_value_heads;
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        let size = |d: usize| heads.saturating_mul(d).saturating_mul(capacity);
        resize(&mut keys, size(shape.head_dimension))?;
        resize(&mut values, size(padded(shape)))?;
        if self.capacity > 0 {
            copy_rows(
                &self.keys,
                self.capacity * shape.head_dimension,
                &mut keys,
                capacity * shape.head_dimension,
            );
            copy_rows(
                &self.values,
                self.capacity * VALUE_PANEL,
                &mut values,
                capacity * VALUE_PANEL,
            );
        }
        (self.keys, self.values, self.capacity) = (keys, values, capacity);
        Ok(())
    }

    /// Keys and values of one head.
    pub fn head(&self, shape: &Shape, layer: usize, head: usize) -> Head<'_> {
        let index = layer * shape.key_value_heads + head;
        let (keys, values) = (
            shape.head_dimension * self.capacity,
            padded(shape) * self.capacity,
        );
        Head {
            keys: &self.keys[index * keys..][..keys],
            values: &self.values[index * values..][..values],
            capacity: self.capacity,
        }
    }

    /// Writes the keys and values of packed rows behind the first `base` positions of one layer.
    ///
    /// # Shapes
    /// `projected [rows, projectedWidth]`: queries, keys and values of each row side by side.
    pub fn store(&mut self, shape: &Shape, layer: usize, base: usize, projected: &[f32]) {
        let (d, capacity) = (shape.head_dimension, self.capacity);
        for head in 0..shape.key_value_heads {
            let index = layer * shape.key_value_heads + head;
            let keys = &mut self.keys[index * d * capacity..][..d * capacity];
            let size = padded(shape) * capacity;
            let values = &mut self.values[index * size..][..size];
            let key_at = shape.query_width() + head * d;
            let value_at = key_at + shape.key_width();
            let rows = projected.chunks_exact(shape.projected_width());
            for (position, row) in (base..).zip(rows) {
                let panel = &mut keys[position / KEY_PANEL * KEY_PANEL * d..][..KEY_PANEL * d];
                let places = panel.chunks_exact_mut(KEY_PANEL);
                for (place, key) in places.zip(&row[key_at..key_at + d]) {
                    place[position % KEY_PANEL] = *key;
                }
                let parts = row[value_at..value_at + d].chunks(VALUE_PANEL);
                for (panel, part) in values.chunks_exact_mut(capacity * VALUE_PANEL).zip(parts) {
                    panel[position * VALUE_PANEL..][..part.len()].copy_from_slice(part);
                }
            }
        }
    }

    /// Forgets the positions from `length` on.
    pub fn truncate(&mut self, shape: &Shape, length: usize) {
        if self.capacity > 0 {
            for head in self
                .keys
                .chunks_exact_mut(self.capacity * shape.head_dimension)
            {
                for position in length..self.length {
                    let panel =
                        &mut head[position / KEY_PANEL * KEY_PANEL * shape.head_dimension..];
                    let places = panel[position % KEY_PANEL..].iter_mut().step_by(KEY_PANEL);
                    places.take(shape.head_dimension).for_each(|x| *x = 0.0);
                }
            }
            for panel in self.values.chunks_exact_mut(self.capacity * VALUE_PANEL) {
                panel[length * VALUE_PANEL..self.length * VALUE_PANEL].fill(0.0);
            }
        }
        self.length = length;
        self.tokens.truncate(length);
    }
}

/// Copies rows of one length to the starts of longer rows.
fn copy_rows(from: &[f32], from_step: usize, to: &mut [f32], to_step: usize) {
    for (to, from) in to
        .chunks_exact_mut(to_step)
        .zip(from.chunks_exact(from_step))
    {
        to[..from_step].copy_from_slice(from);
    }
}
