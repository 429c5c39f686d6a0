//! A matrix in tiles of eight rows.

use super::block::{quantize, Block};
use super::format::Format;
use super::stored_words::{stored_words, words_of};
use crate::quant::{self, half_to_float, BlockType};
use crate::simd::{self, tile_bytes, BLOCK, SCALE_BYTES, TILE_ROWS};

/// `W [n, k]` in packed form: for each eight rows, for each 32 of k, eight scales and the weights in the order in which
/// dot products take them.
///
/// ```text
/// byte 16·(2·step + half) + 4·row + i of a block holds, plus the format's offset,
///   eight bits:  k = 4·step + i                       of row 4·half + row
///   four bits:   k = 8·step + i below, + 4 above      of row 4·half + row
/// ```
///
/// Rows and numbers beyond the matrix have the scale 0.
pub struct PackedMatrix {
    format: Format,
    n: usize,
    k: usize,
    bytes: Vec<u8>,
}

/// The row, counted from those that were written at once, whose weights cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unstorable(pub usize);

impl PackedMatrix {
    /// All weights 0. None where there is no memory.
    pub fn new(format: Format, n: usize, k: usize) -> Option<Self> {
        let tiles = n.div_ceil(TILE_ROWS).checked_mul(k.div_ceil(BLOCK))?;
        let size = tiles.checked_mul(format.tile_bytes())?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).ok()?;
        bytes.resize(size, 0);
        Some(Self {
            format,
            n,
            k,
            bytes,
        })
    }

    pub fn format(&self) -> Format {
        self.format
    }
    /// Rows: columns of the product.
    pub fn n(&self) -> usize {
        self.n
    }
    /// Numbers of a row.
    pub fn k(&self) -> usize {
        self.k
    }
    /// Blocks of a row.
    pub fn blocks(&self) -> usize {
        self.k.div_ceil(BLOCK)
    }
    /// Everything, tile after tile.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// The bytes of eight rows.
    pub fn tile(&self, index: usize) -> &[u8] {
        let size = self.blocks() * self.format.tile_bytes();
        &self.bytes[index * size..][..size]
    }

    /// Where a block of a row lies: the first byte of its tile, and its row in there.
    fn place(&self, row: usize, block: usize) -> (usize, usize) {
        let tile = row / TILE_ROWS * self.blocks() + block;
        (tile * self.format.tile_bytes(), row % TILE_ROWS)
    }

    /// Stored byte and shift of number `i` of a block.
    fn slot(&self, row: usize, i: usize) -> (usize, u32) {
        let lane = row / 4 * 16 + row % 4 * 4 + i % 4;
        match self.format {
            Format::E4 => (SCALE_BYTES + i / 8 * 32 + lane, (i as u32 & 4)),
            _ => (SCALE_BYTES + i / 4 * 32 + lane, 0),
        }
    }

    fn write_block(&mut self, row: usize, block: usize, (half, integers): Block) {
        let offset = self.format.offset() as u8;
        let stored = integers.map(|q| (q as u8).wrapping_add(offset));
        self.write_words(row, block, half, words_of(&stored));
    }

    /// Writes stored integers, each plus the offset, eight to a word. Four neighbours stand together in either format.
    fn write_words(&mut self, row: usize, block: usize, half: u16, words: [u64; 4]) {
        const FOUR: usize = tile_bytes(simd::E4);
        const EIGHT: usize = tile_bytes(simd::Q8);
        let (at, row) = self.place(row, block);
        let row = row % TILE_ROWS; // known to be less: the stores need no checks
        let lane = |i: usize| SCALE_BYTES + 4 * TILE_ROWS * i + 4 * row;
        if self.format == Format::E4 {
            let Some(tile) = self.bytes[at..].first_chunk_mut::<FOUR>() else {
                return;
            };
            tile[2 * row..][..2].copy_from_slice(&half.to_le_bytes());
            for (i, word) in words.into_iter().enumerate() {
                let both = word as u32 | ((word >> 32) as u32) << 4;
                tile[lane(i)..][..4].copy_from_slice(&both.to_le_bytes());
            }
        } else {
            let Some(tile) = self.bytes[at..].first_chunk_mut::<EIGHT>() else {
                return;
            };
            tile[2 * row..][..2].copy_from_slice(&half.to_le_bytes());
            for (i, word) in words.into_iter().enumerate() {
                tile[lane(2 * i)..][..4].copy_from_slice(&(word as u32).to_le_bytes());
                tile[lane(2 * i + 1)..][..4].copy_from_slice(&((word >> 32) as u32).to_le_bytes());
            }
        }
    }

    /// Quantises one row.
    ///
    /// # Panics
    /// When there is no such row, or `x` is not `k` long.
    pub fn write_row(&mut self, row: usize, x: &[f32]) -> Option<()> {
        assert!(row < self.n && x.len() == self.k);
        for (block, x) in x.chunks(BLOCK).enumerate() {
            self.write_block(row, block, quantize(self.format, x)?);
        }
        Some(())
    }

    /// Writes rows of blocks, `row(i)` being where row i goes: exactly where the integers of a block fit the format,
    /// otherwise its numbers are quantised anew.
    ///
    /// # Errors
    /// Which row has a weight that is not finite or too large.
    ///
    /// # Panics
    /// When a row is no whole number of blocks, or `row` names one that there is not.
    pub fn write_rows(
        &mut self,
        kind: BlockType,
        bytes: &[u8],
        row: impl Fn(usize) -> usize,
    ) -> Result<(), Unstorable> {
        let (numbers, size) = kind.block();
        assert!(self.k.is_multiple_of(numbers));
        let mut floats = vec![0.0; self.k];
        for (index, bytes) in bytes.chunks_exact(self.k / numbers * size).enumerate() {
            let to = row(index);
            assert!(to < self.n);
            if numbers == BLOCK && self.write_codes(kind, bytes, to) {
                continue;
            }
            quant::dequantize(kind, bytes, &mut floats);
            self.write_row(to, &floats).ok_or(Unstorable(index))?;
        }
        Ok(())
    }

    /// Writes a row of integers as they are; false where one of them does not fit.
    fn write_codes(&mut self, kind: BlockType, bytes: &[u8], row: usize) -> bool {
        let (_, size) = kind.block();
        for (index, bytes) in bytes.chunks_exact(size).enumerate() {
            let Some((half, words)) = stored_words(self.format, kind, bytes) else {
                return false;
            };
            self.write_words(row, index, half, words);
        }
        true
    }

    /// The numbers that a row stands for.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn read_row(&self, row: usize, out: &mut [f32]) {
        assert!(row < self.n);
        let offset = self.format.offset();
        for (block, out) in out.chunks_mut(BLOCK).take(self.blocks()).enumerate() {
            let (at, row) = self.place(row, block);
            let half = u16::from_le_bytes([self.bytes[at + 2 * row], self.bytes[at + 2 * row + 1]]);
            let scale = half_to_float(half);
            for (i, out) in out.iter_mut().enumerate() {
                let (byte, shift) = self.slot(row, i);
                let stored = self.bytes[at + byte] >> shift;
                let stored = if self.format == Format::E4 {
                    stored & 15
                } else {
                    stored
                };
                *out = scale * (i32::from(stored) - offset) as f32;
            }
        }
    }
}
