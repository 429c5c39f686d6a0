//! The class `PackedTransformer`: checks come from the model itself; this file only translates.

use wasm_bindgen::prelude::*;

use super::copied;
use super::transformer::{draw_uniforms, thrown, Samples, Scores, TransformerBlocks};
use crate::packed::{self, Activations, Format, PackedMatrix};
use crate::quant::BlockType;
use crate::sampling::SamplingOptions;
use crate::transformer::{CacheFormat, PackedFormats, PackedTransformer as Model, Shape};

fn format_of(name: &str) -> Result<Format, JsError> {
    let unknown = || format!("Cannot pack: unknown format '{name}', use 'e4', 'e7' or 'q8'");
    Format::parse(name).ok_or_else(|| JsError::new(&unknown()))
}

/// `x · Wᵀ` through packed weights, for tests and the self-test: x `[rows, k]`, w `[n, k]`, result `[rows, n]`.
#[wasm_bindgen(js_name = packedProduct)]
pub fn packed_product(
    format: &str,
    rows: usize,
    n: usize,
    k: usize,
    x: &[f32],
    w: &[f32],
) -> Result<Vec<f32>, JsError> {
    let format = format_of(format)?;
    let fits = |length: usize, a: usize, b: usize| a.checked_mul(b) == Some(length);
    if !fits(x.len(), rows, k) || !fits(w.len(), n, k) || k == 0 {
        return Err(JsError::new("Cannot multiply: sizes do not fit"));
    }
    let matrix = PackedMatrix::new(format, n, k);
    let mut activations = Activations::default();
    let mut y = super::zeros(rows.saturating_mul(n))?;
    let Some(mut matrix) = matrix.filter(|_| activations.quantize(format, x, rows, k)) else {
        return Err(JsError::new("Cannot multiply: no memory"));
    };
    for row in 0..n {
        if matrix.write_row(row, &w[row * k..][..k]).is_none() {
            let state =
                format!("Cannot pack: row {row} has a weight that is not finite or too large");
            return Err(JsError::new(&state));
        }
    }
    packed::multiply(&activations, &matrix, &mut y, false);
    Ok(y)
}

/// Rows of `k` numbers, from whole blocks of a `ggml_type`, as blocks of "e4" (Q4_0), "e7" or "q8" (Q8_0), by the rule of
/// `PackedTransformer.writeRows`; what a row lacks to whole blocks is 0.
#[wasm_bindgen(js_name = packRows)]
pub fn pack_rows(format: &str, kind: u32, k: usize, bytes: &[u8]) -> Result<Vec<u8>, JsError> {
    let format = format_of(format)?;
    let Some(kind) = BlockType::of(kind) else {
        return Err(JsError::new(&format!(
            "Cannot pack: there is no reader for type {kind}"
        )));
    };
    let (numbers, size) = kind.block();
    let whole = k > 0 && k.is_multiple_of(numbers);
    if !whole || !bytes.len().is_multiple_of(k / numbers * size) {
        let state = format!("{} bytes are no rows of {k} numbers", bytes.len());
        return Err(JsError::new(&format!("Cannot pack: {state}")));
    }
    packed::blocks_of_rows(format, kind, k, bytes).map_err(|row| {
        JsError::new(&format!(
            "Cannot pack: row {} has a weight that is not finite or too large",
            row.0
        ))
    })
}

/// A causal language model whose matrices have four or eight bits a weight: it acts, and an adapter beside it learns.
/// Owns its memory: dispose it.
#[wasm_bindgen]
pub struct PackedTransformer {
    pub(super) model: Model,
}

