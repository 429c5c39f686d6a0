//! The model: its tensors, its optimiser state, and the two ways to run it (`acting.rs`, `learning.rs`).

use super::acting::Acting;
use super::adapters::Adapters;
use super::blocks::Norm;
use super::error::{refuse, resize, Outcome};
use super::learning::Learning;
use super::packs::Packs;
use super::parameters::{Layout, Tensor};
use super::rope::Rope;
use super::shape::Shape;
use crate::optim::{self, clip_scale, ClipRule};
use crate::random::fill_normal;

/// A causal language model with a value head.
pub struct Transformer {
    pub(super) shape: Shape,
    pub(super) layout: Layout,
    pub(super) rope: Rope,
    pub(super) parameters: Vec<f32>,
    pub(super) packs: Packs,
    /// Empty until something writes or adds a gradient.
    pub(super) gradients: Vec<f32>,
    /// First and second moments, empty until the first update.
    moments: Vec<f32>,
    /// Updates applied so far.
    pub updates: u32,
    pub(super) acting: Acting,
    pub(super) learning: Learning,
    pub adapters: Adapters,
}

/// What one optimiser update uses.
#[derive(Debug, Clone, Copy)]
pub struct AdamW {
    pub learning_rate: f32,
    pub beta1: f32,
    pub beta2: f32,
    pub epsilon: f32,
    pub weight_decay: f32,
    /// Larger gradients are scaled down to this global norm; 0 or less: never.
    pub max_gradient_norm: f32,
}

impl AdamW {
    /// Moves parameters by their gradients and returns the gradients' global norm; one that is not finite changes nothing.
    ///
    /// # Shapes
    /// Parameters and gradients `[n]`; `moments [2, n]`.
    pub(super) fn apply(
        self,
        (parameters, gradients): (&mut [f32], &[f32]),
        moments: &mut [f32],
        updates: &mut u32,
    ) -> Outcome<f64> {
        let AdamW {
            learning_rate,
            beta1,
            beta2,
            epsilon,
            weight_decay,
            max_gradient_norm,
        } = self;
        let all = [learning_rate, beta1, beta2, epsilon, weight_decay];
        let betas = [beta1, beta2].iter().all(|b| (0.0..1.0).contains(b));
        if !betas || all.iter().any(|x| !x.is_finite()) || max_gradient_norm.is_nan() {
            return refuse("update", format_args!("settings {self:?}"));
        }
        let norm = optim::global_norm(gradients);
        if norm.is_finite() {
            let scale = clip_scale(norm, max_gradient_norm as f64, ClipRule::Optax);
            let (m, v) = moments.split_at_mut(parameters.len());
            *updates = updates.saturating_add(1);
            optim::adamw(
                parameters,
                gradients,
                m,
                v,
                *updates,
                learning_rate,
                beta1,
                beta2,
                epsilon,
                weight_decay,
                scale,
            );
        }
        Ok(norm)
    }
}

