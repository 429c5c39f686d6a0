//! The class `Transformer`: checks come from the model itself; this file only translates.

use wasm_bindgen::prelude::*;

use super::copied;
use crate::random::uniform;
use crate::sampling::SamplingOptions;
use crate::transformer::{
    Activation, AdamW, Blocks, Drawn, Norm, Scored, Shape, Transformer as Model, TransformerError,
};

pub(super) fn thrown(error: TransformerError) -> JsError {
    JsError::new(&error.0)
}

/// The uniform numbers of draws, each named by its seed, stream and counter.
pub(super) fn draw_uniforms(
    rows: usize,
    seeds: &[u64],
    streams: &[u32],
    counters: &[u32],
) -> Result<Vec<f32>, JsError> {
    if [seeds.len(), streams.len(), counters.len()] != [rows; 3] {
        return Err(JsError::new(&format!(
            "Cannot sample: {rows} slots need as many seeds, streams and counters, got {}, {} and {}",
            seeds.len(),
            streams.len(),
            counters.len()
        )));
    }
    let draw = |row| uniform(seeds[row], streams[row], counters[row]);
    Ok((0..rows).map(draw).collect())
}

/// What a model has otherwise than Llama; hand it to the constructor of `Transformer`, which consumes it.
#[wasm_bindgen]
pub struct TransformerBlocks {
    blocks: Blocks,
}

#[wasm_bindgen]
impl TransformerBlocks {
    /// Norm: "rms", "rms-from-one" (weights count from 1) or "layer". Activation: "silu", "gelu-tanh" or "gelu".
    /// A scale or cap of 0 is none (attentionScale: 1/√headDimension). Windows [layers]: positions that a query sees,
    /// itself among them, 0 all. Ropes [layers]: set of rotation frequencies. Both may be empty.
    #[wasm_bindgen(constructor)]
    pub fn new(
        norm: &str,
        #[wasm_bindgen(js_name = postNorms)] post_norms: bool,
        #[wasm_bindgen(js_name = queryKeyNorms)] query_key_norms: bool,
        #[wasm_bindgen(js_name = projectionBias)] projection_bias: bool,
        #[wasm_bindgen(js_name = outputBias)] output_bias: bool,
        #[wasm_bindgen(js_name = feedForwardBias)] feed_forward_bias: bool,
        gated: bool,
        activation: &str,
        #[wasm_bindgen(js_name = attentionScale)] attention_scale: f32,
        #[wasm_bindgen(js_name = attentionCap)] attention_cap: f32,
        #[wasm_bindgen(js_name = logitCap)] logit_cap: f32,
        #[wasm_bindgen(js_name = embeddingScale)] embedding_scale: f32,
        #[wasm_bindgen(js_name = learnedPositions)] learned_positions: bool,
        windows: Vec<u32>,
        ropes: Vec<u32>,
    ) -> Result<TransformerBlocks, JsError> {
        let norm = match norm {
            "rms" => Norm::Rms,
            "rms-from-one" => Norm::RmsFromOne,
            "layer" => Norm::Layer,
            _ => return Err(JsError::new("Cannot create a transformer: unknown norm")),
        };
        let activation = match activation {
            "silu" => Activation::Silu,
            "gelu-tanh" => Activation::GeluTanh,
            "gelu" => Activation::Gelu,
            _ => {
                return Err(JsError::new(
                    "Cannot create a transformer: unknown activation",
                ))
            }
        };
        let blocks = Blocks {
            norm,
            post_norms,
            query_key_norms,
            projection_bias,
            output_bias,
            feed_forward_bias,
            gated,
            activation,
            attention_scale,
            attention_cap,
            logit_cap,
            embedding_scale,
            learned_positions,
            windows,
            ropes,
        };
        Ok(Self { blocks })
    }
}

/// A causal language model with a value head. Owns its memory: dispose it.
#[wasm_bindgen]
pub struct Transformer {
    pub(super) model: Model,
}

/// Log-probabilities and entropies of scored rows, in nats.
#[wasm_bindgen]
pub struct Scores {
    log_probs: Vec<f32>,
    entropies: Vec<f32>,
}

impl Scores {
    pub(super) fn new(scored: &[Scored]) -> Self {
        Self {
            log_probs: scored.iter().map(|s| s.log_prob).collect(),
            entropies: scored.iter().map(|s| s.entropy).collect(),
        }
    }
}

