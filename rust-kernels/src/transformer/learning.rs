//! Learning: whole sequences forward, chosen rows scored, gradients back.

use super::chunk::{divide, Chunk, Shared};
use super::error::{refuse, resize, Outcome};
use super::gradients::Gradients;
use super::head::{self, Masks, Scored};
use super::layer::Weights;
use super::linear;
use super::model::{check_temperature, check_tokens, weights, Transformer};
use crate::simd::axpy;

/// Rows whose logits are computed together.
const HEAD_BLOCK: usize = 128;
/// Logits are kept for the backward pass while they are at most this many numbers; else they are computed again.
const KEPT_LOGITS: usize = 1 << 22;

/// What the last `forward` and `score` left for `backward`.
#[derive(Default)]
pub struct Learning {
    ready: bool,
    tokens: Vec<u32>,
    chunks: Vec<Chunk>,
    shared: Shared,
    finals: Vec<f32>,
    scored: Option<Request>,
    results: Vec<Scored>,
    gathered: Vec<f32>,
    logits: Vec<f32>,
    /// One row of capped logits, where the model caps them.
    capped: Vec<f32>,
    d_gathered: Vec<f32>,
    d_finals: Vec<f32>,
    /// Number of the adapter that sequences go through; it learns, the weights do not.
    pub adapter: Option<usize>,
}

/// The rows of the last `score`.
struct Request {
    rows: Vec<u32>,
    targets: Vec<u32>,
    masks: Masks,
    temperature: f32,
}

impl Learning {
    /// Makes the kept states unusable: the weights changed.
    pub fn forget(&mut self) {
        self.ready = false;
        self.scored = None;
    }
}

