//! Evaluating: what whole sequences were worth, with the bits of acting.

use super::layer::States;
use super::model::PackedTransformer;
use super::slots::Slot;
use crate::linalg::softmax;
use crate::transformer::error::{refuse, Outcome};
use crate::transformer::head::{self, Masks};
use crate::transformer::model::{check_temperature, check_tokens};

/// Rows whose logits are computed together.
const HEAD_BLOCK: usize = 16;

/// What the last `forward` left.
#[derive(Default)]
pub struct Evaluated {
    ready: bool,
    /// `[tokens, hidden]`
    finals: Vec<f32>,
    /// Number of the adapter that sequences go through.
    pub adapter: Option<usize>,
}

impl Evaluated {
    /// The weights changed.
    pub fn forget(&mut self) {
        self.ready = false;
    }
}

impl PackedTransformer {
    /// Runs packed sequences, each in a slot of its own that is closed again.
    ///
    /// # Shapes
    /// `tokens [Σ lengths]`, sequence after sequence; each length at least 1.
    ///
    /// # Errors
    /// If lengths do not fit, one is 0 or above the maximum of positions, or a token is not below the vocabulary.
    pub fn forward(&mut self, tokens: &[u32], lengths: &[u32]) -> Outcome<()> {
        self.evaluated.forget();
        let kept = core::mem::take(&mut self.acting.finals);
        let adapter = self.evaluated.adapter;
        let adapted = |_| Slot {
            adapter,
            ..Slot::default()
        };
        let slots: Vec<Slot> = lengths.iter().map(adapted).collect();
        let slots: Vec<u32> = slots.into_iter().map(|s| self.put_slot(s)).collect();
        let fed = self.feed(&slots, lengths, tokens, lengths);
        for slot in slots {
            self.close_slot(slot)?;
        }
        self.evaluated.finals = core::mem::replace(&mut self.acting.finals, kept);
        self.evaluated.ready = fed.is_ok();
        fed
    }

    fn gather(&self, cannot: &str, rows: &[u32]) -> Outcome<Vec<f32>> {
        let (hidden, finals) = (self.shape.hidden, &self.evaluated.finals);
        if !self.evaluated.ready {
            return refuse(cannot, "there is no forward() with the current weights");
        }
        let count = finals.len() / hidden;
        if let Some(row) = rows.iter().find(|&&r| r as usize >= count) {
            return refuse(cannot, format_args!("row {row} is not among {count}"));
        }
        let of = |&row: &u32| finals[row as usize * hidden..][..hidden].iter().copied();
        Ok(rows.iter().flat_map(of).collect())
    }

    /// Logits of rows of the last forward, `[rows, vocabulary]`.
    pub fn logits_at(&self, rows: &[u32]) -> Outcome<Vec<f32>> {
        self.shape.check_rows("read logits", rows.len(), true)?;
        let gathered = self.gather("read logits", rows)?;
        let mut logits = Vec::new();
        self.head(&gathered, &mut States::default(), &mut logits)?;
        Ok(logits)
    }

    /// Values of rows of the last forward, `[rows]`.
    pub fn values_at(&self, rows: &[u32]) -> Outcome<Vec<f32>> {
        let gathered = self.gather("read values", rows)?;
        let rows = gathered.chunks_exact(self.shape.hidden);
        let adapter = self.evaluated.adapter;
        Ok(rows.map(|row| self.value(row, adapter)).collect())
    }

    /// Log-probability of `targets[i]` after row `rows[i]`, and the entropy there.
    ///
    /// # Shapes
    /// `rows`, `targets`, `mask_index` `[scored]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If there was no forward, lengths do not fit, a row or target is out of range, a mask forbids a target, or the
    /// temperature is not positive.
    pub fn score(
        &self,
        rows: &[u32],
        targets: &[u32],
        mask_index: &[u32],
        masks: &[u32],
        temperature: f32,
    ) -> Outcome<(Vec<f32>, Vec<f32>)> {
        const CANNOT: &str = "score";
        if rows.len() != targets.len() {
            let state = format!("{} rows, {} targets", rows.len(), targets.len());
            return refuse(CANNOT, state);
        }
        check_temperature(CANNOT, temperature)?;
        let vocabulary = self.shape.vocabulary;
        check_tokens(CANNOT, targets, vocabulary)?;
        let masks = Masks::new(CANNOT, vocabulary, rows.len(), mask_index, masks)?;
        for (row, &target) in targets.iter().enumerate() {
            if !softmax::allowed(masks.of(row), target as usize) {
                return refuse(
                    CANNOT,
                    format_args!("the mask of row {row} forbids {target}"),
                );
            }
        }
        let (mut states, mut logits) = (States::default(), Vec::new());
        let (mut log_probs, mut entropies) = (Vec::new(), Vec::new());
        for (block, rows) in rows.chunks(HEAD_BLOCK).enumerate() {
            let gathered = self.gather(CANNOT, rows)?;
            self.head(&gathered, &mut states, &mut logits)?;
            for (i, logits) in logits.chunks_exact(vocabulary).enumerate() {
                let at = block * HEAD_BLOCK + i;
                let scored = head::score(logits, targets[at], masks.of(at), temperature);
                log_probs.push(scored.log_prob);
                entropies.push(scored.entropy);
            }
        }
        Ok((log_probs, entropies))
    }
}
