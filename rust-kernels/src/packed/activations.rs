//! Rows of numbers in eight bits.

use super::format::Format;
use crate::simd::{F32x4, BLOCK, GROUP_ROWS, QUAD_WORDS, ROW_BYTES};

/// Smaller numbers than this in a block are 0: their reciprocal would leave the range of F32.
const SMALLEST: f32 = 1e-30;
/// Adding it rounds to an integer, which then stands in the lowest bits.
const ROUNDER: f32 = 12_582_912.0;

/// Rows quantised for products with one format; the memory is kept.
///
/// ```text
/// scale = max|x| / 127,  q = round(x / scale),  correction = −offset · Σ q        per row and 32 numbers
/// ```
///
/// so `|x − scale·q| ≤ 0.51 · scale`. A block with a number that is not finite has the scale NaN, and so has all that is
/// computed of it.
#[derive(Default)]
pub struct Activations {
    rows: usize,
    k: usize,
    offset: i32,
    bytes: Vec<u8>,
}

impl Activations {
    /// Quantises `x [rows, k]`. False where there is no memory.
    ///
    /// # Panics
    /// When `x` is shorter.
    #[must_use]
    pub fn quantize(&mut self, format: Format, x: &[f32], rows: usize, k: usize) -> bool {
        assert!(x.len() >= rows * k);
        let size = rows * k.div_ceil(BLOCK) * ROW_BYTES;
        let missing = size.saturating_sub(self.bytes.len());
        if self.bytes.try_reserve(missing).is_err() {
            return false;
        }
        self.bytes.resize(size, 0);
        (self.rows, self.k, self.offset) = (rows, k, format.offset());
        for first in (0..rows).step_by(GROUP_ROWS) {
            let group = GROUP_ROWS.min(rows - first);
            for r in 0..group {
                let row = &x[(first + r) * k..][..k];
                self.write_row(first, group, r, row);
            }
        }
        true
    }

    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Numbers of a row.
    pub fn k(&self) -> usize {
        self.k
    }
    /// What the products' format adds to its weights.
    pub fn offset(&self) -> i32 {
        self.offset
    }
    /// Blocks of the group of `rows` rows that begins at row `first`.
    pub fn group(&self, first: usize, rows: usize) -> &[u8] {
        let row = self.k.div_ceil(BLOCK) * ROW_BYTES;
        &self.bytes[first * row..][..rows * row]
    }

    fn write_row(&mut self, first: usize, group: usize, r: usize, row: &[f32]) {
        let blocks = self.k.div_ceil(BLOCK);
        let bytes = &mut self.bytes[first * blocks * ROW_BYTES..][..group * blocks * ROW_BYTES];
        let mut padded;
        let pieces = row.chunks(BLOCK);
        for (to, x) in bytes.chunks_exact_mut(group * ROW_BYTES).zip(pieces) {
            let x: &[f32; BLOCK] = match x.try_into() {
                Ok(x) => x,
                Err(_) => {
                    padded = [0.0; BLOCK];
                    padded[..x.len()].copy_from_slice(x);
                    &padded
                }
            };
            let (scale, integers) = eight_bits(x);
            let sum: i32 = integers.iter().map(|&q| i32::from(q)).sum();
            to[4 * r..][..4].copy_from_slice(&scale.to_le_bytes());
            let correction = -self.offset * sum;
            to[4 * (group + r)..][..4].copy_from_slice(&correction.to_le_bytes());
            let words = &mut to[8 * group..];
            for (quad, q) in integers.chunks_exact(4).enumerate() {
                write_quad(words, group, r, quad, q);
            }
        }
    }
}

/// Four activations as the inner loop takes them: a word of bytes, or the pairs of even and of odd places.
#[inline(always)]
fn write_quad(words: &mut [u8], group: usize, r: usize, quad: usize, q: &[i8]) {
    let at = |word: usize| 4 * ((quad * QUAD_WORDS + word) * group + r);
    if QUAD_WORDS == 1 {
        let word = [q[0] as u8, q[1] as u8, q[2] as u8, q[3] as u8];
        words[at(0)..][..4].copy_from_slice(&word);
    } else {
        for (word, (a, b)) in [(q[0], q[2]), (q[1], q[3])].into_iter().enumerate() {
            let pair = u32::from(i16::from(a) as u16) | u32::from(i16::from(b) as u16) << 16;
            words[at(word)..][..4].copy_from_slice(&pair.to_le_bytes());
        }
    }
}

/// Scale and integers of a block.
#[inline(always)]
fn eight_bits(x: &[f32; BLOCK]) -> (f32, [i8; BLOCK]) {
    let mut highest = F32x4::zero();
    let mut poison = F32x4::zero();
    for x in x.chunks_exact(4) {
        let x = F32x4::load(x);
        highest = highest.max(x.abs());
        // 0 · x is NaN where x is not finite.
        poison = poison + x * F32x4::zero();
    }
    let [a, b, c, d] = highest.to_array();
    let most = a.max(b).max(c.max(d));
    let poison = poison.sum();
    let mut integers = [0; BLOCK];
    if poison.is_nan() {
        return (f32::NAN, integers);
    }
    if most < SMALLEST {
        return (0.0, integers);
    }
    let inverse = F32x4::splat(127.0 / most);
    let rounder = F32x4::splat(ROUNDER);
    for (to, x) in integers.chunks_exact_mut(4).zip(x.chunks_exact(4)) {
        let rounded = (F32x4::load(x) * inverse + rounder).to_array();
        for (to, x) in to.iter_mut().zip(rounded) {
            *to = x.to_bits() as i8;
        }
    }
    (most / 127.0, integers)
}
