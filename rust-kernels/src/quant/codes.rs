//! Blocks that are one scale and 32 integers.

use super::table::LEVELS;
use super::BlockType;

/// The scale, as F16, and the integers of one block of Q4_0, Q5_0, Q8_0 or IQ4_NL: number i is `scale · integers[i]`.
/// Other blocks have more than that.
pub fn codes(kind: BlockType, block: &[u8]) -> Option<(u16, [i8; 32])> {
    let nibble = |bytes: &[u8], i: usize| bytes[i % 16] >> (i / 16 * 4) & 15;
    let integers = match kind {
        BlockType::Q8_0 => core::array::from_fn(|i| block[2 + i] as i8),
        BlockType::Q4_0 => core::array::from_fn(|i| nibble(&block[2..], i) as i8 - 8),
        BlockType::Iq4Nl => core::array::from_fn(|i| LEVELS[usize::from(nibble(&block[2..], i))]),
        BlockType::Q5_0 => {
            let fifth = u32::from_le_bytes([block[2], block[3], block[4], block[5]]);
            core::array::from_fn(|i| {
                (nibble(&block[6..], i) | ((fifth >> i & 1) << 4) as u8) as i8 - 16
            })
        }
        _ => return None,
    };
    Some((u16::from_le_bytes([block[0], block[1]]), integers))
}