impl Transformer {
    /// A model whose weights are all 0 and whose norms are 1.
    ///
    /// # Errors
    /// If the sizes make no model or there is no memory for it.
    pub fn new(shape: Shape) -> Outcome<Self> {
        shape.check()?;
        let layout = Layout::new(&shape);
        let mut parameters = Vec::new();
        resize(&mut parameters, layout.count)?;
        let mut model = Self {
            rope: Rope::new(&shape),
            shape,
            layout,
            parameters,
            packs: Packs::empty(),
            gradients: Vec::new(),
            moments: Vec::new(),
            updates: 0,
            acting: Acting::default(),
            learning: Learning::default(),
            adapters: Adapters::default(),
        };
        model.fill_norms();
        Ok(model)
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// All tensors in storage order.
    pub fn tensors(&self) -> &[Tensor] {
        &self.layout.tensors
    }

    /// Replaces the inverse frequencies of a set of rotations, and the factor of its cosines and sines. Open slots keep
    /// keys turned by the old ones.
    ///
    /// # Errors
    /// If there are more than `headDimension / 2`, or one is not finite.
    pub fn set_rope_frequencies(
        &mut self,
        frequencies: &[f32],
        scale: f32,
        set: usize,
    ) -> Outcome<()> {
        self.rope.set_frequencies(frequencies, scale, set)?;
        self.learning.forget();
        Ok(())
    }

    /// Frequencies that replace set 0 in sequences of more than `above` tokens. A slot that grows or shrinks past that
    /// length is computed again.
    ///
    /// # Errors
    /// As [`Transformer::set_rope_frequencies`].
    pub fn set_long_rope_frequencies(
        &mut self,
        frequencies: &[f32],
        scale: f32,
        above: usize,
    ) -> Outcome<()> {
        self.rope.set_long(frequencies, scale, above)?;
        self.learning.forget();
        Ok(())
    }

    /// Norms begin as norms alone; one that counts from 1 begins at 0.
    fn fill_norms(&mut self) {
        let plain = match self.shape.blocks.norm {
            Norm::RmsFromOne => 0.0,
            Norm::Rms | Norm::Layer => 1.0,
        };
        for tensor in &self.layout.tensors {
            if tensor.name.ends_with("norm.weight") {
                self.parameters[tensor.range.clone()].fill(plain);
            }
        }
    }

    /// Random weights: N(0, 2/(5·hidden)) (Nguyen and Salazar 2019, "small init"), the deviation divided by √(2·layers)
    /// where a product adds to the residual stream; norms 1, biases and value head 0. Tensor i draws from stream i.
    pub fn initialize(&mut self, seed: u64) {
        let small = (0.4 / self.shape.hidden as f32).sqrt();
        let residual = 1.0 / (2.0 * self.shape.layers as f32).sqrt();
        for (stream, tensor) in self.layout.tensors.iter().enumerate() {
            let values = &mut self.parameters[tensor.range.clone()];
            if tensor.name.starts_with("value_head") || tensor.name.ends_with(".bias") {
                values.fill(0.0);
                continue;
            }
            let adds = tensor.name.contains("o_proj") || tensor.name.contains("down_proj");
            let deviation = if adds { small * residual } else { small };
            fill_normal(values, seed, stream as u32);
            values.iter_mut().for_each(|x| *x *= deviation);
        }
        self.fill_norms();
        self.changed();
    }

    fn tensor(&self, cannot: &str, name: &str) -> Outcome<&Tensor> {
        match self.layout.find(name) {
            Some(tensor) => Ok(tensor),
            None => refuse(cannot, format_args!("there is no tensor '{name}'")),
        }
    }

    /// Sizes of a tensor, outer first.
    pub fn tensor_shape(&self, name: &str) -> Outcome<&[u32]> {
        Ok(&self.tensor("read a shape", name)?.shape)
    }

    /// The values of a tensor.
    pub fn read_tensor(&self, name: &str) -> Outcome<&[f32]> {
        let range = self.tensor("read a tensor", name)?.range.clone();
        Ok(&self.parameters[range])
    }

    /// Replaces the values of a tensor.
    pub fn write_tensor(&mut self, name: &str, values: &[f32]) -> Outcome<()> {
        let range = self.tensor("write a tensor", name)?.range.clone();
        check_values(&format!("write '{name}'"), values, range.len())?;
        self.parameters[range].copy_from_slice(values);
        self.changed();
        Ok(())
    }

    /// The accumulated gradient of a tensor.
    pub fn read_gradient(&mut self, name: &str) -> Outcome<&[f32]> {
        let range = self.tensor("read a gradient", name)?.range.clone();
        Ok(&self.gradients_mut()?[range])
    }

    /// All parameters, flat.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Replaces all parameters.
    pub fn write_parameters(&mut self, values: &[f32]) -> Outcome<()> {
        check_values("write parameters", values, self.parameters.len())?;
        self.parameters.copy_from_slice(values);
        self.changed();
        Ok(())
    }

    /// All gradients, flat.
    pub fn gradients_mut(&mut self) -> Outcome<&mut [f32]> {
        resize(&mut self.gradients, self.layout.count)?;
        Ok(&mut self.gradients)
    }

    /// Replaces all gradients. They need not be finite: [`Transformer::adamw`] refuses such an update.
    pub fn write_gradients(&mut self, values: &[f32]) -> Outcome<()> {
        check_length("write gradients", values, self.layout.count)?;
        self.gradients_mut()?.copy_from_slice(values);
        Ok(())
    }

    /// Sets all gradients to 0.
    pub fn clear_gradients(&mut self) {
        self.gradients.fill(0.0);
    }

    /// First moments, then second moments.
    pub fn moments_mut(&mut self) -> Outcome<&mut [f32]> {
        resize(&mut self.moments, 2 * self.layout.count)?;
        Ok(&mut self.moments)
    }

    /// Replaces the moments.
    pub fn write_moments(&mut self, values: &[f32]) -> Outcome<()> {
        check_values("write moments", values, 2 * self.layout.count)?;
        self.moments_mut()?.copy_from_slice(values);
        Ok(())
    }

    /// Applies the accumulated gradient and clears it; returns its global norm before clipping. A norm that is not
    /// finite leaves weights, moments and `updates` as they were.
    ///
    /// # Errors
    /// If a setting is not finite or there is no memory for the moments.
    pub fn adamw(&mut self, settings: AdamW) -> Outcome<f64> {
        self.gradients_mut()?;
        self.moments_mut()?;
        let updates = self.updates;
        let trained = (&mut self.parameters[..], &self.gradients[..]);
        let norm = settings.apply(trained, &mut self.moments, &mut self.updates)?;
        if self.updates != updates {
            self.changed();
        }
        self.clear_gradients();
        Ok(norm)
    }

    /// What was computed with the old weights no longer holds.
    fn changed(&mut self) {
        self.learning.forget();
        self.packs.outdate();
    }

    /// Packs the weights and adapters that changed.
    pub(super) fn pack(&mut self) -> Outcome<()> {
        self.adapters.refresh();
        self.packs
            .refresh(&self.shape, &self.layout, &self.parameters)
    }
}

/// What a layer reads of a model; a macro because the rest of the model stays free to be borrowed.
macro_rules! weights {
    ($model:expr) => {
        Weights {
            shape: &$model.shape,
            layout: &$model.layout,
            parameters: &$model.parameters,
            rope: &$model.rope,
            products: $crate::transformer::product::Products::Plain {
                packs: &$model.packs,
                layout: &$model.layout,
                parameters: &$model.parameters,
            },
            adapters: $model.adapters.all(),
        }
    };
}
pub(super) use weights;

pub(super) fn check_length(cannot: &str, values: &[f32], expected: usize) -> Outcome<()> {
    if values.len() != expected {
        let state = format!("expected {expected} numbers, got {}", values.len());
        return refuse(cannot, state);
    }
    Ok(())
}

pub(super) fn check_values(cannot: &str, values: &[f32], expected: usize) -> Outcome<()> {
    check_length(cannot, values, expected)?;
    match values.iter().position(|x| !x.is_finite()) {
        Some(at) => refuse(cannot, format_args!("number {at} is {}", values[at])),
        None => Ok(()),
    }
}

/// Checks that all ids are below the vocabulary.
pub(super) fn check_tokens(cannot: &str, tokens: &[u32], vocabulary: usize) -> Outcome<()> {
    match tokens.iter().position(|&t| t as usize >= vocabulary) {
        Some(at) => refuse(
            cannot,
            format_args!(
                "token {} at {at} is not below the vocabulary {vocabulary}",
                tokens[at]
            ),
        ),
        None => Ok(()),
    }
}

/// Checks a temperature that divides.
pub(super) fn check_temperature(cannot: &str, temperature: f32) -> Outcome<()> {
    if !(temperature.is_finite() && temperature > 0.0) {
        return refuse(cannot, format_args!("temperature is {temperature}"));
    }
    Ok(())
}
