//! Acting: episodes grow token by token in slots, many at once.

use super::cache::Cache;
use super::draw::{Drawn, Draws};
use super::embedding;
use super::error::{refuse, resize, Outcome};
use super::head::{self, Masks};
use super::layer::{self, Memory, Scratch, Segment, States, Weights};
use super::linear;
use super::model::{check_tokens, weights, Transformer};
use super::norm;
use super::value;
use crate::linalg::gemm_packed_wanted;
use crate::sampling::SamplingOptions;

/// Slots and the memory that feeding them reuses.
#[derive(Default)]
pub struct Acting {
    slots: Vec<Option<Cache>>,
    segments: Vec<Segment>,
    /// What the segments hold: the tokens of the last feed, behind those that are computed again.
    tokens: Vec<u32>,
    states: States,
    output: Vec<f32>,
    scratch: Scratch,
    /// Normed states of the last token of each slot of the last feed, `[slots, hidden]`.
    finals: Vec<f32>,
    inverses: Vec<f32>,
    logits: Vec<f32>,
    values: Vec<f32>,
}

impl Transformer {
    /// Opens an empty episode; ids of closed slots are used again.
    pub fn open_slot(&mut self) -> u32 {
        let slots = &mut self.acting.slots;
        let free = slots.iter().position(Option::is_none);
        let id = free.unwrap_or_else(|| {
            slots.push(None);
            slots.len() - 1
        });
        slots[id] = Some(Cache::default());
        id as u32
    }

    fn slot(&mut self, cannot: &str, slot: u32) -> Outcome<&mut Cache> {
        match self.acting.slots.get_mut(slot as usize) {
            Some(Some(cache)) => Ok(cache),
            _ => refuse(cannot, format_args!("slot {slot} is not open")),
        }
    }

    /// Sends what a slot is fed from now on through an adapter, or through none; what it was fed before stays as it is.
    pub fn adapt_slot(&mut self, slot: u32, adapter: Option<u32>) -> Outcome<()> {
        const CANNOT: &str = "adapt a slot";
        let adapter = self.adapters.optional(CANNOT, adapter)?;
        self.slot(CANNOT, slot)?.adapter = adapter;
        Ok(())
    }

    /// Whether a slot goes through an adapter.
    pub(super) fn is_adapter_used(&self, index: usize) -> bool {
        let uses = |cache: &Cache| cache.adapter == Some(index);
        self.acting.slots.iter().flatten().any(uses)
    }

    /// Frees an episode's memory.
    pub fn close_slot(&mut self, slot: u32) -> Outcome<()> {
        self.slot("close a slot", slot)?;
        self.acting.slots[slot as usize] = None;
        Ok(())
    }

    /// Number of tokens in a slot.
    pub fn slot_length(&mut self, slot: u32) -> Outcome<usize> {
        Ok(self.slot("read a slot", slot)?.length)
    }

    /// Forgets all but the first `length` tokens of a slot.
    pub fn truncate_slot(&mut self, slot: u32, length: usize) -> Outcome<()> {
        let now = self.slot_length(slot)?;
        if length > now {
            let state = format!("slot {slot} has {now} tokens, fewer than {length}");
            return refuse("truncate a slot", state);
        }
        if let Some(Some(cache)) = self.acting.slots.get_mut(slot as usize) {
            cache.truncate(&self.shape, length);
        }
        Ok(())
    }

    /// Appends `counts[i] ≥ 1` tokens to `slots[i]`, all as one packed batch.
    ///
    /// # Shapes
    /// `slots`, `counts` `[slots]`; `tokens [Σ counts]`, slot after slot.
    ///
    /// # Errors
    /// If lengths do not fit, a slot is closed or named twice, a token is not below the vocabulary, or a slot would
    /// exceed the maximum of positions. Nothing is appended then.
    pub fn feed(&mut self, slots: &[u32], counts: &[u32], tokens: &[u32]) -> Outcome<()> {
        self.plan(slots, counts, tokens)?;
        let (shape, hidden) = (&self.shape, self.shape.hidden);
        let weights = weights!(self);
        let Acting {
            slots: caches,
            segments,
            tokens,
            states,
            output,
            scratch,
            finals,
            inverses,
            ..
        } = &mut self.acting;
        let rows = tokens.len();
        resize(&mut states.input, rows * hidden)?;
        let table = &self.parameters[self.layout.embedding.clone()];
        let input = &mut states.input;
        embedding::forward(tokens, table, hidden, shape.blocks.embedding_scale, input);
        let positions = &self.parameters[self.layout.positions.clone()];
        embedding::add_positions(segments, positions, hidden, input);
        let mut memory = Memory::Lasting(caches);
        for index in 0..shape.layers {
            layer::forward(
                &weights,
                index,
                segments,
                &mut memory,
                states,
                Some(output),
                scratch,
            )?;
            core::mem::swap(&mut states.input, output);
        }
        resize(finals, segments.len() * hidden)?;
        resize(inverses, segments.len())?;
        for (i, segment) in segments.iter().enumerate() {
            let last = &states.input[(segment.first + segment.rows - 1) * hidden..][..hidden];
            let norm = &self.parameters[self.layout.norm.clone()];
            let out = &mut finals[i * hidden..][..hidden];
            norm::forward(
                shape.blocks.norm,
                last,
                norm,
                shape.norm_epsilon,
                &mut inverses[i..=i],
                out,
            );
            if let Some(cache) = &mut caches[segment.cache] {
                cache.length = segment.base + segment.rows;
                cache.long = segment.long;
                if self.rope.switches() {
                    let rows = &tokens[segment.first..][..segment.rows];
                    cache.tokens.truncate(segment.base);
                    cache.tokens.extend_from_slice(rows);
                }
            }
        }
        Ok(())
    }

