//! Learning beside packed weights: whole sequences forward with the bits of acting, chosen rows scored, and gradients back
//! through the frozen weights to an adapter.
//!
//! Forward keeps nothing but final states. Backward takes a few sequences at a time: it runs them again and keeps what each
//! layer was given, then goes through the layers from the last, and runs each once more for what its own way back needs. So
//! the memory does not grow with the batch.

use super::acting::Trace;
use super::model::PackedTransformer;
use super::slots::Slot;
use crate::transformer::chunk::{divide, Chunk, Shared};
use crate::transformer::error::{refuse, resize, Outcome};
use crate::transformer::gradients::Gradients;
use crate::transformer::head::Scored;
use crate::transformer::layer::Weights;
use crate::transformer::learning::{check_gradients, check_rows, check_sequences};
use crate::transformer::product::Products;
use crate::transformer::scoring::{Head, Request, Scoring};
use crate::transformer::value;

/// What the last `forward` and `score` left.
#[derive(Default)]
pub struct Learning {
    ready: bool,
    /// Of the adapter, when `forward` ran.
    version: u64,
    tokens: Vec<u32>,
    lengths: Vec<u32>,
    /// `[tokens, hidden]`
    finals: Vec<f32>,
    scoring: Scoring,
    /// Number of the adapter that sequences go through, and that learns.
    pub adapter: Option<usize>,
}

impl Learning {
    /// The weights changed.
    pub fn forget(&mut self) {
        self.ready = false;
        self.scoring.forget();
    }
}

/// What layers read of a packed model; a macro because the rest of the model stays free to be borrowed.
macro_rules! weights {
    ($model:expr) => {
        Weights {
            shape: &$model.shape,
            layout: &$model.layout,
            parameters: &$model.parameters,
            rope: &$model.rope,
            products: Products::Packed(&$model.matrices),
            adapters: $model.adapters.all(),
        }
    };
}

impl PackedTransformer {
    /// Sends whole sequences through an adapter, which alone learns then; or through none, and nothing learns.
    pub fn learn_adapter(&mut self, id: Option<u32>) -> Outcome<()> {
        self.learning.adapter = self.adapters.optional("learn an adapter", id)?;
        self.learning.forget();
        Ok(())
    }

    /// Frees an adapter.
    ///
    /// # Errors
    /// If there is none of that number, or a slot goes through it, or it learns.
    pub fn remove_adapter(&mut self, id: u32) -> Outcome<()> {
        const CANNOT: &str = "remove an adapter";
        let index = self.adapters.index(CANNOT, id)?;
        let mut slots = self.slots.iter().flatten();
        if slots.any(|s| s.adapter == Some(index)) || self.learning.adapter == Some(index) {
            return refuse(CANNOT, format_args!("adapter {id} is in use"));
        }
        self.adapters.remove(index);
        Ok(())
    }

    /// Sends what a slot is fed from now on through an adapter, or through none; what it was fed before stays as it is.
    pub fn adapt_slot(&mut self, slot: u32, adapter: Option<u32>) -> Outcome<()> {
        const CANNOT: &str = "adapt a slot";
        let adapter = self.adapters.optional(CANNOT, adapter)?;
        self.slot(CANNOT, slot)?;
        if let Some(Some(slot)) = self.slots.get_mut(slot as usize) {
            slot.adapter = adapter;
        }
        Ok(())
    }

    /// Runs packed sequences.
    ///
    /// # Shapes
    /// `tokens [Σ lengths]`, sequence after sequence; each length at least 1.
    ///
    /// # Errors
    /// If lengths do not fit, one is 0 or above the maximum of positions, or a token is not below the vocabulary.
    pub fn forward(&mut self, tokens: &[u32], lengths: &[u32]) -> Outcome<()> {
        check_sequences(&self.shape, tokens, lengths)?;
        self.learning.forget();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        self.rope.reach(longest as usize)?;
        self.learning.finals.clear();
        let mut chunks = Vec::new();
        divide(lengths, &self.rope, None, &mut chunks);
        for chunk in &chunks {
            let finals = self.run_chunk(chunk, tokens, None)?.0;
            let known = self.learning.finals.len();
            resize(&mut self.learning.finals, known + finals.len())?;
            self.learning.finals[known..].copy_from_slice(&finals);
        }
        let learning = &mut self.learning;
        learning.tokens = tokens.to_vec();
        learning.lengths = lengths.to_vec();
        learning.version = self.adapters.version(learning.adapter);
        learning.ready = true;
        Ok(())
    }

    /// Runs the sequences of a chunk, each in a slot of its own that is closed again; gives their final states, and what
    /// was traced.
    fn run_chunk(
        &mut self,
        chunk: &Chunk,
        tokens: &[u32],
        traced: Option<Trace>,
    ) -> Outcome<(Vec<f32>, Option<Trace>)> {
        let kept = core::mem::take(&mut self.acting.finals);
        let kept_adapters = core::mem::take(&mut self.acting.adapters);
        let adapter = self.learning.adapter;
        let adapted = |_: &u32| Slot {
            adapter,
            ..Slot::default()
        };
        let lengths = chunk.lengths();
        let slots: Vec<Slot> = lengths.iter().map(adapted).collect();
        let slots: Vec<u32> = slots.into_iter().map(|s| self.put_slot(s)).collect();
        self.acting.traced = traced;
        let fed = self.feed(&slots, &lengths, chunk.of(tokens), &lengths);
        let traced = self.acting.traced.take();
        for slot in slots {
            self.close_slot(slot)?;
        }
        self.acting.adapters = kept_adapters;
        let finals = core::mem::replace(&mut self.acting.finals, kept);
        fed.map(|()| (finals, traced))
    }

