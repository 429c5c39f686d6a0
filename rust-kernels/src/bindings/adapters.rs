//! The adapters of the classes `Transformer` and `PackedTransformer`.

use wasm_bindgen::prelude::*;

use super::copied;
use super::packed_transformer::PackedTransformer;
use super::transformer::{thrown, Transformer};
use crate::transformer::{AdamW, Part, Target};

/// Targets as the class takes them: fives of layer, part, first output, number of outputs and rank, and a scale each.
fn targets_of(targets: &[u32], scales: &[f32]) -> Result<Vec<Target>, JsError> {
    let target = |(five, &scale): (&[u32], &f32)| {
        let first = five[2] as usize;
        Part::of(five[1]).map(|part| Target {
            layer: five[0] as usize,
            part,
            columns: first..first.saturating_add(five[3] as usize),
            rank: five[4] as usize,
            scale,
        })
    };
    let known: Option<Vec<Target>> = targets.chunks_exact(5).zip(scales).map(target).collect();
    match known {
        Some(known) if targets.len() == 5 * scales.len() => Ok(known),
        _ => Err(JsError::new(
            "Cannot add an adapter: expected five numbers and a scale for each target, and a part below 4",
        )),
    }
}

/// Writes the same methods for each class: one is exported for each.
macro_rules! adapter_methods {
    ($class:ident) => {
        #[wasm_bindgen]
        impl $class {
            /// Adds a low-rank adapter that changes nothing yet and returns its number: `y += scale · (x · Aᵀ) · Bᵀ`. Targets are
            /// fives of layer, part (0 projections, 1 output, 2 gate and up, 3 down), first output, number of outputs, and rank;
            /// scales are one a target. A is uniform in ±1/√in by the seed, or 0 without one; B is 0.
            #[wasm_bindgen(js_name = addAdapter)]
            pub fn add_adapter(
                &mut self,
                targets: &[u32],
                scales: &[f32],
                seed: Option<u64>,
            ) -> Result<u32, JsError> {
                let known = targets_of(targets, scales)?;
                let model = &mut self.model;
                let shape = model.shape().clone();
                model.adapters.add(&shape, &known, seed).map_err(thrown)
            }

            #[wasm_bindgen(js_name = removeAdapter)]
            pub fn remove_adapter(&mut self, adapter: u32) -> Result<(), JsError> {
                self.model.remove_adapter(adapter).map_err(thrown)
            }

            /// Sends what a slot is fed from now on through an adapter, or through none.
            #[wasm_bindgen(js_name = adaptSlot)]
            pub fn adapt_slot(&mut self, slot: u32, adapter: Option<u32>) -> Result<(), JsError> {
                self.model.adapt_slot(slot, adapter).map_err(thrown)
            }

            /// Sends what `forward` runs through an adapter, which alone learns then; or, with none, through the weights.
            #[wasm_bindgen(js_name = learnAdapter)]
            pub fn learn_adapter(&mut self, adapter: Option<u32>) -> Result<(), JsError> {
                self.model.learn_adapter(adapter).map_err(thrown)
            }

            /// Target after target A [rank, in] and B [out, rank]; then the value head's weight and bias.
            #[wasm_bindgen(js_name = readAdapter)]
            pub fn read_adapter(&mut self, adapter: u32) -> Result<Vec<f32>, JsError> {
                self.model
                    .adapters
                    .parameters(adapter)
                    .map_err(thrown)
                    .and_then(copied)
            }

            #[wasm_bindgen(js_name = writeAdapter)]
            pub fn write_adapter(&mut self, adapter: u32, values: &[f32]) -> Result<(), JsError> {
                self.model.adapters.write(adapter, values).map_err(thrown)
            }

            #[wasm_bindgen(js_name = readAdapterGradients)]
            pub fn read_adapter_gradients(&mut self, adapter: u32) -> Result<Vec<f32>, JsError> {
                self.model
                    .adapters
                    .gradients_mut(adapter)
                    .map_err(thrown)
                    .and_then(|g| copied(g))
            }

            #[wasm_bindgen(js_name = writeAdapterGradients)]
            pub fn write_adapter_gradients(
                &mut self,
                adapter: u32,
                values: &[f32],
            ) -> Result<(), JsError> {
                self.model
                    .adapters
                    .write_gradients(adapter, values)
                    .map_err(thrown)
            }

            /// First, then second moments.
            #[wasm_bindgen(js_name = readAdapterMoments)]
            pub fn read_adapter_moments(&mut self, adapter: u32) -> Result<Vec<f32>, JsError> {
                self.model
                    .adapters
                    .moments_mut(adapter)
                    .map_err(thrown)
                    .and_then(|m| copied(m))
            }

            #[wasm_bindgen(js_name = writeAdapterMoments)]
            pub fn write_adapter_moments(
                &mut self,
                adapter: u32,
                values: &[f32],
                updates: u32,
            ) -> Result<(), JsError> {
                self.model
                    .adapters
                    .write_moments(adapter, values, updates)
                    .map_err(thrown)
            }

            #[wasm_bindgen(js_name = adapterUpdates)]
            pub fn adapter_updates(&mut self, adapter: u32) -> Result<u32, JsError> {
                self.model.adapters.updates(adapter).map_err(thrown)
            }

            /// One update of an adapter, as `adamw` makes one of the weights.
            #[wasm_bindgen(js_name = adapterAdamw)]
            pub fn adapter_adamw(
                &mut self,
                adapter: u32,
                #[wasm_bindgen(js_name = learningRate)] learning_rate: f32,
                beta1: f32,
                beta2: f32,
                epsilon: f32,
                #[wasm_bindgen(js_name = weightDecay)] weight_decay: f32,
                #[wasm_bindgen(js_name = maxGradientNorm)] max_gradient_norm: f32,
            ) -> Result<f64, JsError> {
                let settings = AdamW {
                    learning_rate,
                    beta1,
                    beta2,
                    epsilon,
                    weight_decay,
                    max_gradient_norm,
                };
                self.model.adapters.adamw(adapter, settings).map_err(thrown)
            }
        }
    };
}

adapter_methods!(Transformer);
adapter_methods!(PackedTransformer);