impl Transformer {
    /// Runs packed sequences and keeps what [`Transformer::backward`] needs.
    ///
    /// # Shapes
    /// `tokens [Σ lengths]`, sequence after sequence; each length at least 1.
    ///
    /// # Errors
    /// If lengths do not fit, one is 0 or above the maximum of positions, or a token is not below the vocabulary.
    pub fn forward(&mut self, tokens: &[u32], lengths: &[u32]) -> Outcome<()> {
        const CANNOT: &str = "run forward";
        let total: u64 = lengths.iter().map(|&n| n as u64).sum();
        if total != tokens.len() as u64 {
            let state = format!(
                "the lengths sum to {total}, there are {} tokens",
                tokens.len()
            );
            return refuse(CANNOT, state);
        }
        let most = self.shape.maximum_positions;
        if let Some(n) = lengths.iter().find(|&&n| n == 0 || n as usize > most) {
            return refuse(
                CANNOT,
                format_args!("a sequence has {n} tokens, allowed are 1 to {most}"),
            );
        }
        check_tokens(CANNOT, tokens, self.shape.vocabulary)?;
        self.shape.check_rows(CANNOT, tokens.len(), false)?;
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
            ..
        } = &mut self.learning;
        resize(finals, tokens.len() * self.shape.hidden)?;
        for chunk in chunks {
            chunk.forward(&weights, tokens, finals, shared)?;
        }
        self.learning.ready = true;
        Ok(())
    }

    fn check_rows(&self, cannot: &str, rows: &[u32]) -> Outcome<()> {
        let count = self.learning.tokens.len();
        if !self.learning.ready {
            return refuse(cannot, "there is no forward() with the current weights");
        }
        match rows.iter().find(|&&r| r as usize >= count) {
            Some(row) => refuse(cannot, format_args!("row {row} is not among {count}")),
            None => Ok(()),
        }
    }

    /// Logits of rows of the last forward, `[rows, vocabulary]`.
    pub fn logits_at(&mut self, rows: &[u32]) -> Outcome<Vec<f32>> {
        self.check_rows("read logits", rows)?;
        self.shape.check_rows("read logits", rows.len(), true)?;
        let Learning {
            finals, gathered, ..
        } = &mut self.learning;
        gather(finals, rows, self.shape.hidden, gathered)?;
        let mut logits = Vec::new();
        resize(&mut logits, rows.len() * self.shape.vocabulary)?;
        linear::forward(rows.len(), gathered, &self.packs.head, &mut logits, false);
        head::cap(&mut logits, self.shape.blocks.logit_cap);
        Ok(logits)
    }

    /// Values of rows of the last forward, `[rows]`.
    pub fn values_at(&mut self, rows: &[u32]) -> Outcome<Vec<f32>> {
        self.check_rows("read values", rows)?;
        let (hidden, finals) = (self.shape.hidden, &self.learning.finals);
        let adapter = self.learning.adapter;
        let value = |&r: &u32| self.value(&finals[r as usize * hidden..][..hidden], adapter);
        Ok(rows.iter().map(value).collect())
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
        const CANNOT: &str = "score";
        self.check_rows(CANNOT, rows)?;
        check_temperature(CANNOT, temperature)?;
        if rows.len() != targets.len() {
            let state = format!("{} rows, {} targets", rows.len(), targets.len());
            return refuse(CANNOT, state);
        }
        let vocabulary = self.shape.vocabulary;
        check_tokens(CANNOT, targets, vocabulary)?;
        self.shape.check_rows(CANNOT, rows.len(), true)?;
        let masks = Masks::new(CANNOT, vocabulary, rows.len(), mask_index, masks)?;
        for (i, &target) in targets.iter().enumerate() {
            if !crate::linalg::softmax::allowed(masks.of(i), target as usize) {
                return refuse(
                    CANNOT,
                    format_args!("the mask of row {i} forbids its target {target}"),
                );
            }
        }
        let (rows, targets) = (rows.to_vec(), targets.to_vec());
        let request = Request {
            rows,
            targets,
            masks,
            temperature,
        };
        self.learning.scored = None;
        self.score_blocks(&request)?;
        self.learning.scored = Some(request);
        Ok(&self.learning.results)
    }

    fn score_blocks(&mut self, request: &Request) -> Outcome<()> {
        let (hidden, vocabulary) = (self.shape.hidden, self.shape.vocabulary);
        let head = &self.packs.head;
        let Learning {
            finals,
            gathered,
            logits,
            results,
            ..
        } = &mut self.learning;
        let count = request.rows.len();
        gather(finals, &request.rows, hidden, gathered)?;
        let kept = count * vocabulary <= KEPT_LOGITS;
        resize(logits, if kept { count } else { HEAD_BLOCK } * vocabulary)?;
        results.clear();
        for first in (0..count).step_by(HEAD_BLOCK) {
            let block = HEAD_BLOCK.min(count - first);
            let at = if kept { first * vocabulary } else { 0 };
            let logits = &mut logits[at..][..block * vocabulary];
            let states = &gathered[first * hidden..][..block * hidden];
            linear::forward(block, states, head, logits, false);
            head::cap(logits, self.shape.blocks.logit_cap);
            for (i, row) in (first..).zip(logits.chunks_exact(vocabulary)) {
                let mask = request.masks.of(i);
                results.push(head::score(
                    row,
                    request.targets[i],
                    mask,
                    request.temperature,
                ));
            }
        }
        Ok(())
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
        const CANNOT: &str = "run backward";
        self.check_rows(CANNOT, value_rows)?;
        let scored = self.learning.scored.as_ref().map_or(0, |r| r.rows.len());
        if [d_log_probs.len(), d_entropies.len()] != [scored; 2]
            || value_rows.len() != d_values.len()
        {
            let state = format!(
                "{scored} rows are scored, got {} and {} gradients; {} value rows, got {}",
                d_log_probs.len(),
                d_entropies.len(),
                value_rows.len(),
                d_values.len()
            );
            return refuse(CANNOT, state);
        }
        self.reserve_gradients()?;
        let size = self.learning.finals.len();
        let d_finals = &mut self.learning.d_finals;
        resize(d_finals, size)?;
        d_finals.fill(0.0);
        if let Some(request) = self.learning.scored.take() {
            let done = self.head_backward(&request, d_log_probs, d_entropies);
            // Logits became gradients: the same score cannot be used twice.
            done?;
        }
        self.value_backward(value_rows, d_values);
        let learning_adapter = self.learning.adapter;
        let mut adapter_gradients = self.take_gradients();
        let weights = weights!(self);
        let Learning {
            tokens,
            chunks,
            shared,
            d_finals,
            ..
        } = &mut self.learning;
        let mut gradients = match learning_adapter {
            None => Gradients::of_weights(&mut self.gradients),
            Some(index) => {
                Gradients::of_adapter(index, &mut adapter_gradients, self.shape.widest())?
            }
        };
        let mut back =
            |chunk: &mut Chunk| chunk.backward(&weights, tokens, d_finals, &mut gradients, shared);
        let done = chunks.iter_mut().try_for_each(&mut back);
        self.return_gradients(adapter_gradients);
        done
    }

    fn head_backward(
        &mut self,
        request: &Request,
        d_log_probs: &[f32],
        d_entropies: &[f32],
    ) -> Outcome<()> {
        let (hidden, vocabulary) = (self.shape.hidden, self.shape.vocabulary);
        let head = &self.parameters[self.layout.head.clone()];
        let d_head = match self.learning.adapter {
            None => &mut self.gradients[self.layout.head.clone()],
            Some(_) => &mut [],
        };
        let Learning {
            gathered,
            logits,
            results,
            capped,
            d_gathered,
            d_finals,
            ..
        } = &mut self.learning;
        let count = request.rows.len();
        let kept = count * vocabulary <= KEPT_LOGITS;
        let cap = self.shape.blocks.logit_cap;
        if cap > 0.0 {
            resize(capped, vocabulary)?;
        }
        resize(d_gathered, HEAD_BLOCK * hidden)?;
        for first in (0..count).step_by(HEAD_BLOCK) {
            let block = HEAD_BLOCK.min(count - first);
            let at = if kept { first * vocabulary } else { 0 };
            let logits = &mut logits[at..][..block * vocabulary];
            let states = &gathered[first * hidden..][..block * hidden];
            if !kept {
                linear::forward(block, states, &self.packs.head, logits, false);
                head::cap(logits, cap);
            }
            for (i, row) in (first..).zip(logits.chunks_exact_mut(vocabulary)) {
                let (target, mask) = (request.targets[i], request.masks.of(i));
                let (d_log_prob, d_entropy) = (d_log_probs[i], d_entropies[i]);
                if cap > 0.0 {
                    capped.copy_from_slice(row);
                }
                head::backward(
                    row,
                    target,
                    mask,
                    request.temperature,
                    results[i],
                    d_log_prob,
                    d_entropy,
                );
                if cap > 0.0 {
                    head::cap_backward(row, capped, cap);
                }
            }
            let d_states = &mut d_gathered[..block * hidden];
            linear::backward(block, logits, states, head, d_states, d_head);
            for (&row, d) in request.rows[first..]
                .iter()
                .zip(d_states.chunks_exact(hidden))
            {
                let target = &mut d_finals[row as usize * hidden..][..hidden];
                for (t, d) in target.iter_mut().zip(d) {
                    *t += d;
                }
            }
        }
        Ok(())
    }

    fn value_backward(&mut self, rows: &[u32], d_values: &[f32]) {
        let hidden = self.shape.hidden;
        let Learning {
            finals,
            d_finals,
            adapter,
            ..
        } = &mut self.learning;
        let own = adapter.and_then(|index| self.adapters[index].as_mut());
        let (weights, gradients, weight, bias) = match own {
            Some(own) => (
                &own.parameters,
                &mut own.gradients,
                own.value_weight.clone(),
                own.value_bias,
            ),
            None => (
                &self.parameters,
                &mut self.gradients,
                self.layout.value_weight.clone(),
                self.layout.value_bias.start,
            ),
        };
        for (&row, &d) in rows.iter().zip(d_values) {
            let at = row as usize * hidden..(row as usize + 1) * hidden;
            axpy(d, &weights[weight.clone()], &mut d_finals[at.clone()]);
            axpy(d, &finals[at], &mut gradients[weight.clone()]);
            gradients[bias] += d;
        }
    }
}

/// `out[i] = states[rows[i]]`.
fn gather(states: &[f32], rows: &[u32], hidden: usize, out: &mut Vec<f32>) -> Outcome<()> {
    resize(out, rows.len() * hidden)?;
    for (&row, out) in rows.iter().zip(out.chunks_exact_mut(hidden)) {
        out.copy_from_slice(&states[row as usize * hidden..][..hidden]);
    }
    Ok(())
}
