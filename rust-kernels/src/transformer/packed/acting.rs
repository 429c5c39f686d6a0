//! Acting: episodes grow in slots, many at once, and tokens are drawn behind any of their last rows.

use super::layer::{self, States};
use super::model::PackedTransformer;
use crate::packed::multiply_wanted;
use crate::sampling::SamplingOptions;
use crate::transformer::draw::{Drawn, Draws};
use crate::transformer::embedding;
use crate::transformer::error::{refuse, resize, Outcome};
use crate::transformer::head::{self, Masks};
use crate::transformer::layer::Segment;
use crate::transformer::model::check_tokens;
use crate::transformer::norm;
use crate::transformer::product::forward_packed as linear;
use crate::transformer::value;

/// Rows that go through the layers together, at most; long prompts pass in pieces and need no more memory.
const ROWS: usize = 512;

/// The memory that feeding reuses.
#[derive(Default)]
pub struct Acting {
    states: States,
    /// Normed states of the kept rows of the last feed, `[kept, hidden]`.
    pub finals: Vec<f32>,
    logits: Vec<f32>,
    /// Adapters of the kept rows.
    pub adapters: Vec<Option<usize>>,
    /// What a pass is to leave of each layer, for learning.
    pub traced: Option<Trace>,
}

/// What each layer was given, `[rows, hidden]` each, and last what the last one gave.
pub type Trace = Vec<Vec<f32>>;

/// What one slot is given.
struct Part {
    slot: usize,
    /// Place of its first token among all.
    from: usize,
    /// Positions `base .. end` are computed.
    base: usize,
    end: usize,
    keep: usize,
    long: bool,
}

impl PackedTransformer {
    /// Appends `counts[i] ≥ 1` tokens to `slots[i]`, and keeps the states of the last `keep[i] ≥ 1` of them for logits
    /// and draws; an empty `keep` keeps one of each.
    ///
    /// # Shapes
    /// `slots`, `counts`, `keep` `[slots]`; `tokens [Σ counts]`, slot after slot.
    ///
    /// # Errors
    /// If lengths do not fit, a slot is closed or named twice, a token is not below the vocabulary, more rows are to be
    /// kept than fed, a slot would exceed the maximum of positions, or there is no memory. Nothing is appended then.
    pub fn feed(
        &mut self,
        slots: &[u32],
        counts: &[u32],
        tokens: &[u32],
        keep: &[u32],
    ) -> Outcome<()> {
        let (parts, all) = self.plan(slots, counts, tokens, keep)?;
        let before: Vec<usize> = parts.iter().map(|p| self.length(p.slot)).collect();
        let mut acting = core::mem::take(&mut self.acting);
        let result = self.run(&parts, &all, &mut acting);
        self.acting = acting;
        if result.is_err() {
            self.acting.finals.clear();
            for (part, length) in parts.iter().zip(before) {
                if let Some(slot) = &mut self.slots[part.slot] {
                    // What was read anew for other frequencies is lost with the failure.
                    slot.truncate(if part.base < length {
                        part.base
                    } else {
                        length
                    });
                }
            }
        }
        result
    }

    fn length(&self, slot: usize) -> usize {
        self.slots[slot].as_ref().map_or(0, |s| s.tokens.len())
    }

    /// Checks a feed; returns its parts and the tokens that they compute.
    fn plan(
        &mut self,
        slots: &[u32],
        counts: &[u32],
        tokens: &[u32],
        keep: &[u32],
    ) -> Outcome<(Vec<Part>, Vec<u32>)> {
        let total: u64 = counts.iter().map(|&c| c as u64).sum();
        let kept_fit = keep.is_empty() || keep.len() == slots.len();
        if slots.len() != counts.len() || total != tokens.len() as u64 || !kept_fit {
            let state = format!(
                "{} slots, {} counts that sum to {total}, {} tokens, {} rows to keep",
                slots.len(),
                counts.len(),
                tokens.len(),
                keep.len()
            );
            return refuse("feed", state);
        }
        check_tokens("feed", tokens, self.shape.vocabulary)?;
        let kept: u64 = keep.iter().map(|&k| k as u64).sum();
        self.shape.check_rows("feed", tokens.len(), false)?;
        self.shape
            .check_rows("feed", slots.len().max(kept as usize), true)?;
        let mut seen = vec![false; self.slots.len()];
        let (mut parts, mut all) = (Vec::with_capacity(slots.len()), Vec::new());
        let (mut fed, mut reach) = (0, 0);
        for (i, (&slot, &count)) in slots.iter().zip(counts).enumerate() {
            let (most, count) = (self.shape.maximum_positions, count as usize);
            let cache = self.slot("feed", slot)?;
            let length = cache.tokens.len();
            let end = length + count;
            if count == 0 || end > most {
                let state =
                    format!("slot {slot} has {length} of {most} positions, asked for {count} more");
                return refuse("feed", state);
            }
            let keep = keep.get(i).map_or(1, |&k| k as usize);
            if keep == 0 || keep > count {
                let state =
                    format!("slot {slot} is given {count} tokens, of which {keep} are kept");
                return refuse("feed", state);
            }
            if core::mem::replace(&mut seen[slot as usize], true) {
                return refuse("feed", format_args!("slot {slot} is named twice"));
            }
            let long = self.rope.is_long(end);
            let from = all.len();
            let mut base = length;
            if long != cache.long && length > 0 {
                // All keys turn otherwise now: the slot is computed from its start.
                all.extend_from_slice(&cache.tokens);
                base = 0;
            }
            all.extend_from_slice(&tokens[fed..fed + count]);
            parts.push(Part {
                slot: slot as usize,
                from,
                base,
                end,
                keep,
                long,
            });
            fed += count;
            reach = reach.max(end);
        }
        self.rope.reach(reach)?;
        self.adapters.refresh();
        Ok((parts, all))
    }

