//! Blocks of 32 numbers with one scale d, and perhaps a smallest number m: `x = d·(q − centre)` or `x = d·q + m`.
//! Nibbles: byte i holds number i below and number i + 16 above.

use super::{half, nibbles};

/// Q4_0 `[d, 16 bytes]` or, with a smallest number, Q4_1 `[d, m, 16 bytes]`.
pub fn four(block: &[u8], shifted: bool, out: &mut [f32]) {
    let d = half(block);
    let (low, high) = out.split_at_mut(16);
    for (shift, out) in [(0, low), (4, high)] {
        if shifted {
            let m = half(&block[2..]);
            nibbles(&block[4..], shift, out, |q| d * f32::from(q) + m);
        } else {
            nibbles(&block[2..], shift, out, |q| d * (f32::from(q) - 8.0));
        }
    }
}

/// Q5_0 `[d, 4 bytes of fifth bits, 16 bytes]` or, with a smallest number, Q5_1 `[d, m, 4 bytes, 16 bytes]`.
pub fn five(block: &[u8], shifted: bool, out: &mut [f32]) {
    let (d, m) = (half(block), half(&block[2..]));
    let rest = &block[if shifted { 4 } else { 2 }..];
    let fifth = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]);
    for (i, o) in out.iter_mut().enumerate() {
        let nibble = rest[4 + i % 16] >> (i / 16 * 4) & 15;
        let q = f32::from(nibble | ((fifth >> i & 1) << 4) as u8);
        *o = if shifted { d * q + m } else { d * (q - 16.0) };
    }
}

/// Q8_0 `[d, 32 signed bytes]`.
pub fn eight(block: &[u8], out: &mut [f32]) {
    let d = half(block);
    for (o, q) in out.iter_mut().zip(&block[2..]) {
        *o = f32::from(*q as i8) * d;
    }
}