    /// Checks a feed and makes room for it.
    fn plan(&mut self, slots: &[u32], counts: &[u32], tokens: &[u32]) -> Outcome<()> {
        let total: u64 = counts.iter().map(|&c| c as u64).sum();
        if slots.len() != counts.len() || total != tokens.len() as u64 {
            let state = format!(
                "{} slots, {} counts that sum to {total}, {} tokens",
                slots.len(),
                counts.len(),
                tokens.len()
            );
            return refuse("feed", state);
        }
        check_tokens("feed", tokens, self.shape.vocabulary)?;
        self.shape.check_rows("feed", tokens.len(), false)?;
        self.shape.check_rows("feed", slots.len(), true)?;
        let mut segments = Vec::with_capacity(slots.len());
        let mut seen = vec![false; self.acting.slots.len()];
        let mut all = core::mem::take(&mut self.acting.tokens);
        all.clear();
        let (mut fed, mut reach) = (0, 0);
        for (&slot, &count) in slots.iter().zip(counts) {
            let (most, count) = (self.shape.maximum_positions, count as usize);
            let length = self.slot("feed", slot)?.length;
            let end = length + count;
            if count == 0 || end > most {
                let state =
                    format!("slot {slot} has {length} of {most} positions, asked for {count} more");
                return refuse("feed", state);
            }
            if core::mem::replace(&mut seen[slot as usize], true) {
                return refuse("feed", format_args!("slot {slot} is named twice"));
            }
            let long = self.rope.is_long(end);
            let cache = self.slot("feed", slot)?;
            let (mut base, first) = (length, all.len());
            if long != cache.long && length > 0 {
                // All keys turn otherwise now: the slot is computed from its start.
                all.extend_from_slice(&cache.tokens);
                base = 0;
            }
            all.extend_from_slice(&tokens[fed..fed + count]);
            segments.push(Segment {
                first,
                rows: all.len() - first,
                base,
                cache: slot as usize,
                long,
                adapter: cache.adapter,
            });
            fed += count;
            reach = reach.max(end);
        }
        self.shape.check_rows("feed", all.len(), false)?;
        self.rope.reach(reach)?;
        self.pack()?;
        for segment in &segments {
            if let Some(Some(cache)) = self.acting.slots.get_mut(segment.cache) {
                cache.reserve(&self.shape, self.shape.layers, segment.base + segment.rows)?;
            }
        }
        self.acting.segments = segments;
        self.acting.tokens = all;
        Ok(())
    }

    /// Logits after the last token of each slot of the last feed, `[slots, vocabulary]`.
    pub fn last_logits(&mut self) -> Outcome<&[f32]> {
        self.pack()?;
        let Acting { finals, logits, .. } = &mut self.acting;
        let rows = finals.len() / self.shape.hidden;
        resize(logits, rows * self.shape.vocabulary)?;
        linear::forward(rows, finals, &self.packs.head, logits, false);
        head::cap(logits, self.shape.blocks.logit_cap);
        Ok(logits)
    }

    /// Logits there, of wanted tokens; those of others are −∞.
    ///
    /// # Shapes
    /// `wanted [ceil(vocabulary/32)]`; the result `[slots, vocabulary]`.
    fn last_wanted(&mut self, wanted: &[u32]) -> Outcome<&[f32]> {
        self.pack()?;
        let Acting { finals, logits, .. } = &mut self.acting;
        let (vocabulary, rows) = (self.shape.vocabulary, finals.len() / self.shape.hidden);
        resize(logits, rows * vocabulary)?;
        gemm_packed_wanted(rows, finals, &self.packs.head, wanted, logits);
        head::cap(logits, self.shape.blocks.logit_cap);
        for logits in logits.chunks_exact_mut(vocabulary) {
            head::forbid_others(logits, wanted);
        }
        Ok(logits)
    }

    /// As `last_logits`, of the tokens that a mask allows to any of the rows; those of others may be −∞.
    ///
    /// # Shapes
    /// `mask_index [slots]`, `masks [k, ceil(vocabulary/32)]`.
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

    /// Values there, `[slots]`; each by the value head of its slot's adapter, if any.
    pub fn last_values(&mut self) -> Outcome<&[f32]> {
        let hidden = self.shape.hidden;
        let rows = self.acting.finals.chunks_exact(hidden);
        let values: Vec<f32> = rows
            .zip(&self.acting.segments)
            .map(|(row, segment)| {
                let adapter = self.adapters.get(segment.adapter);
                value::forward(&self.layout, &self.parameters, adapter, row)
            })
            .collect();
        self.acting.values = values;
        Ok(&self.acting.values)
    }

    /// Draws one token for each slot of the last feed.
    ///
    /// # Shapes
    /// `mask_index`, `uniforms` `[slots]`; `masks [k, ceil(vocabulary/32)]`.
    ///
    /// # Errors
    /// If lengths do not fit, a mask allows nothing, an option is out of range, or logits are not finite.
    pub fn sample_last(
        &mut self,
        mask_index: &[u32],
        masks: &[u32],
        options: &SamplingOptions,
        uniforms: &[f32],
    ) -> Outcome<Drawn> {
        let rows = self.last_count();
        let plan = Draws::new(
            self.shape.vocabulary,
            rows,
            mask_index,
            masks,
            options,
            uniforms,
        )?;
        plan.draw(match plan.wanted() {
            Some(wanted) => self.last_wanted(&wanted)?,
            None => self.last_logits()?,
        })
    }

    /// Number of slots of the last feed.
    pub fn last_count(&self) -> usize {
        self.acting.finals.len() / self.shape.hidden
    }
}
