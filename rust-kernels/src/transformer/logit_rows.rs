//! Rows of logits that something else computed, drawn from and scored as a model's own are.

use super::draw::{Drawn, Draws};
use super::error::{refuse, Outcome};
use super::head::{self, Masks, Scored};
use super::model::{check_temperature, check_tokens};
use crate::linalg::softmax;
use crate::sampling::SamplingOptions;

/// `[rows, vocabulary]` logits. Equal logits give the bits that a model here gives.
pub struct LogitRows<'a> {
    vocabulary: usize,
    logits: &'a [f32],
}

impl<'a> LogitRows<'a> {
    /// # Errors
    /// If the logits are no whole rows.
    pub fn new(vocabulary: usize, logits: &'a [f32]) -> Outcome<Self> {
        if vocabulary == 0 || !logits.len().is_multiple_of(vocabulary) {
            let state = format!("{} logits are no rows of {vocabulary}", logits.len());
            return refuse("read logits", state);
        }
        Ok(Self { vocabulary, logits })
    }

    /// Number of rows.
    pub fn count(&self) -> usize {
        self.logits.len() / self.vocabulary
    }

    /// Draws one token from each row.
    ///
    /// # Shapes
    /// `mask_index`, `uniforms` `[rows]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If lengths do not fit, a mask allows nothing, an option is out of range, or logits are not finite.
    pub fn draw(
        &self,
        mask_index: &[u32],
        masks: &[u32],
        options: &SamplingOptions,
        uniforms: &[f32],
    ) -> Outcome<Drawn> {
        let rows = self.count();
        let draws = Draws::new(self.vocabulary, rows, mask_index, masks, options, uniforms)?;
        draws.draw(self.logits)
    }

    /// Log-probability of `targets[i]` in row i, and the entropy there.
    ///
    /// # Shapes
    /// `targets`, `mask_index` `[rows]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If lengths do not fit, a target is out of range or forbidden, or the temperature is not positive.
    pub fn score(
        &self,
        targets: &[u32],
        mask_index: &[u32],
        masks: &[u32],
        temperature: f32,
    ) -> Outcome<Vec<Scored>> {
        const CANNOT: &str = "score";
        let rows = self.count();
        if targets.len() != rows {
            let state = format!("{rows} rows, {} targets", targets.len());
            return refuse(CANNOT, state);
        }
        check_temperature(CANNOT, temperature)?;
        check_tokens(CANNOT, targets, self.vocabulary)?;
        let masks = Masks::new(CANNOT, self.vocabulary, rows, mask_index, masks)?;
        let mut scored = Vec::with_capacity(rows);
        for (row, logits) in self.logits.chunks_exact(self.vocabulary).enumerate() {
            let (mask, target) = (masks.of(row), targets[row]);
            if !softmax::allowed(mask, target as usize) {
                let state = format!("the mask of row {row} forbids {target}");
                return refuse(CANNOT, state);
            }
            scored.push(head::score(logits, target, mask, temperature));
        }
        Ok(scored)
    }
}
