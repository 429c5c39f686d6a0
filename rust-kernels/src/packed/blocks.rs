//! Rows as plain blocks, one after the other: what travels to other memories.

use super::block::{quantize, Block};
use super::format::Format;
use super::matrix::Unstorable;
use crate::quant::{self, half_to_float, BlockType};
use crate::simd::BLOCK;

/// Rows of `k` numbers as blocks of `format`, by the rule of [`PackedMatrix::write_rows`](super::PackedMatrix::write_rows).
///
/// ```text
/// a block: the scale as F16, then  E4: 16 bytes, number i below and number i + 16 above      (Q4_0)
///                                  E7, Q8: 32 integers                                       (Q8_0)
/// ```
///
/// Numbers that a row lacks to whole blocks are 0.
///
/// # Errors
/// Which row has a weight that is not finite or too large.
///
/// # Panics
/// When rows are no whole blocks of `kind`.
pub fn blocks_of_rows(
    format: Format,
    kind: BlockType,
    k: usize,
    bytes: &[u8],
) -> Result<Vec<u8>, Unstorable> {
    let (numbers, size) = kind.block();
    assert!(k.is_multiple_of(numbers));
    let row_bytes = k / numbers * size;
    let block_bytes = if format == Format::E4 { 18 } else { 34 };
    let mut out = Vec::with_capacity(bytes.len() / row_bytes * k.div_ceil(BLOCK) * block_bytes);
    let mut floats = vec![0.0; k];
    let mut coded = Vec::new();
    for (index, row) in bytes.chunks_exact(row_bytes).enumerate() {
        if numbers == BLOCK && codes_that_fit(format, kind, row, &mut coded) {
            coded.iter().for_each(|block| push(format, block, &mut out));
            continue;
        }
        quant::dequantize(kind, row, &mut floats);
        for x in floats.chunks(BLOCK) {
            push(
                format,
                &quantize(format, x).ok_or(Unstorable(index))?,
                &mut out,
            );
        }
    }
    Ok(out)
}

/// The integers of a row as they are; false where one of them does not fit.
fn codes_that_fit(format: Format, kind: BlockType, row: &[u8], out: &mut Vec<Block>) -> bool {
    let (low, high) = format.range();
    let (_, size) = kind.block();
    out.clear();
    for block in row.chunks_exact(size) {
        let Some((half, integers)) = quant::codes(kind, block) else {
            return false;
        };
        let fits = |q: &i8| (low..=high).contains(&i32::from(*q));
        if !half_to_float(half).is_finite() || !integers.iter().all(fits) {
            return false;
        }
        out.push((half, integers));
    }
    true
}

fn push(format: Format, (half, integers): &Block, out: &mut Vec<u8>) {
    out.extend_from_slice(&half.to_le_bytes());
    if format != Format::E4 {
        out.extend(integers.iter().map(|&q| q as u8));
        return;
    }
    let (low, high) = integers.split_at(BLOCK / 2);
    let nibble = |q: i8| (q + 8) as u8;
    out.extend(
        low.iter()
            .zip(high)
            .map(|(&a, &b)| nibble(a) | nibble(b) << 4),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::PackedMatrix;

    /// The numbers of blocks are those of a matrix that was given the same rows.
    #[test]
    fn blocks_hold_what_a_matrix_holds() {
        let (n, k) = (3, 72);
        let x: Vec<f32> = (0..n * k).map(|i| (i as f32 * 0.7).sin()).collect();
        let bytes: Vec<u8> = x.iter().flat_map(|x| x.to_le_bytes()).collect();
        for (format, kind) in [
            (Format::E4, BlockType::Q4_0),
            (Format::E7, BlockType::Q8_0),
            (Format::Q8, BlockType::Q8_0),
        ] {
            let mut matrix = PackedMatrix::new(format, n, k).unwrap();
            matrix
                .write_rows(BlockType::F32, &bytes, |row| row)
                .unwrap();
            let blocks = blocks_of_rows(format, BlockType::F32, k, &bytes).unwrap();
            let mut numbers = vec![0.0; n * 96];
            quant::dequantize(kind, &blocks, &mut numbers);
            let mut row = vec![0.0; k];
            for (i, own) in numbers.chunks_exact(96).enumerate() {
                matrix.read_row(i, &mut row);
                assert_eq!(own[..k], row[..]);
                assert!(own[k..].iter().all(|x| *x == 0.0));
            }
            // Blocks that are there already stay, byte for byte.
            assert_eq!(blocks_of_rows(format, kind, 96, &blocks).unwrap(), blocks);
        }
        let wrong = f32::NAN.to_le_bytes().repeat(32);
        assert_eq!(
            blocks_of_rows(Format::Q8, BlockType::F32, 32, &wrong),
            Err(Unstorable(0))
        );
    }
}
