//! The adapters of the class `PackedTransformer`; as those of `Transformer`, but that they do not learn.

use wasm_bindgen::prelude::*;

use super::adapters::targets_of;
use super::copied;
use super::packed_transformer::PackedTransformer;
use super::transformer::thrown;

#[wasm_bindgen]
impl PackedTransformer {
    /// As in `Transformer`.
    #[wasm_bindgen(js_name = addAdapter)]
    pub fn add_adapter(
        &mut self,
        targets: &[u32],
        scales: &[f32],
        seed: u64,
    ) -> Result<u32, JsError> {
        let known = targets_of(targets, scales)?;
        self.model.add_adapter(&known, seed).map_err(thrown)
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

    /// Sends what `forward` runs through an adapter, or through none.
    #[wasm_bindgen(js_name = evaluateAdapter)]
    pub fn evaluate_adapter(&mut self, adapter: Option<u32>) -> Result<(), JsError> {
        self.model.evaluate_adapter(adapter).map_err(thrown)
    }

    /// As in `Transformer`.
    #[wasm_bindgen(js_name = readAdapter)]
    pub fn read_adapter(&mut self, adapter: u32) -> Result<Vec<f32>, JsError> {
        self.model
            .adapter_parameters(adapter)
            .map_err(thrown)
            .and_then(copied)
    }

    #[wasm_bindgen(js_name = writeAdapter)]
    pub fn write_adapter(&mut self, adapter: u32, values: &[f32]) -> Result<(), JsError> {
        self.model.write_adapter(adapter, values).map_err(thrown)
    }
}
