//! A slot as bytes, and back: a conversation that goes on elsewhere, or later, without being read again.
//!
//! ```text
//! "EDDYKV1\0" · u64 fingerprint · u32 tokens · u32 long · tokens · pages
//! ```
//!
//! The fingerprint is one of weights, sizes and formats: with others the pages mean nothing.

use std::rc::Rc;

use super::model::PackedTransformer;
use super::page::PAGE;
use super::slots::Slot;
use crate::transformer::error::{refuse, Outcome};

const MAGIC: &[u8; 8] = b"EDDYKV1\0";
const HEADER: usize = 24;

/// One step of a hash over 64-bit words: xor, multiply (the prime of FNV-1a), rotate.
fn mix(hash: u64, word: u64) -> u64 {
    (hash ^ word)
        .wrapping_mul(0x0000_0100_0000_01b3)
        .rotate_left(29)
}

fn hash_bytes(hash: u64, bytes: &[u8]) -> u64 {
    let chunks = bytes.chunks(8);
    chunks.fold(mix(hash, bytes.len() as u64), |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(hash, u64::from_le_bytes(word))
    })
}

impl PackedTransformer {
    /// A number that changes with any weight, size or format, and with the build's instruction set.
    pub fn fingerprint(&mut self) -> u64 {
        if let Some(known) = self.fingerprint {
            return known;
        }
        let relaxed = cfg!(target_feature = "relaxed-simd");
        let words = format!("{:?} {:?} {relaxed}", self.shape, self.formats);
        let mut hash = hash_bytes(0xcbf2_9ce4_8422_2325, words.as_bytes());
        hash = mix(hash, self.rope.fingerprint());
        for matrix in self.matrices.all() {
            hash = hash_bytes(hash, matrix.bytes());
        }
        for x in &self.parameters {
            hash = mix(hash, u64::from(x.to_bits()));
        }
        self.fingerprint = Some(hash);
        hash
    }

    /// Everything that a slot has read.
    ///
    /// # Errors
    /// If the slot is closed or there is no memory.
    pub fn save_slot(&mut self, slot: u32) -> Outcome<Vec<u8>> {
        let fingerprint = self.fingerprint();
        let slot = self.slot("save a slot", slot)?;
        if slot.adapter.is_some() {
            return refuse(
                "save a slot",
                "it goes through an adapter, which the bytes would not name",
            );
        }
        let size = HEADER + 4 * slot.tokens.len() + slot.pages.len() * self.page.bytes();
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(size).is_err() {
            return refuse("save a slot", format_args!("no memory for {size} bytes"));
        }
        bytes.extend_from_slice(MAGIC);
        bytes.extend(fingerprint.to_le_bytes());
        bytes.extend((slot.tokens.len() as u32).to_le_bytes());
        bytes.extend(u32::from(slot.long).to_le_bytes());
        slot.tokens
            .iter()
            .for_each(|t| bytes.extend(t.to_le_bytes()));
        slot.pages.iter().for_each(|p| bytes.extend_from_slice(p));
        Ok(bytes)
    }

    /// Opens a slot that has read what [`PackedTransformer::save_slot`] saved.
    ///
    /// # Errors
    /// If the bytes are damaged or of another model, or there is no memory.
    pub fn restore_slot(&mut self, bytes: &[u8]) -> Outcome<u32> {
        const CANNOT: &str = "restore a slot";
        if bytes.len() < HEADER || &bytes[..8] != MAGIC {
            return refuse(CANNOT, "the bytes are no saved slot");
        }
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let own = self.fingerprint();
        let other = u64::from(word(8)) | u64::from(word(12)) << 32;
        if other != own {
            return refuse(
                CANNOT,
                "it was saved with other weights, sizes, formats or instructions; read the text again",
            );
        }
        let (count, long) = (word(16) as usize, word(20) == 1);
        let pages = count.div_ceil(PAGE);
        let expected = (HEADER as u64) + 4 * count as u64 + pages as u64 * self.page.bytes() as u64;
        let fits = count <= self.shape.maximum_positions && (!long || self.rope.switches());
        if bytes.len() as u64 != expected || !fits {
            let state = format!(
                "{} bytes for {count} tokens, expected {expected}",
                bytes.len()
            );
            return refuse(CANNOT, state);
        }
        let tokens: Vec<u32> = (0..count).map(|i| word(HEADER + 4 * i)).collect();
        crate::transformer::model::check_tokens(CANNOT, &tokens, self.shape.vocabulary)?;
        let mut slot = Slot {
            tokens,
            long,
            pages: Vec::new(),
            adapter: None,
        };
        for page in bytes[HEADER + 4 * count..].chunks_exact(self.page.bytes()) {
            let mut copy = Vec::new();
            if copy.try_reserve_exact(page.len()).is_err() {
                return refuse(CANNOT, "no memory for its pages");
            }
            copy.extend_from_slice(page);
            slot.pages.push(Rc::new(copy));
        }
        Ok(self.put_slot(slot))
    }
}