impl Samples {
    pub(super) fn new(drawn: Drawn) -> Self {
        Self { drawn }
    }
}

impl TransformerBlocks {
    pub(super) fn into_blocks(self) -> Blocks {
        self.blocks
    }
}

#[wasm_bindgen]
impl Scores {
    #[wasm_bindgen(getter, js_name = logProbs)]
    pub fn log_probs(&self) -> Vec<f32> {
        self.log_probs.clone()
    }
    #[wasm_bindgen(getter)]
    pub fn entropies(&self) -> Vec<f32> {
        self.entropies.clone()
    }
}

/// Tokens drawn for the slots of the last feed, with their log-probabilities in nats.
#[wasm_bindgen]
pub struct Samples {
    drawn: Drawn,
}

#[wasm_bindgen]
impl Samples {
    #[wasm_bindgen(getter)]
    pub fn tokens(&self) -> Vec<u32> {
        self.drawn.tokens.clone()
    }
    #[wasm_bindgen(getter, js_name = rawLogProbs)]
    pub fn raw_log_probs(&self) -> Vec<f32> {
        self.drawn.raw_log_probs.clone()
    }
    #[wasm_bindgen(getter, js_name = behaviorLogProbs)]
    pub fn behavior_log_probs(&self) -> Vec<f32> {
        self.drawn.behavior_log_probs.clone()
    }
}