#[wasm_bindgen]
impl PackedTransformer {
    /// A model whose weights are 0 and whose norms are 1. Format and headFormat (of embedding and head): "e4", "e7" or
    /// "q8"; cacheFormat: "f16" or "q8". Without `blocks`: a Llama.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(js_name = vocabularySize)] vocabulary: u32,
        #[wasm_bindgen(js_name = hiddenSize)] hidden: u32,
        layers: u32,
        heads: u32,
        #[wasm_bindgen(js_name = keyValueHeads)] key_value_heads: u32,
        #[wasm_bindgen(js_name = headDimension)] head_dimension: u32,
        #[wasm_bindgen(js_name = intermediateSize)] intermediate: u32,
        #[wasm_bindgen(js_name = maximumPositions)] maximum_positions: u32,
        #[wasm_bindgen(js_name = ropeTheta)] rope_theta: f64,
        #[wasm_bindgen(js_name = normEpsilon)] norm_epsilon: f32,
        tied: bool,
        format: &str,
        #[wasm_bindgen(js_name = headFormat)] head_format: &str,
        #[wasm_bindgen(js_name = cacheFormat)] cache_format: &str,
        blocks: Option<TransformerBlocks>,
    ) -> Result<PackedTransformer, JsError> {
        let Some(cache) = CacheFormat::parse(cache_format) else {
            return Err(JsError::new(&format!(
                "Cannot create a packed transformer: unknown cache format '{cache_format}', use 'f16' or 'q8'"
            )));
        };
        let formats = PackedFormats {
            layers: format_of(format)?,
            head: format_of(head_format)?,
            cache,
        };
        let shape = Shape {
            vocabulary: vocabulary as usize,
            hidden: hidden as usize,
            layers: layers as usize,
            heads: heads as usize,
            key_value_heads: key_value_heads as usize,
            head_dimension: head_dimension as usize,
            intermediate: intermediate as usize,
            maximum_positions: maximum_positions as usize,
            rope_theta,
            norm_epsilon,
            tied,
            blocks: blocks
                .map(TransformerBlocks::into_blocks)
                .unwrap_or_default(),
        };
        let model = Model::new(shape, formats).map_err(thrown)?;
        Ok(Self { model })
    }

    /// As `Transformer.setRopeFrequencies`; open slots are emptied.
    #[wasm_bindgen(js_name = setRopeFrequencies)]
    pub fn set_rope_frequencies(
        &mut self,
        #[wasm_bindgen(js_name = inverseFrequencies)] frequencies: &[f32],
        scale: Option<f32>,
        set: Option<u32>,
    ) -> Result<(), JsError> {
        self.model
            .set_rope_frequencies(frequencies, scale.unwrap_or(1.0), set.unwrap_or(0) as usize)
            .map_err(thrown)
    }

    /// As `Transformer.setLongRopeFrequencies`; open slots are emptied.
    #[wasm_bindgen(js_name = setLongRopeFrequencies)]
    pub fn set_long_rope_frequencies(
        &mut self,
        #[wasm_bindgen(js_name = inverseFrequencies)] frequencies: &[f32],
        scale: f32,
        above: u32,
    ) -> Result<(), JsError> {
        self.model
            .set_long_rope_frequencies(frequencies, scale, above as usize)
            .map_err(thrown)
    }

    /// Number of weights.
    #[wasm_bindgen(getter, js_name = parameterCount)]
    pub fn parameter_count(&self) -> f64 {
        self.model.parameter_count() as f64
    }

    /// Bytes of all weights.
    #[wasm_bindgen(getter, js_name = weightBytes)]
    pub fn weight_bytes(&self) -> usize {
        self.model.weight_bytes()
    }

    /// Bytes of the caches of all slots; what slots share counts once.
    #[wasm_bindgen(getter, js_name = cacheBytes)]
    pub fn cache_bytes(&self) -> usize {
        self.model.cache_bytes()
    }

    #[wasm_bindgen(js_name = tensorNames)]
    pub fn tensor_names(&self) -> Vec<String> {
        self.model.tensor_names()
    }

    #[wasm_bindgen(js_name = tensorShape)]
    pub fn tensor_shape(&self, name: &str) -> Result<Vec<u32>, JsError> {
        self.model
            .tensor_shape(name)
            .map(<[u32]>::to_vec)
            .map_err(thrown)
    }

    /// Writes rows `first ..` of a tensor from whole blocks of a `ggml_type` (0: F32). `pairedHeads` not 0: rows
    /// (2i, 2i + 1) of each of so many heads go to (i, i + d/2). Open slots are emptied.
    #[wasm_bindgen(js_name = writeRows)]
    pub fn write_rows(
        &mut self,
        name: &str,
        kind: u32,
        first: usize,
        bytes: &[u8],
        #[wasm_bindgen(js_name = pairedHeads)] paired_heads: usize,
    ) -> Result<(), JsError> {
        let Some(kind) = BlockType::of(kind) else {
            return Err(JsError::new(&format!(
                "Cannot write '{name}': there is no reader for type {kind}"
            )));
        };
        self.model
            .write_rows(name, kind, first, bytes, paired_heads)
            .map_err(thrown)
    }

    /// The numbers that rows of a tensor stand for; a vector has one row.
    #[wasm_bindgen(js_name = readRows)]
    pub fn read_rows(
        &mut self,
        name: &str,
        first: usize,
        count: usize,
    ) -> Result<Vec<f32>, JsError> {
        self.model.read_rows(name, first, count).map_err(thrown)
    }

    /// Opens the memory of one episode.
    #[wasm_bindgen(js_name = openSlot)]
    pub fn open_slot(&mut self) -> u32 {
        self.model.open_slot()
    }

    /// Opens an episode that begins with the first `length` tokens of another; both share the memory of these.
    #[wasm_bindgen(js_name = copySlot)]
    pub fn copy_slot(&mut self, slot: u32, length: usize) -> Result<u32, JsError> {
        self.model.copy_slot(slot, length).map_err(thrown)
    }

    #[wasm_bindgen(js_name = closeSlot)]
    pub fn close_slot(&mut self, slot: u32) -> Result<(), JsError> {
        self.model.close_slot(slot).map_err(thrown)
    }

    #[wasm_bindgen(js_name = slotLength)]
    pub fn slot_length(&self, slot: u32) -> Result<usize, JsError> {
        self.model.slot_length(slot).map_err(thrown)
    }

    /// Tokens that a slot has read.
    #[wasm_bindgen(js_name = slotTokens)]
    pub fn slot_tokens(&self, slot: u32) -> Result<Vec<u32>, JsError> {
        self.model
            .slot_tokens(slot)
            .map(<[u32]>::to_vec)
            .map_err(thrown)
    }

    #[wasm_bindgen(js_name = truncateSlot)]
    pub fn truncate_slot(&mut self, slot: u32, length: usize) -> Result<(), JsError> {
        self.model.truncate_slot(slot, length).map_err(thrown)
    }

    /// All that a slot has read, as bytes for `restoreSlot` of a model with the same weights and formats.
    #[wasm_bindgen(js_name = saveSlot)]
    pub fn save_slot(&mut self, slot: u32) -> Result<Vec<u8>, JsError> {
        self.model.save_slot(slot).map_err(thrown)
    }

    /// Opens a slot from the bytes of `saveSlot`.
    #[wasm_bindgen(js_name = restoreSlot)]
    pub fn restore_slot(&mut self, bytes: &[u8]) -> Result<u32, JsError> {
        self.model.restore_slot(bytes).map_err(thrown)
    }

    /// Appends counts[i] tokens to slots[i], all as one batch, and keeps the last keep[i] rows of each (1 when left out)
    /// for `lastLogits`, `lastValues` and `sampleLast`.
    pub fn feed(
        &mut self,
        slots: &[u32],
        counts: &[u32],
        tokens: &[u32],
        keep: Option<Vec<u32>>,
    ) -> Result<(), JsError> {
        self.model
            .feed(slots, counts, tokens, &keep.unwrap_or_default())
            .map_err(thrown)
    }

    /// [kept rows, vocabulary] of the last feed.
    #[wasm_bindgen(js_name = lastLogits)]
    pub fn last_logits(&mut self) -> Result<Vec<f32>, JsError> {
        self.model.last_logits().map_err(thrown).and_then(copied)
    }

    /// As `lastLogits`, of the tokens that masks allow to any of the rows: where these are few, no others are computed,
    /// and theirs are −∞.
    #[wasm_bindgen(js_name = lastLogitsUnder)]
    pub fn last_logits_under(
        &mut self,
        #[wasm_bindgen(js_name = maskIndex)] mask_index: &[u32],
        masks: &[u32],
    ) -> Result<Vec<f32>, JsError> {
        let logits = self.model.last_logits_under(mask_index, masks);
        logits.map_err(thrown).and_then(copied)
    }

    /// [kept rows] there.
    #[wasm_bindgen(js_name = lastValues)]
    pub fn last_values(&self) -> Vec<f32> {
        self.model.last_values()
    }

    /// Draws one token behind each kept row of the last feed; as `Transformer.sampleLast`.
    #[wasm_bindgen(js_name = sampleLast)]
    pub fn sample_last(
        &mut self,
        #[wasm_bindgen(js_name = maskIndex)] mask_index: &[u32],
        masks: &[u32],
        temperature: f32,
        #[wasm_bindgen(js_name = topK)] top_k: u32,
        #[wasm_bindgen(js_name = topP)] top_p: f32,
        #[wasm_bindgen(js_name = minP)] min_p: f32,
        seeds: &[u64],
        streams: &[u32],
        counters: &[u32],
        raw: Option<bool>,
    ) -> Result<Samples, JsError> {
        let uniforms = draw_uniforms(self.model.last_count(), seeds, streams, counters)?;
        let options = SamplingOptions {
            temperature,
            top_k,
            top_p,
            min_p,
            raw: raw.unwrap_or(true),
            ..Default::default()
        };
        let drawn = self
            .model
            .sample_last(mask_index, masks, &options, &uniforms)
            .map_err(thrown)?;
        Ok(Samples::new(drawn))
    }

    /// Runs packed sequences for `logitsAt`, `valuesAt`, `score` and `backward`.
    pub fn forward(&mut self, tokens: &[u32], lengths: &[u32]) -> Result<(), JsError> {
        self.model.forward(tokens, lengths).map_err(thrown)
    }

    /// [rows, vocabulary] of rows of the last forward.
    #[wasm_bindgen(js_name = logitsAt)]
    pub fn logits_at(&mut self, rows: &[u32]) -> Result<Vec<f32>, JsError> {
        self.model.logits_at(rows).map_err(thrown)
    }

    /// [rows] of the last forward.
    #[wasm_bindgen(js_name = valuesAt)]
    pub fn values_at(&self, rows: &[u32]) -> Result<Vec<f32>, JsError> {
        self.model.values_at(rows).map_err(thrown)
    }

    /// Log-probabilities of targets[i] after rows[i], and entropies: the bits of `sampleLast`; remembered for `backward`.
    pub fn score(
        &mut self,
        rows: &[u32],
        targets: &[u32],
        #[wasm_bindgen(js_name = maskIndex)] mask_index: &[u32],
        masks: &[u32],
        temperature: f32,
    ) -> Result<Scores, JsError> {
        let scored = self
            .model
            .score(rows, targets, mask_index, masks, temperature)
            .map_err(thrown)?;
        Ok(Scores::new(scored))
    }

    /// Adds to the gradient of the adapter that learns what flows back through the frozen weights.
    pub fn backward(
        &mut self,
        #[wasm_bindgen(js_name = dLogProbs)] d_log_probs: &[f32],
        #[wasm_bindgen(js_name = dEntropies)] d_entropies: &[f32],
        #[wasm_bindgen(js_name = valueRows)] value_rows: &[u32],
        #[wasm_bindgen(js_name = dValues)] d_values: &[f32],
    ) -> Result<(), JsError> {
        self.model
            .backward(d_log_probs, d_entropies, value_rows, d_values)
            .map_err(thrown)
    }
}
