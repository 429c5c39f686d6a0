//! Rows that are scored: log-probabilities off their logits, and the gradient back to their states.

use super::error::{refuse, resize, Outcome};
use super::head::{self, Masks, Scored};
use super::linear;
use super::model::{check_temperature, check_tokens};
use super::product::{self, Product};
use super::shape::Shape;
use crate::linalg::softmax;
use crate::simd::axpy;

/// Numbers of logits that are computed together, at most: 128 rows of a vocabulary of 16384.
const LOGITS: usize = 1 << 21;
/// Rows of a block, at most.
const MOST_ROWS: usize = 128;
/// Logits are kept for the backward pass while they are at most this many numbers; else they are computed again.
const KEPT_LOGITS: usize = 1 << 22;

/// Which rows, and what was chosen there.
pub struct Request {
    rows: Vec<u32>,
    targets: Vec<u32>,
    masks: Masks,
    temperature: f32,
}

impl Request {
    /// Checks and copies a request.
    ///
    /// # Shapes
    /// `rows`, `targets`, `mask_index` `[scored]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If lengths do not fit, a target is not below the vocabulary or its mask forbids it, or the temperature is not positive.
    pub fn new(
        shape: &Shape,
        rows: &[u32],
        targets: &[u32],
        mask_index: &[u32],
        masks: &[u32],
        temperature: f32,
    ) -> Outcome<Self> {
        const CANNOT: &str = "score";
        check_temperature(CANNOT, temperature)?;
        if rows.len() != targets.len() {
            let state = format!("{} rows, {} targets", rows.len(), targets.len());
            return refuse(CANNOT, state);
        }
        let vocabulary = shape.vocabulary;
        check_tokens(CANNOT, targets, vocabulary)?;
        shape.check_rows(CANNOT, rows.len(), true)?;
        let masks = Masks::new(CANNOT, vocabulary, rows.len(), mask_index, masks)?;
        for (i, &target) in targets.iter().enumerate() {
            if !softmax::allowed(masks.of(i), target as usize) {
                return refuse(
                    CANNOT,
                    format_args!("the mask of row {i} forbids its target {target}"),
                );
            }
        }
        Ok(Self {
            rows: rows.to_vec(),
            targets: targets.to_vec(),
            masks,
            temperature,
        })
    }
}

/// The head of a model.
pub struct Head<'a> {
    pub shape: &'a Shape,
    pub product: Product<'a>,
}

/// What the last score left for the way back.
#[derive(Default)]
pub struct Scoring {
    scored: Option<Request>,
    results: Vec<Scored>,
    gathered: Vec<f32>,
    logits: Vec<f32>,
    /// One row of capped logits, where the model caps them.
    capped: Vec<f32>,
    d_gathered: Vec<f32>,
    scratch: product::Scratch,
}

impl Head<'_> {
    /// Logits of states.
    ///
    /// # Shapes
    /// `states [rows, hidden]`, `logits [rows, vocabulary]`.
    fn logits(
        &self,
        rows: usize,
        states: &[f32],
        logits: &mut [f32],
        scratch: &mut product::Scratch,
    ) -> Outcome<()> {
        self.product
            .forward(rows, states, &[], logits, false, scratch)?;
        head::cap(logits, self.shape.blocks.logit_cap);
        Ok(())
    }

    /// Rows whose logits are computed together.
    fn block(&self) -> usize {
        (LOGITS / self.shape.vocabulary).clamp(1, MOST_ROWS)
    }
}

impl Scoring {
    /// Forgets what was scored.
    pub fn forget(&mut self) {
        self.scored = None;
    }

    /// Number of rows that were scored and not yet taken back.
    pub fn count(&self) -> usize {
        self.scored.as_ref().map_or(0, |request| request.rows.len())
    }

    /// Logits of rows, `[rows, vocabulary]`.
    ///
    /// # Shapes
    /// `finals [all, hidden]`, of which `rows` are read.
    pub fn logits_at(&mut self, head: &Head, finals: &[f32], rows: &[u32]) -> Outcome<Vec<f32>> {
        // Not into `gathered`: what was scored keeps its rows for the way back.
        let (mut states, mut logits) = (Vec::new(), Vec::new());
        gather(finals, rows, head.shape.hidden, &mut states)?;
        resize(&mut logits, rows.len() * head.shape.vocabulary)?;
        head.logits(rows.len(), &states, &mut logits, &mut self.scratch)?;
        Ok(logits)
    }

