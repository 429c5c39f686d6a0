//! Blocks of 256 numbers: scales (and smallest numbers) of 16 or 32 neighbours are small integers times d (and `dmin`).

use super::half;

/// Q2_K `[16 bytes: scale and smallest, 64 bytes, d, dmin]`: `x = d·s·q − dmin·m`.
pub fn two(block: &[u8], out: &mut [f32]) {
    let (d, least) = (half(&block[80..]), half(&block[82..]));
    for (j, out) in out.chunks_exact_mut(16).enumerate() {
        let (scale, m) = (block[j] & 15, block[j] >> 4);
        let (d, m) = (d * f32::from(scale), least * f32::from(m));
        // 32 bytes hold four times 32 numbers, two bits each.
        let bytes = &block[16 + j / 8 * 32 + j % 2 * 16..];
        let shift = j % 8 / 2 * 2;
        for (o, b) in out.iter_mut().zip(bytes) {
            *o = d * f32::from(b >> shift & 3) - m;
        }
    }
}

/// Q3_K `[32 bytes of third bits, 64 bytes, 12 bytes of scales, d]`: `x = d·(s − 32)·(q − 4)`.
pub fn three(block: &[u8], out: &mut [f32]) {
    let (scales, d) = (&block[96..108], half(&block[108..]));
    for (j, out) in out.chunks_exact_mut(16).enumerate() {
        let low = scales[j % 8] >> (j / 8 * 4) & 15;
        let high = scales[8 + j % 4] >> (j / 4 * 2) & 3;
        let d = d * (f32::from(low | high << 4) - 32.0);
        let (shift, bit) = (j % 8 / 2 * 2, j / 2);
        let bytes = &block[32 + j / 8 * 32 + j % 2 * 16..];
        let thirds = &block[j % 2 * 16..];
        for ((o, b), third) in out.iter_mut().zip(bytes).zip(thirds) {
            let q = (b >> shift & 3) | (third >> bit & 1) << 2;
            *o = d * (f32::from(q) - 4.0);
        }
    }
}

/// Q4_K `[d, dmin, 12 bytes of scales, 128 bytes]`, or Q5_K with 32 bytes of fifth bits before the 128:
/// `x = d·s·q − dmin·m`.
pub fn four_or_five(block: &[u8], five: bool, out: &mut [f32]) {
    let (d, least) = (half(block), half(&block[2..]));
    let (scales, fifths) = (&block[4..16], &block[16..48]);
    let nibbles = &block[if five { 48 } else { 16 }..];
    for (j, out) in out.chunks_exact_mut(32).enumerate() {
        let (scale, m) = packed_scale(scales, j);
        let (d, m) = (d * f32::from(scale), least * f32::from(m));
        let bytes = &nibbles[j / 2 * 32..];
        let shift = j % 2 * 4;
        for ((o, b), fifth) in out.iter_mut().zip(bytes).zip(fifths) {
            let high = if five { (fifth >> j & 1) << 4 } else { 0 };
            *o = d * f32::from((b >> shift & 15) | high) - m;
        }
    }
}

/// Six bits of scale and six of the smallest number: of the first four in whole bytes, whose upper two bits belong to
/// the last four.
fn packed_scale(scales: &[u8], j: usize) -> (u8, u8) {
    if j < 4 {
        return (scales[j] & 63, scales[j + 4] & 63);
    }
    let (low, scale, m) = (scales[j + 4], scales[j - 4] >> 6, scales[j] >> 6);
    ((low & 15) | scale << 4, low >> 4 | m << 4)
}

/// Q6_K `[128 bytes, 64 bytes of upper bits, 16 signed scales, d]`: `x = d·s·(q − 32)`.
pub fn six(block: &[u8], out: &mut [f32]) {
    let (upper, scales, d) = (&block[128..192], &block[192..208], half(&block[208..]));
    for (j, out) in out.chunks_exact_mut(16).enumerate() {
        let d = d * f32::from(scales[j] as i8);
        // Of each half: 64 bytes hold twice 64 nibbles, 32 bytes four times 32 pairs of bits.
        let (half, part) = (j / 8, j % 8);
        let nibbles = &block[half * 64 + part % 4 * 16..];
        let pairs = &upper[half * 32 + part % 2 * 16..];
        let (shift, pair) = (part / 4 * 4, part / 2 * 2);
        for ((o, b), p) in out.iter_mut().zip(nibbles).zip(pairs) {
            let q = (b >> shift & 15) | (p >> pair & 3) << 4;
            *o = d * (f32::from(q) - 32.0);
        }
    }
}
