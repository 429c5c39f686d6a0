//! Where gradients go: to the model's own weights, or past them to an adapter.

use core::ops::Range;

use super::error::{resize, Outcome};

/// Gradients that a backward pass adds to.
pub struct Gradients<'a> {
    /// Of the model's weights; none while they are frozen.
    base: Option<&'a mut [f32]>,
    /// What frozen norms and biases would get.
    waste: Vec<f32>,
    /// Of an adapter: its number and its gradients.
    adapter: Option<(usize, &'a mut [f32])>,
}

impl<'a> Gradients<'a> {
    /// All go to the weights.
    pub fn of_weights(base: &'a mut [f32]) -> Self {
        Self {
            base: Some(base),
            waste: Vec::new(),
            adapter: None,
        }
    }

    /// All go to an adapter. `widest` is the largest range that [`Gradients::small`] is asked for.
    pub fn of_adapter(index: usize, gradients: &'a mut [f32], widest: usize) -> Outcome<Self> {
        let mut waste = Vec::new();
        resize(&mut waste, widest)?;
        Ok(Self {
            base: None,
            waste,
            adapter: Some((index, gradients)),
        })
    }

    /// Those of a norm or a bias; when frozen, memory that nobody reads.
    pub fn small(&mut self, range: &Range<usize>) -> &mut [f32] {
        match &mut self.base {
            Some(base) => &mut base[range.clone()],
            None => {
                let waste = &mut self.waste[..range.len()];
                waste.fill(0.0);
                waste
            }
        }
    }

    /// Those of a matrix; empty when it is frozen.
    pub fn matrix(&mut self, range: &Range<usize>) -> &mut [f32] {
        match &mut self.base {
            Some(base) => &mut base[range.clone()],
            None => &mut [],
        }
    }

    /// Number and gradients of the adapter that learns.
    pub fn adapter(&mut self) -> Option<(usize, &mut [f32])> {
        self.adapter.as_mut().map(|(index, g)| (*index, &mut **g))
    }
}
