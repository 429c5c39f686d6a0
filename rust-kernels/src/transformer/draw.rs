//! One token for each row of logits.

use super::error::{refuse, Outcome};
use super::head::Masks;
use crate::sampling::{sample, SamplingOptions};

/// Tokens drawn for the rows of the last feed.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Drawn {
    pub tokens: Vec<u32>,
    pub raw_log_probs: Vec<f32>,
    pub behavior_log_probs: Vec<f32>,
}

/// Draws that were checked before any logits are computed for them.
pub struct Draws<'a> {
    vocabulary: usize,
    masks: Masks,
    options: &'a SamplingOptions,
    uniforms: &'a [f32],
}

const CANNOT: &str = "sample";

impl<'a> Draws<'a> {
    /// # Shapes
    /// `mask_index`, `uniforms` `[rows]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If lengths do not fit, a mask allows nothing, or an option is out of range.
    pub fn new(
        vocabulary: usize,
        rows: usize,
        mask_index: &[u32],
        masks: &[u32],
        options: &'a SamplingOptions,
        uniforms: &'a [f32],
    ) -> Outcome<Self> {
        if uniforms.len() != rows {
            return refuse(
                CANNOT,
                format_args!("{rows} slots, {} uniform numbers", uniforms.len()),
            );
        }
        let shares = [options.top_p, options.min_p];
        let temperature = options.temperature;
        if !(temperature.is_finite() && temperature >= 0.0)
            || shares.iter().any(|s| !(0.0..=1.0).contains(s))
        {
            let [top_p, min_p] = shares;
            let state = format!("temperature {temperature}, topP {top_p}, minP {min_p}");
            return refuse(CANNOT, state);
        }
        let masks = Masks::new(CANNOT, vocabulary, rows, mask_index, masks)?;
        Ok(Self {
            vocabulary,
            masks,
            options,
            uniforms,
        })
    }

    /// The tokens whose logits are enough; None where all are needed, be it for raw log-probabilities.
    pub fn wanted(&self) -> Option<Vec<u32>> {
        let all = self.options.raw;
        if all {
            None
        } else {
            self.masks.together(self.vocabulary)
        }
    }

    /// Draws a token from each row of `logits [rows, vocabulary]`.
    ///
    /// # Errors
    /// If logits are not finite.
    pub fn draw(&self, logits: &[f32]) -> Outcome<Drawn> {
        let mut drawn = Drawn::default();
        for (row, logits) in logits.chunks_exact(self.vocabulary).enumerate() {
            let mask = self.masks.of(row);
            let one = sample(logits, mask, self.options, None, self.uniforms[row]);
            if one.is_none() {
                return refuse(
                    CANNOT,
                    format_args!("the logits of row {row} are not finite"),
                );
            }
            drawn.tokens.push(one.token);
            drawn.raw_log_probs.push(one.raw_log_prob);
            drawn.behavior_log_probs.push(one.behavior_log_prob);
        }
        Ok(drawn)
    }
}
