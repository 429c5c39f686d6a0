//! Blocks of a file as the integers that a packed matrix stores, eight to a word: a model opens as fast as it is read.

use super::format::Format;
use crate::quant::{codes, BlockType};
use crate::simd::BLOCK;

/// In each byte of a word: the lowest bit, the low four, the highest.
const ONES: u64 = 0x0101_0101_0101_0101;
const NIBBLES: u64 = 15 * ONES;
const TOPS: u64 = 128 * ONES;

/// Thirty-two bytes as words, the first lowest.
pub fn words_of(bytes: &[u8; BLOCK]) -> [u64; 4] {
    core::array::from_fn(|i| word_at(bytes, 8 * i))
}

/// Scale and stored integers, each with the format's offset, of a block of a file; None where the block is no scale and 32
/// integers, its scale is not finite or an integer does not fit. The usual pairs never take their integers apart.
///
/// ```text
/// Q8_0 → Q8   byte q     q + 127 = (q xor 128) − 1       fits: q ≠ −128
/// Q8_0 → E7   byte q     q + 64  = (q xor 64) mod 128    fits: bits 6 and 7 are equal, q ≠ −64
/// Q4_0 → E4   nibble     q + 8 is the nibble             fits
/// ```
///
/// # Panics
/// When the block is shorter than its type's.
pub fn stored_words(format: Format, kind: BlockType, block: &[u8]) -> Option<(u16, [u64; 4])> {
    let half = u16::from_le_bytes([block[0], block[1]]);
    let words = match (kind, format) {
        (BlockType::Q8_0, Format::Q8) => {
            let words = eights(block).map(|word| word ^ TOPS);
            (!words.iter().any(|word| has_zero(*word)))
                .then_some(words.map(|word| word.wrapping_sub(ONES)))
        }
        (BlockType::Q8_0, Format::E7) => {
            let words = eights(block);
            let stored = words.map(|word| (word ^ (64 * ONES)) & !TOPS);
            let wide = words.iter().any(|word| (word ^ word << 1) & TOPS != 0);
            (!wide && !stored.iter().any(|word| has_zero(*word))).then_some(stored)
        }
        (BlockType::Q4_0, Format::E4) => {
            let (first, second) = (word_at(block, 2), word_at(block, 10));
            Some([first, second, first >> 4, second >> 4].map(|word| word & NIBBLES))
        }
        _ => {
            let (_, integers) = codes(kind, block)?;
            let (low, high) = format.range();
            let fits = |q: &i8| (low..=high).contains(&i32::from(*q));
            let offset = format.offset() as u8;
            integers
                .iter()
                .all(fits)
                .then(|| words_of(&integers.map(|q| (q as u8).wrapping_add(offset))))
        }
    };
    words
        .filter(|_| half & 0x7c00 != 0x7c00)
        .map(|words| (half, words))
}

fn word_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |word| u64::from_le_bytes(*word))
}

/// The integers of a block of Q8_0.
fn eights(block: &[u8]) -> [u64; 4] {
    core::array::from_fn(|i| word_at(block, 2 + 8 * i))
}

/// Whether a byte is 0.
fn has_zero(word: u64) -> bool {
    word.wrapping_sub(ONES) & !word & TOPS != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the words are, one integer after the other.
    fn slowly(format: Format, kind: BlockType, block: &[u8]) -> Option<(u16, [u64; 4])> {
        let (half, integers) = codes(kind, block)?;
        let (low, high) = format.range();
        let mut stored = [0; BLOCK];
        for (stored, q) in stored.iter_mut().zip(integers) {
            let q = i32::from(q);
            if q < low || q > high {
                return None;
            }
            *stored = (q + format.offset()) as u8;
        }
        (half & 0x7c00 != 0x7c00).then(|| (half, words_of(&stored)))
    }

    #[test]
    fn stored_words_are_the_integers_with_the_offset_or_none() {
        let (mut kept, mut refused) = (0, 0);
        for kind in [
            BlockType::Q8_0,
            BlockType::Q4_0,
            BlockType::Q5_0,
            BlockType::Iq4Nl,
            BlockType::F32,
        ] {
            for format in [Format::E4, Format::E7, Format::Q8] {
                for seed in 0..600u32 {
                    let mut block = [0u8; 34];
                    for (i, byte) in block.iter_mut().enumerate() {
                        let random = crate::random::uniform(u64::from(seed), 1, i as u32);
                        *byte = (random * 256.0) as u8;
                        // Small integers but for one of any size.
                        if i > 1 && i as u32 != 2 + seed % 32 && seed % 2 == 0 {
                            *byte = (*byte as i8 >> 1) as u8;
                        }
                    }
                    if seed % 5 != 0 {
                        block[1] &= 0x3f;
                    }
                    let words = stored_words(format, kind, &block);
                    assert_eq!(words, slowly(format, kind, &block));
                    kept += usize::from(words.is_some());
                    refused += usize::from(words.is_none());
                }
            }
        }
        assert!(kept > 1000 && refused > 1000, "{kept} {refused}");
    }

    #[test]
    fn every_integer_of_a_byte_is_kept_where_it_fits() {
        for q in i8::MIN..=i8::MAX {
            let mut block = [0u8; 34];
            block[33] = q as u8;
            for format in [Format::E7, Format::Q8] {
                let found = stored_words(format, BlockType::Q8_0, &block);
                assert_eq!(found, slowly(format, BlockType::Q8_0, &block), "{q}");
                let (low, high) = format.range();
                assert_eq!(found.is_some(), (low..=high).contains(&i32::from(q)), "{q}");
            }
        }
    }
}