    /// Runs all parts, some rows at a time.
    fn run(&mut self, parts: &[Part], all: &[u32], acting: &mut Acting) -> Outcome<()> {
        let hidden = self.shape.hidden;
        let kept: usize = parts.iter().map(|p| p.keep).sum();
        resize(&mut acting.finals, kept * hidden)?;
        let adapter_of = |part: &Part| self.slots[part.slot].as_ref().and_then(|s| s.adapter);
        let of_rows = |part: &Part| core::iter::repeat_n(adapter_of(part), part.keep);
        acting.adapters = parts.iter().flat_map(of_rows).collect();
        for part in parts {
            let Some(slot) = &mut self.slots[part.slot] else {
                continue;
            };
            slot.reserve(&self.page, part.base, part.end)?;
        }
        let (mut segments, mut tokens, mut keeps) = (Vec::new(), Vec::new(), Vec::new());
        let mut done_keeps = 0;
        for part in parts {
            let mut base = part.base;
            while base < part.end {
                let rows = (part.end - base).min(ROWS - tokens.len());
                segments.push(Segment {
                    first: tokens.len(),
                    rows,
                    base,
                    cache: part.slot,
                    long: part.long,
                    adapter: self.slots[part.slot].as_ref().and_then(|s| s.adapter),
                });
                // Kept are the rows from `end − keep` on.
                let first_kept = (part.end - part.keep).max(base);
                for position in first_kept..base + rows {
                    let at = position - (part.end - part.keep);
                    keeps.push((tokens.len() + position - base, done_keeps + at));
                }
                tokens.extend_from_slice(&all[part.from + base - part.base..][..rows]);
                base += rows;
                if tokens.len() == ROWS {
                    self.pass(&segments, &tokens, &keeps, acting)?;
                    segments.clear();
                    tokens.clear();
                    keeps.clear();
                }
            }
            done_keeps += part.keep;
        }
        if !tokens.is_empty() {
            self.pass(&segments, &tokens, &keeps, acting)?;
        }
        Ok(())
    }

    /// Runs some rows through all layers; `keeps` pairs rows with their places among the kept.
    fn pass(
        &mut self,
        segments: &[Segment],
        tokens: &[u32],
        keeps: &[(usize, usize)],
        acting: &mut Acting,
    ) -> Outcome<()> {
        let (hidden, states) = (self.shape.hidden, &mut acting.states);
        resize(&mut states.stream, tokens.len() * hidden)?;
        for (&token, row) in tokens.iter().zip(states.stream.chunks_exact_mut(hidden)) {
            self.matrices.embedding.read_row(token as usize, row);
        }
        if self.shape.blocks.embedding_scale != 1.0 {
            crate::simd::scale(self.shape.blocks.embedding_scale, &mut states.stream);
        }
        let positions = &self.parameters[self.layout.positions.clone()];
        embedding::add_positions(segments, positions, hidden, &mut states.stream);
        let mut slots = core::mem::take(&mut self.slots);
        let mut result = Ok(());
        for index in 0..self.shape.layers {
            result = trace(&mut acting.traced, index, &states.stream)
                .and_then(|()| layer::forward(self, index, segments, &mut slots, states));
            if result.is_err() {
                break;
            }
        }
        self.slots = slots;
        result = result.and_then(|()| trace(&mut acting.traced, self.shape.layers, &states.stream));
        result?;
        for s in segments {
            if let Some(slot) = &mut self.slots[s.cache] {
                slot.long = s.long;
                slot.tokens.truncate(s.base);
                slot.tokens.extend_from_slice(&tokens[s.first..][..s.rows]);
            }
        }
        resize(&mut states.inverses, 1)?;
        for &(row, place) in keeps {
            norm::forward(
                self.shape.blocks.norm,
                &states.stream[row * hidden..][..hidden],
                &self.parameters[self.layout.norm.clone()],
                self.shape.norm_epsilon,
                &mut states.inverses[..1],
                &mut acting.finals[place * hidden..][..hidden],
            );
        }
        Ok(())
    }