    fn check_rows(&self, cannot: &str, rows: &[u32]) -> Outcome<()> {
        let Learning {
            adapter, version, ..
        } = self.learning;
        if !self.learning.ready || self.adapters.version(adapter) != version {
            return refuse(cannot, "there is no forward() with the current weights");
        }
        check_rows(cannot, rows, self.learning.tokens.len())
    }

    /// Logits of rows of the last forward, `[rows, vocabulary]`.
    pub fn logits_at(&mut self, rows: &[u32]) -> Outcome<Vec<f32>> {
        self.check_rows("read logits", rows)?;
        self.shape.check_rows("read logits", rows.len(), true)?;
        let head = Head {
            shape: &self.shape,
            product: weights!(self).products.head(),
        };
        let Learning {
            finals, scoring, ..
        } = &mut self.learning;
        scoring.logits_at(&head, finals, rows)
    }

    /// Values of rows of the last forward, `[rows]`.
    pub fn values_at(&self, rows: &[u32]) -> Outcome<Vec<f32>> {
        self.check_rows("read values", rows)?;
        let (hidden, finals) = (self.shape.hidden, &self.learning.finals);
        let adapter = self.adapters.get(self.learning.adapter);
        let read = |&row: &u32| {
            let state = &finals[row as usize * hidden..][..hidden];
            value::forward(&self.layout, &self.parameters, adapter, state)
        };
        Ok(rows.iter().map(read).collect())
    }

    /// Log-probability of `targets[i]` after row `rows[i]`, and the entropy there; remembered for backward.
    ///
    /// # Shapes
    /// `rows`, `targets`, `mask_index` `[scored]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If there was no forward, lengths do not fit, a row or target is out of range, a mask forbids a target, or the
    /// temperature is not positive.
    pub fn score(
        &mut self,
        rows: &[u32],
        targets: &[u32],
        mask_index: &[u32],
        masks: &[u32],
        temperature: f32,
    ) -> Outcome<&[Scored]> {
        self.check_rows("score", rows)?;
        let request = Request::new(&self.shape, rows, targets, mask_index, masks, temperature)?;
        let head = Head {
            shape: &self.shape,
            product: weights!(self).products.head(),
        };
        let Learning {
            finals, scoring, ..
        } = &mut self.learning;
        scoring.score(&head, finals, request)
    }

    /// Adds to the adapter's gradient what flows back from the rows of the last score and from values, through weights that
    /// stay as they are. Rounding of activations, keys and values passes for none (a straight-through estimate).
    ///
    /// # Shapes
    /// `d_log_probs`, `d_entropies` `[scored]`; `value_rows`, `d_values` `[valued]`.
    ///
    /// # Errors
    /// If no adapter learns, there is no forward with its current numbers, or lengths or rows do not fit.
    pub fn backward(
        &mut self,
        d_log_probs: &[f32],
        d_entropies: &[f32],
        value_rows: &[u32],
        d_values: &[f32],
    ) -> Outcome<()> {
        const CANNOT: &str = "run backward";
        self.check_rows(CANNOT, value_rows)?;
        let scored = self.learning.scoring.count();
        check_gradients(scored, d_log_probs, d_entropies, value_rows, d_values)?;
        let Some(index) = self.learning.adapter else {
            return refuse(
                CANNOT,
                "packed weights do not learn; add an adapter and learn that",
            );
        };
        let mut own = self.adapters.take_gradients(index)?;
        let done = self.back(
            (d_log_probs, d_entropies),
            (value_rows, d_values),
            index,
            &mut own,
        );
        self.adapters.return_gradients(index, own);
        done
    }

    fn back(
        &mut self,
        (d_log_probs, d_entropies): (&[f32], &[f32]),
        read: (&[u32], &[f32]),
        index: usize,
        own: &mut [f32],
    ) -> Outcome<()> {
        let weights = weights!(self);
        let mut gradients = Gradients::of_adapter(index, own, self.shape.widest())?;
        let Learning {
            finals, scoring, ..
        } = &mut self.learning;
        let mut d_finals = Vec::new();
        resize(&mut d_finals, finals.len())?;
        let head = Head {
            shape: &self.shape,
            product: weights.products.head(),
        };
        scoring.backward(&head, d_log_probs, d_entropies, &mut d_finals, &mut [])?;
        value::backward(&weights, read, finals, &mut d_finals, &mut gradients);
        let (mut chunks, mut shared) = (Vec::new(), Shared::default());
        let lengths = core::mem::take(&mut self.learning.lengths);
        let tokens = core::mem::take(&mut self.learning.tokens);
        divide(&lengths, &self.rope, Some(index), &mut chunks);
        let mut through = |chunk: &mut Chunk| {
            let trace = vec![Vec::new(); self.shape.layers + 1];
            let (_, traced) = self.run_chunk(chunk, &tokens, Some(trace))?;
            let weights = weights!(self);
            chunk.retrace(&weights, traced.unwrap_or_default())?;
            chunk.backward(
                &weights,
                &tokens,
                &mut d_finals,
                &mut gradients,
                true,
                &mut shared,
            )?;
            // The memory of one chunk serves the next.
            *chunk = Chunk::default();
            Ok(())
        };
        let done = chunks.iter_mut().try_for_each(&mut through);
        (self.learning.lengths, self.learning.tokens) = (lengths, tokens);
        done
    }
}
