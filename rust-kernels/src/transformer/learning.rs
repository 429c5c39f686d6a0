//! Learning: whole sequences forward, chosen rows scored, gradients back.

use super::chunk::{divide, Chunk, Shared};
use super::error::{refuse, resize, Outcome};
use super::gradients::Gradients;
use super::head::Scored;
use super::layer::Weights;
use super::model::{check_tokens, weights, Transformer};
use super::scoring::{Head, Request, Scoring};
use super::shape::Shape;
use super::value;

/// What the last `forward` and `score` left for `backward`.
#[derive(Default)]
pub struct Learning {
    ready: bool,
    /// Of the adapter, when `forward` ran.
    version: u64,
    tokens: Vec<u32>,
    chunks: Vec<Chunk>,
    shared: Shared,
    finals: Vec<f32>,
    scoring: Scoring,
    d_finals: Vec<f32>,
    /// Number of the adapter that sequences go through; it learns, the weights do not.
    pub adapter: Option<usize>,
    /// Keeps of each layer its input alone, and runs the layer again on the way back.
    pub checkpoints: bool,
}

impl Learning {
    /// Makes the kept states unusable: the weights changed.
    pub fn forget(&mut self) {
        self.ready = false;
        self.scoring.forget();
    }
}

/// Checks packed sequences.
///
/// # Errors
/// If lengths do not fit, one is 0 or above the maximum of positions, or a token is not below the vocabulary.
pub fn check_sequences(shape: &Shape, tokens: &[u32], lengths: &[u32]) -> Outcome<()> {
    const CANNOT: &str = "run forward";
    let total: u64 = lengths.iter().map(|&n| n as u64).sum();
    if total != tokens.len() as u64 {
        let state = format!(
            "the lengths sum to {total}, there are {} tokens",
            tokens.len()
        );
        return refuse(CANNOT, state);
    }
    let most = shape.maximum_positions;
    if let Some(n) = lengths.iter().find(|&&n| n == 0 || n as usize > most) {
        return refuse(
            CANNOT,
            format_args!("a sequence has {n} tokens, allowed are 1 to {most}"),
        );
    }
    check_tokens(CANNOT, tokens, shape.vocabulary)?;
    shape.check_rows(CANNOT, tokens.len(), false)
}

/// Checks that rows are among `count`.
pub fn check_rows(cannot: &str, rows: &[u32], count: usize) -> Outcome<()> {
    match rows.iter().find(|&&r| r as usize >= count) {
        Some(row) => refuse(cannot, format_args!("row {row} is not among {count}")),
        None => Ok(()),
    }
}

/// Checks that gradients fit what was scored and read.
pub fn check_gradients(
    scored: usize,
    d_log_probs: &[f32],
    d_entropies: &[f32],
    value_rows: &[u32],
    d_values: &[f32],
) -> Outcome<()> {
    if [d_log_probs.len(), d_entropies.len()] != [scored; 2] || value_rows.len() != d_values.len() {
        let state = format!(
            "{scored} rows are scored, got {} and {} gradients; {} value rows, got {}",
            d_log_probs.len(),
            d_entropies.len(),
            value_rows.len(),
            d_values.len()
        );
        return refuse("run backward", state);
    }
    Ok(())
}

impl Transformer {
    /// Sends learned sequences through an adapter, which alone learns then; or, with none, through the weights, which do.
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
        if self.is_adapter_used(index) || self.learning.adapter == Some(index) {
            return refuse(CANNOT, format_args!("adapter {id} is in use"));
        }
        self.adapters.remove(index);
        Ok(())
    }

    /// Whether learning keeps of each layer its input alone and runs the layer again on the way back (gradient
    /// checkpointing: Chen et al., arXiv 1604.06174): about a third more time for a fraction of the memory, and the same
    /// bits.
    pub fn checkpoint_layers(&mut self, on: bool) {
        let learning = &mut self.learning;
        if learning.checkpoints != on {
            learning.forget();
            learning.chunks.clear();
            learning.checkpoints = on;
        }
    }

    /// Runs packed sequences and keeps what [`Transformer::backward`] needs.
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
        self.pack()?;
        let learning = &mut self.learning;
        learning.tokens.clear();
        learning.tokens.extend_from_slice(tokens);
        divide(lengths, &self.rope, learning.adapter, &mut learning.chunks);
        let weights = weights!(self);
        let Learning {
            chunks,
            shared,
            finals,
            checkpoints,
            ..
        } = &mut self.learning;
        resize(finals, tokens.len() * self.shape.hidden)?;
        for chunk in chunks {
            chunk.forward(&weights, tokens, finals, *checkpoints, shared)?;
        }
        self.learning.version = self.adapters.version(self.learning.adapter);
        self.learning.ready = true;
        Ok(())
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
    pub fn values_at(&mut self, rows: &[u32]) -> Outcome<Vec<f32>> {
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
    /// If there is no forward with the current weights, lengths do not fit, or a target is not allowed.
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

    /// Adds to the gradients what flows back from the rows of the last score and from values.
    ///
    /// # Shapes
    /// `d_log_probs`, `d_entropies` `[scored]`; `value_rows`, `d_values` `[valued]`.
    ///
    /// # Errors
    /// If there is no forward with the current weights, or lengths or rows do not fit.
    pub fn backward(
        &mut self,
        d_log_probs: &[f32],
        d_entropies: &[f32],
        value_rows: &[u32],
        d_values: &[f32],
    ) -> Outcome<()> {
        self.check_rows("run backward", value_rows)?;
        let scored = self.learning.scoring.count();
        check_gradients(scored, d_log_probs, d_entropies, value_rows, d_values)?;
        let mut of_adapter = match self.learning.adapter {
            Some(index) => self.adapters.take_gradients(index)?,
            None => {
                self.gradients_mut()?;
                Vec::new()
            }
        };
        let weights = weights!(self);
        let Learning {
            tokens,
            chunks,
            shared,
            finals,
            scoring,
            d_finals,
            adapter,
            checkpoints,
            ..
        } = &mut self.learning;
        let mut back = || {
            let mut gradients = match *adapter {
                None => Gradients::of_weights(&mut self.gradients),
                Some(index) => Gradients::of_adapter(index, &mut of_adapter, self.shape.widest())?,
            };
            resize(d_finals, finals.len())?;
            d_finals.fill(0.0);
            let head = Head {
                shape: &self.shape,
                product: weights.products.head(),
            };
            let d_head = gradients.matrix(&self.layout.head);
            scoring.backward(&head, d_log_probs, d_entropies, d_finals, d_head)?;
            let read = (value_rows, d_values);
            value::backward(&weights, read, finals, d_finals, &mut gradients);
            let gradients = &mut gradients;
            chunks.iter_mut().try_for_each(|chunk| {
                chunk.backward(&weights, tokens, d_finals, gradients, *checkpoints, shared)
            })
        };
        let done = back();
        if let Some(index) = self.learning.adapter {
            self.adapters.return_gradients(index, of_adapter);
        }
        done
    }
}
