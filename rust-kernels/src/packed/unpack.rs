//! Packed rows as the numbers that they stand for, many at once: for products on the way back.

use super::format::Format;
use super::matrix::PackedMatrix;
use crate::quant::half_to_float;
use crate::simd::{BLOCK, SCALE_BYTES, TILE_ROWS};

impl PackedMatrix {
    /// The most rows up to `rows` that are whole tiles, at least one tile.
    pub fn whole_tiles(rows: usize) -> usize {
        (rows / TILE_ROWS * TILE_ROWS).max(TILE_ROWS)
    }

    /// The numbers that rows `first ..` stand for; the same as [`PackedMatrix::read_row`] of each.
    ///
    /// # Shapes
    /// `out [count, k]`; `first` begins a tile.
    ///
    /// # Panics
    /// When a row does not exist or `first` begins no tile.
    pub fn read_tiles(&self, first: usize, out: &mut [f32]) {
        let k = self.k();
        let count = out.len().checked_div(k).unwrap_or(0);
        assert!(first.is_multiple_of(TILE_ROWS) && first + count <= self.n());
        let tiles = out.chunks_mut(TILE_ROWS * k).enumerate();
        for (index, rows) in tiles {
            let tile = self.tile(first / TILE_ROWS + index);
            match self.format() {
                Format::E4 => unpack::<true>(tile, self.format(), k, rows),
                Format::E7 | Format::Q8 => unpack::<false>(tile, self.format(), k, rows),
            }
        }
    }
}

/// One tile, of which `rows` holds the first rows.
fn unpack<const NIBBLES: bool>(tile: &[u8], format: Format, k: usize, rows: &mut [f32]) {
    let offset = format.offset();
    let number = |stored: u8| (i32::from(stored) - offset) as f32;
    let mut block = [0.0; BLOCK];
    for (index, bytes) in tile.chunks_exact(format.tile_bytes()).enumerate() {
        let (scales, integers) = bytes.split_at(SCALE_BYTES);
        for (row, out) in rows.chunks_exact_mut(k).enumerate() {
            let scale = half_to_float(u16::from_le_bytes([scales[2 * row], scales[2 * row + 1]]));
            // Four numbers of each row stand together, those of four rows side by side.
            let lane = row / 4 * 16 + row % 4 * 4;
            if NIBBLES {
                let steps = integers.chunks_exact(32).zip(block.chunks_exact_mut(8));
                for (step, to) in steps {
                    let four = &step[lane..lane + 4];
                    for i in 0..4 {
                        to[i] = scale * number(four[i] & 15);
                        to[i + 4] = scale * number(four[i] >> 4);
                    }
                }
            } else {
                let steps = integers.chunks_exact(32).zip(block.chunks_exact_mut(4));
                for (step, to) in steps {
                    let four = &step[lane..lane + 4];
                    for i in 0..4 {
                        to[i] = scale * number(four[i]);
                    }
                }
            }
            let out = &mut out[index * BLOCK..];
            let width = BLOCK.min(out.len());
            out[..width].copy_from_slice(&block[..width]);
        }
    }
}
