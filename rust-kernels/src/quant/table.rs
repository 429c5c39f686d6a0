//! Blocks whose nibbles choose among sixteen levels that stand closer near 0.

use super::{half, nibbles};

pub const LEVELS: [i8; 16] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
];

/// `d` times the levels of 16 bytes, low nibbles first.
fn levels(d: f32, bytes: &[u8], out: &mut [f32]) {
    let level = |q: u8| d * f32::from(LEVELS[usize::from(q & 15)]);
    let (low, high) = out.split_at_mut(16);
    nibbles(bytes, 0, low, level);
    nibbles(bytes, 4, high, level);
}

/// IQ4_NL `[d, 16 bytes]`, 32 numbers.
pub fn small(block: &[u8], out: &mut [f32]) {
    levels(half(block), &block[2..], out);
}

/// IQ4_XS `[d, 2 bytes of upper scale bits, 4 bytes of lower ones, 128 bytes]`, 256 numbers: `x = d·(s − 32)·level`.
pub fn large(block: &[u8], out: &mut [f32]) {
    let d = half(block);
    let upper = u16::from_le_bytes([block[2], block[3]]);
    for (j, out) in out.chunks_exact_mut(32).enumerate() {
        let low = block[4 + j / 2] >> (j % 2 * 4) & 15;
        let high = (upper >> (2 * j) & 3) as u8;
        let d = d * (f32::from(low | high << 4) - 32.0);
        levels(d, &block[8 + j * 16..], out);
    }
}