#[wasm_bindgen]
impl Transformer {
    /// A model whose weights are 0 and whose norms are 1: call `initialize` or write tensors. Without `blocks`: a Llama.
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
        blocks: Option<TransformerBlocks>,
    ) -> Result<Transformer, JsError> {
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
            blocks: blocks.map(|b| b.blocks).unwrap_or_default(),
        };
        let model = Model::new(shape).map_err(thrown)?;
        Ok(Self { model })
    }

    /// Replaces the inverse frequencies of a set of rotations, at most [headDimension/2]; fewer leave the end of each head
    /// as it is. Cosines and sines are multiplied by `scale`, default 1. Set 0 unless told otherwise.
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

    /// Frequencies in place of set 0 for sequences of more than `above` tokens.
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

    #[wasm_bindgen(getter, js_name = parameterCount)]
    pub fn parameter_count(&self) -> usize {
        self.model.parameters().len()
    }

    /// Names of all tensors, in storage order.
    #[wasm_bindgen(js_name = tensorNames)]
    pub fn tensor_names(&self) -> Vec<String> {
        self.model
            .tensors()
            .iter()
            .map(|t| t.name.clone())
            .collect()
    }

    #[wasm_bindgen(js_name = tensorShape)]
    pub fn tensor_shape(&self, name: &str) -> Result<Vec<u32>, JsError> {
        self.model
            .tensor_shape(name)
            .map(<[u32]>::to_vec)
            .map_err(thrown)
    }

    #[wasm_bindgen(js_name = readTensor)]
    pub fn read_tensor(&self, name: &str) -> Result<Vec<f32>, JsError> {
        self.model
            .read_tensor(name)
            .map_err(thrown)
            .and_then(copied)
    }

    #[wasm_bindgen(js_name = writeTensor)]
    pub fn write_tensor(&mut self, name: &str, values: &[f32]) -> Result<(), JsError> {
        self.model.write_tensor(name, values).map_err(thrown)
    }

    #[wasm_bindgen(js_name = readGradient)]
    pub fn read_gradient(&mut self, name: &str) -> Result<Vec<f32>, JsError> {
        self.model
            .read_gradient(name)
            .map_err(thrown)
            .and_then(copied)
    }

    /// Random weights; equal seeds give equal weights.
    pub fn initialize(&mut self, seed: u64) {
        self.model.initialize(seed);
    }

    /// All parameters, flat, in the order of `tensorNames`.
    #[wasm_bindgen(js_name = readParameters)]
    pub fn read_parameters(&self) -> Result<Vec<f32>, JsError> {
        copied(self.model.parameters())
    }

    #[wasm_bindgen(js_name = writeParameters)]
    pub fn write_parameters(&mut self, values: &[f32]) -> Result<(), JsError> {
        self.model.write_parameters(values).map_err(thrown)
    }

    /// All accumulated gradients, flat, in the order of `tensorNames`.
    #[wasm_bindgen(js_name = readGradients)]
    pub fn read_gradients(&mut self) -> Result<Vec<f32>, JsError> {
        self.model
            .gradients_mut()
            .map_err(thrown)
            .and_then(|g| copied(g))
    }

    #[wasm_bindgen(js_name = writeGradients)]
    pub fn write_gradients(&mut self, values: &[f32]) -> Result<(), JsError> {
        self.model.write_gradients(values).map_err(thrown)
    }

    #[wasm_bindgen(js_name = clearGradients)]
    pub fn clear_gradients(&mut self) {
        self.model.clear_gradients();
    }

    /// One update; returns the global gradient norm before clipping. A norm that is not finite changes no weight.
    pub fn adamw(
        &mut self,
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
        self.model.adamw(settings).map_err(thrown)
    }

    /// Updates applied so far.
    #[wasm_bindgen(getter)]
    pub fn updates(&self) -> u32 {
        self.model.updates
    }

    #[wasm_bindgen(setter)]
    pub fn set_updates(&mut self, updates: u32) {
        self.model.updates = updates;
    }

    /// First, then second moments, [2 · parameterCount].
    #[wasm_bindgen(js_name = readMoments)]
    pub fn read_moments(&mut self) -> Result<Vec<f32>, JsError> {
        self.model
            .moments_mut()
            .map_err(thrown)
            .and_then(|m| copied(m))
    }

    #[wasm_bindgen(js_name = writeMoments)]
    pub fn write_moments(&mut self, values: &[f32]) -> Result<(), JsError> {
        self.model.write_moments(values).map_err(thrown)
    }

    /// Opens the memory of one episode.
    #[wasm_bindgen(js_name = openSlot)]
    pub fn open_slot(&mut self) -> u32 {
        self.model.open_slot()
    }

    #[wasm_bindgen(js_name = closeSlot)]
    pub fn close_slot(&mut self, slot: u32) -> Result<(), JsError> {
        self.model.close_slot(slot).map_err(thrown)
    }

    #[wasm_bindgen(js_name = slotLength)]
    pub fn slot_length(&mut self, slot: u32) -> Result<usize, JsError> {
        self.model.slot_length(slot).map_err(thrown)
    }

    #[wasm_bindgen(js_name = truncateSlot)]
    pub fn truncate_slot(&mut self, slot: u32, length: usize) -> Result<(), JsError> {
        self.model.truncate_slot(slot, length).map_err(thrown)
    }

    /// Appends counts[i] tokens to slots[i], all as one batch.
    pub fn feed(&mut self, slots: &[u32], counts: &[u32], tokens: &[u32]) -> Result<(), JsError> {
        self.model.feed(slots, counts, tokens).map_err(thrown)
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

    /// [slots, vocabulary] after the last token of each slot of the last feed.
    #[wasm_bindgen(js_name = lastLogits)]
    pub fn last_logits(&mut self) -> Result<Vec<f32>, JsError> {
        self.model.last_logits().map_err(thrown).and_then(copied)
    }

    /// [slots] there.
    #[wasm_bindgen(js_name = lastValues)]
    pub fn last_values(&mut self) -> Result<Vec<f32>, JsError> {
        self.model.last_values().map_err(thrown).and_then(copied)
    }

    /// Draws one token for each slot of the last feed; (seed, stream, counter) names each draw.
    /// Without `raw` (true when left out) the raw log-probabilities are NaN.
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
        Ok(Samples { drawn })
    }

    /// Whether learning keeps of each layer its input alone and runs the layer again on the way back: less memory, about a
    /// third more time, the same bits.
    #[wasm_bindgen(js_name = checkpointLayers)]
    pub fn checkpoint_layers(&mut self, on: bool) {
        self.model.checkpoint_layers(on);
    }

    /// Runs packed sequences, keeping what `backward` needs.
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
    pub fn values_at(&mut self, rows: &[u32]) -> Result<Vec<f32>, JsError> {
        self.model.values_at(rows).map_err(thrown)
    }

    /// Log-probabilities of targets[i] after rows[i], and entropies; remembered for `backward`.
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

    /// Adds the gradient of the rows of the last `score` and of values.
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