    /// Logits of normed states.
    ///
    /// # Shapes
    /// `finals [rows, hidden]`; `logits [rows, vocabulary]`.
    pub(super) fn head(
        &self,
        finals: &[f32],
        states: &mut States,
        logits: &mut Vec<f32>,
    ) -> Outcome<()> {
        let rows = finals.len() / self.shape.hidden;
        resize(logits, rows * self.shape.vocabulary)?;
        let activations = &mut states.activations;
        let matrix = self.matrices.head();
        linear(finals, rows, matrix, &[], logits, false, activations)?;
        head::cap(logits, self.shape.blocks.logit_cap);
        Ok(())
    }

    /// Logits behind each kept row of the last feed, of wanted tokens; those of others are −∞.
    ///
    /// # Shapes
    /// `wanted [ceil(vocabulary/32)]`; the result `[kept, vocabulary]`.
    fn last_wanted(&mut self, wanted: &[u32]) -> Outcome<&[f32]> {
        const CANNOT: &str = "compute";
        let Acting {
            finals,
            states,
            logits,
            ..
        } = &mut self.acting;
        let (matrix, rows) = (self.matrices.head(), finals.len() / self.shape.hidden);
        resize(logits, rows * self.shape.vocabulary)?;
        if !states
            .activations
            .quantize(matrix.format(), finals, rows, matrix.k())
        {
            return refuse(
                CANNOT,
                format_args!("no memory for {rows} rows of activations"),
            );
        }
        multiply_wanted(&states.activations, matrix, wanted, logits);
        head::cap(logits, self.shape.blocks.logit_cap);
        for logits in logits.chunks_exact_mut(self.shape.vocabulary) {
            head::forbid_others(logits, wanted);
        }
        Ok(logits)
    }

    /// As [`Self::last_logits`], of the tokens that a mask allows to any of the rows; those of others may be −∞.
    ///
    /// # Shapes
    /// `mask_index [kept]`, `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If lengths do not fit, or a mask allows nothing.
    pub fn last_logits_under(&mut self, mask_index: &[u32], masks: &[u32]) -> Outcome<&[f32]> {
        let (vocabulary, rows) = (self.shape.vocabulary, self.last_count());
        let masks = Masks::new("read logits", vocabulary, rows, mask_index, masks)?;
        match masks.together(vocabulary) {
            Some(wanted) => self.last_wanted(&wanted),
            None => self.last_logits(),
        }
    }

    /// Logits behind each kept row of the last feed, `[kept, vocabulary]`.
    pub fn last_logits(&mut self) -> Outcome<&[f32]> {
        let mut acting = core::mem::take(&mut self.acting);
        let result = self.head(&acting.finals, &mut acting.states, &mut acting.logits);
        self.acting = acting;
        result?;
        Ok(&self.acting.logits)
    }

    /// Values there, `[kept]`.
    pub fn last_values(&self) -> Vec<f32> {
        let rows = self.acting.finals.chunks_exact(self.shape.hidden);
        rows.zip(&self.acting.adapters)
            .map(|(row, &adapter)| {
                let adapter = self.adapters.get(adapter);
                value::forward(&self.layout, &self.parameters, adapter, row)
            })
            .collect()
    }

    /// Draws one token behind each kept row of the last feed; as `Transformer::sample_last`.
    pub fn sample_last(
        &mut self,
        mask_index: &[u32],
        masks: &[u32],
        options: &SamplingOptions,
        uniforms: &[f32],
    ) -> Outcome<Drawn> {
        let (vocabulary, rows) = (self.shape.vocabulary, self.last_count());
        let draws = Draws::new(vocabulary, rows, mask_index, masks, options, uniforms)?;
        draws.draw(match draws.wanted() {
            Some(wanted) => self.last_wanted(&wanted)?,
            None => self.last_logits()?,
        })
    }

    /// Number of kept rows of the last feed.
    pub fn last_count(&self) -> usize {
        self.acting.finals.len() / self.shape.hidden
    }
}

/// Appends the stream before a layer to what is traced of it.
fn trace(traced: &mut Option<Trace>, index: usize, stream: &[f32]) -> Outcome<()> {
    let Some(kept) = traced.as_mut().and_then(|all| all.get_mut(index)) else {
        return Ok(());
    };
    let before = kept.len();
    resize(kept, before + stream.len())?;
    kept[before..].copy_from_slice(stream);
    Ok(())
}