    /// Log-probability of each target after its row, and the entropy there; remembered for the way back.
    ///
    /// # Shapes
    /// `finals [all, hidden]`; the request's rows are below `all`.
    pub fn score(&mut self, head: &Head, finals: &[f32], request: Request) -> Outcome<&[Scored]> {
        self.scored = None;
        let (hidden, vocabulary) = (head.shape.hidden, head.shape.vocabulary);
        let count = request.rows.len();
        gather(finals, &request.rows, hidden, &mut self.gathered)?;
        let (kept, together) = (count * vocabulary <= KEPT_LOGITS, head.block());
        let rows = if kept { count } else { together };
        resize(&mut self.logits, rows * vocabulary)?;
        self.results.clear();
        for first in (0..count).step_by(together) {
            let block = together.min(count - first);
            let at = if kept { first * vocabulary } else { 0 };
            let logits = &mut self.logits[at..][..block * vocabulary];
            let states = &self.gathered[first * hidden..][..block * hidden];
            head.logits(block, states, logits, &mut self.scratch)?;
            for (i, row) in (first..).zip(logits.chunks_exact(vocabulary)) {
                let (target, mask) = (request.targets[i], request.masks.of(i));
                self.results
                    .push(head::score(row, target, mask, request.temperature));
            }
        }
        self.scored = Some(request);
        Ok(&self.results)
    }

    /// Takes gradients of what was scored to that of the states, and adds the head's own; the same score cannot be taken
    /// back twice: its logits became gradients.
    ///
    /// # Shapes
    /// `d_log_probs`, `d_entropies` `[scored]`; `d_finals [all, hidden]`; `d_head [vocabulary, hidden]` or empty.
    pub fn backward(
        &mut self,
        head: &Head,
        d_log_probs: &[f32],
        d_entropies: &[f32],
        d_finals: &mut [f32],
        d_head: &mut [f32],
    ) -> Outcome<()> {
        let Some(request) = self.scored.take() else {
            return Ok(());
        };
        let Scoring {
            results,
            gathered,
            logits,
            capped,
            d_gathered,
            scratch,
            ..
        } = self;
        let (hidden, vocabulary) = (head.shape.hidden, head.shape.vocabulary);
        let (cap, count) = (head.shape.blocks.logit_cap, request.rows.len());
        let (kept, together) = (count * vocabulary <= KEPT_LOGITS, head.block());
        if cap > 0.0 {
            resize(capped, vocabulary)?;
        }
        resize(d_gathered, together.min(count) * hidden)?;
        for first in (0..count).step_by(together) {
            let block = together.min(count - first);
            let at = if kept { first * vocabulary } else { 0 };
            let logits = &mut logits[at..][..block * vocabulary];
            let states = &gathered[first * hidden..][..block * hidden];
            if !kept {
                head.logits(block, states, logits, scratch)?;
            }
            for (i, row) in (first..).zip(logits.chunks_exact_mut(vocabulary)) {
                if cap > 0.0 {
                    capped.copy_from_slice(row);
                }
                head::backward(
                    row,
                    request.targets[i],
                    request.masks.of(i),
                    request.temperature,
                    results[i],
                    d_log_probs[i],
                    d_entropies[i],
                );
                if cap > 0.0 {
                    head::cap_backward(row, capped, cap);
                }
            }
            let d_states = &mut d_gathered[..block * hidden];
            head.product
                .backward_input(block, logits, d_states, scratch)?;
            linear::backward_weight(block, logits, states, d_head);
            let rows = &request.rows[first..];
            for (&row, d) in rows.iter().zip(d_states.chunks_exact(hidden)) {
                axpy(1.0, d, &mut d_finals[row as usize * hidden..][..hidden]);
            }
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_large_vocabularies_are_small() {
        let of = |vocabulary| {
            let shape = Shape {
                vocabulary,
                ..crate::transformer::tests::shapes()[0].clone()
            };
            let product = Product::Plain {
                pack: &crate::linalg::pack_nt(&[], 0, 0),
                weight: &[],
            };
            Head {
                shape: &shape,
                product,
            }
            .block()
        };
        assert_eq!(of(37), MOST_ROWS);
        assert_eq!(of(151_936), 13);
        assert_eq!(of(1 << 30), 1);
    }
}
