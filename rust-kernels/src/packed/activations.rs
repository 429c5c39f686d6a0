//! Rows of numbers in eight bits.

use super::format::Format;
use crate::simd::{F32x4, Lanes, BLOCK, GROUP_ROWS, QUAD_WORDS, ROW_BYTES};

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
            let (scale, words, sum) = eight_bits(x);
            to[4 * r..][..4].copy_from_slice(&scale.to_le_bytes());
            let correction = -self.offset * sum;
            to[4 * (group + r)..][..4].copy_from_slice(&correction.to_le_bytes());
            let places = to[8 * group..].chunks_exact_mut(4 * group);
            for (place, word) in places.zip(words.as_flattened()) {
                place[4 * r..][..4].copy_from_slice(&word.to_le_bytes());
            }
        }
    }
}

/// Four activations as the inner loop takes them, for each quad of a block: a word of bytes, or the pairs of even and of
/// odd places.
type Words = [[u32; QUAD_WORDS]; BLOCK / 4];

/// Scale, integers as words, and their sum, of a block.
#[inline(always)]
fn eight_bits(x: &[f32; BLOCK]) -> (f32, Words, i32) {
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
    let mut words = [[0; QUAD_WORDS]; BLOCK / 4];
    if poison.is_nan() {
        return (f32::NAN, words, 0);
    }
    if most < SMALLEST {
        return (0.0, words, 0);
    }
    let inverse = F32x4::splat(127.0 / most);
    let rounder = F32x4::splat(ROUNDER);
    let (_, mut sums) = Lanes::words(rounder);
    for (to, x) in words.iter_mut().zip(x.chunks_exact(4)) {
        let (words, integers) = Lanes::words(F32x4::load(x) * inverse + rounder);
        *to = words;
        sums = sums.plus(integers);
    }
    (most / 127.0, words, sums.integers().into_iter().sum())
}
