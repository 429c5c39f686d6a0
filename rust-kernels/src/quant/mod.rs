//! Quantised blocks of GGUF files, and their exact values in f32.
//!
//! | File | Holds |
//! | --- | --- |
//! | `half` | F16 and BF16, which are no blocks |
//! | `round` | Q4_0, Q4_1, Q5_0, Q5_1, Q8_0: 32 numbers that share a scale |
//! | `k` | Q2_K to Q6_K: 256 numbers, whose scales are quantised, too |
//! | `codes` | the integers and the scale of a block that is nothing else |
//! | `table` | IQ4_NL, IQ4_XS: the levels are no equal steps |
//!
//! Each operation is rounded to f32 as in the reference, in the same order: results are equal bit for bit.

mod codes;
mod half;
mod k;
mod round;
mod table;

pub use codes::codes;
pub use half::{float_to_half, half_to_float};

/// How numbers are stored; the values are those of `ggml_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum BlockType {
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q2K = 10,
    Q3K = 11,
    Q4K = 12,
    Q5K = 13,
    Q6K = 14,
    Iq4Nl = 20,
    Iq4Xs = 23,
    Bf16 = 30,
}

/// Every type that can be read.
const ALL: [BlockType; 15] = [
    BlockType::F32,
    BlockType::F16,
    BlockType::Q4_0,
    BlockType::Q4_1,
    BlockType::Q5_0,
    BlockType::Q5_1,
    BlockType::Q8_0,
    BlockType::Q2K,
    BlockType::Q3K,
    BlockType::Q4K,
    BlockType::Q5K,
    BlockType::Q6K,
    BlockType::Iq4Nl,
    BlockType::Iq4Xs,
    BlockType::Bf16,
];

impl BlockType {
    /// The type of that number, if it can be read.
    pub fn of(id: u32) -> Option<Self> {
        ALL.into_iter().find(|&t| t as u32 == id)
    }

    /// Numbers and bytes of a block.
    pub fn block(self) -> (usize, usize) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 | Self::Bf16 => (1, 2),
            Self::Q4_0 | Self::Iq4Nl => (32, 18),
            Self::Q4_1 => (32, 20),
            Self::Q5_0 => (32, 22),
            Self::Q5_1 => (32, 24),
            Self::Q8_0 => (32, 34),
            Self::Q2K => (256, 84),
            Self::Q3K => (256, 110),
            Self::Q4K => (256, 144),
            Self::Q5K => (256, 176),
            Self::Q6K => (256, 210),
            Self::Iq4Xs => (256, 136),
        }
    }
}

/// The numbers of whole blocks.
///
/// # Shapes
/// `bytes [blocks, bytes of a block]`; `out [blocks, numbers of a block]`. What is no whole block is left out.
pub fn dequantize(kind: BlockType, bytes: &[u8], out: &mut [f32]) {
    let (numbers, size) = kind.block();
    let blocks = bytes.chunks_exact(size).zip(out.chunks_exact_mut(numbers));
    match kind {
        BlockType::F32 => blocks.for_each(|(b, out)| {
            out[0] = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        }),
        BlockType::F16 => blocks.for_each(|(b, out)| out[0] = half(b)),
        BlockType::Bf16 => blocks.for_each(|(b, out)| {
            out[0] = f32::from_bits(u32::from(b[1]) << 24 | u32::from(b[0]) << 16);
        }),
        BlockType::Q4_0 => blocks.for_each(|(b, out)| round::four(b, false, out)),
        BlockType::Q4_1 => blocks.for_each(|(b, out)| round::four(b, true, out)),
        BlockType::Q5_0 => blocks.for_each(|(b, out)| round::five(b, false, out)),
        BlockType::Q5_1 => blocks.for_each(|(b, out)| round::five(b, true, out)),
        BlockType::Q8_0 => blocks.for_each(|(b, out)| round::eight(b, out)),
        BlockType::Q2K => blocks.for_each(|(b, out)| k::two(b, out)),
        BlockType::Q3K => blocks.for_each(|(b, out)| k::three(b, out)),
        BlockType::Q4K => blocks.for_each(|(b, out)| k::four_or_five(b, false, out)),
        BlockType::Q5K => blocks.for_each(|(b, out)| k::four_or_five(b, true, out)),
        BlockType::Q6K => blocks.for_each(|(b, out)| k::six(b, out)),
        BlockType::Iq4Nl => blocks.for_each(|(b, out)| table::small(b, out)),
        BlockType::Iq4Xs => blocks.for_each(|(b, out)| table::large(b, out)),
    }
}

/// The F16 at the start of `bytes`.
fn half(bytes: &[u8]) -> f32 {
    half_to_float(u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// Nibble `shift / 4` of each byte, as floats through `f`.
fn nibbles(bytes: &[u8], shift: u32, out: &mut [f32], f: impl Fn(u8) -> f32) {
    for (o, b) in out.iter_mut().zip(bytes) {
        *o = f(b >> shift & 15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(kind: BlockType, bytes: &[u8]) -> Vec<f32> {
        let (numbers, size) = kind.block();
        let mut out = vec![f32::NAN; bytes.len() / size * numbers];
        dequantize(kind, bytes, &mut out);
        out
    }

    /// The nearest F16 of a number that is no NaN and not too large.
    fn to_half(x: f32) -> u16 {
        (0..=0x7bffu16)
            .min_by(|&a, &b| {
                let far = |h| (half_to_float(h) - x.abs()).abs();
                far(a).total_cmp(&far(b))
            })
            .unwrap_or(0)
            | if x < 0.0 { 0x8000 } else { 0 }
    }

    #[test]
    fn blocks_by_hand() {
        // d = 0.5: nibbles 0..15 are -4, -3.5 .. 3.5, low nibbles first.
        let mut q4 = vec![0x00, 0x38];
        q4.extend((0..16u8).map(|i| i | (15 - i) << 4));
        let values = read(BlockType::Q4_0, &q4);
        let steps: Vec<f32> = (0..16).map(|i| 0.5 * (i as f32 - 8.0)).collect();
        assert_eq!(values[..16], steps);
        let falling: Vec<f32> = steps.iter().rev().copied().collect();
        assert_eq!(values[16..], falling);
        // d = 2, m = 1, the fifth bits of the first and the last number set.
        let mut q5 = vec![0x00, 0x40, 0x00, 0x3c, 1, 0, 0, 0x80];
        q5.extend([0x21; 16]);
        let values = read(BlockType::Q5_1, &q5);
        assert_eq!(
            (values[0], values[1], values[16], values[31]),
            (35.0, 3.0, 5.0, 37.0)
        );
        // BF16 1.5, F16 the smallest subnormal, F32 -2.
        assert_eq!(read(BlockType::Bf16, &[0xc0, 0x3f]), [1.5]);
        assert_eq!(read(BlockType::F16, &[1, 0]), [2f32.powi(-24)]);
        assert_eq!(read(BlockType::F32, &[0, 0, 0, 0xc0]), [-2.0]);
    }

    #[test]
    fn half_to_float_knows_the_ends() {
        for (half, float) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 2f32.powi(-14)),
            (0x03ff, 1023.0 * 2f32.powi(-24)),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(half_to_float(half), float, "{half:x}");
        }
        assert_eq!(half_to_float(0x8000).to_bits(), (-0.0f32).to_bits());
        assert!(half_to_float(0x7e01).is_nan());
    }

    #[test]
    fn float_to_half_goes_back_and_rounds_to_even() {
        for half in (0..=u16::MAX).filter(|&h| !half_to_float(h).is_nan()) {
            assert_eq!(float_to_half(half_to_float(half)), half);
        }
        // Half-way between 1 and 1 + 2⁻¹⁰, and between that and the next; half-way below the smallest; beyond the largest.
        assert_eq!(float_to_half(1.0 + 2f32.powi(-11)), 0x3c00);
        assert_eq!(float_to_half(1.0 + 3.0 * 2f32.powi(-11)), 0x3c02);
        assert_eq!(float_to_half(2f32.powi(-25)), 0);
        assert_eq!(float_to_half(1.5 * 2f32.powi(-25)), 1);
        assert_eq!(float_to_half(65519.9), 0x7bff);
        assert_eq!(float_to_half(-65520.0), 0xfc00);
        assert!(half_to_float(float_to_half(f32::NAN)).is_nan());
    }

    proptest! {
        #[test]
        fn codes_times_scale_are_the_numbers(kind in 0usize..15, bytes in proptest::collection::vec(any::<u8>(), 300)) {
            let kind = ALL[kind];
            let (numbers, size) = kind.block();
            if let Some((half, integers)) = codes(kind, &bytes[..size]) {
                prop_assert_eq!(numbers, 32);
                for (q, x) in integers.iter().zip(read(kind, &bytes[..size])) {
                    let y = half_to_float(half) * f32::from(*q);
                    prop_assert!(x == y || x.is_nan() && y.is_nan(), "{} {}", x, y);
                }
            }
        }

        #[test]
        fn dequantize_is_within_half_a_step_of_what_was_quantised(
            x in proptest::collection::vec(-3.0f32..3.0, 32),
        ) {
            let largest = x.iter().fold(0.0f32, |a, x| if x.abs() > a.abs() { *x } else { a });
            // Q8_0: d = max|x| / 127; Q4_0: d = (the x of largest size) / -8, so that it becomes nibble 0.
            let eight = to_half(largest.abs() / 127.0);
            let d = half_to_float(eight);
            let mut bytes = eight.to_le_bytes().to_vec();
            bytes.extend(x.iter().map(|x| (x / d).round().clamp(-127.0, 127.0) as i8 as u8));
            for (x, y) in x.iter().zip(read(BlockType::Q8_0, &bytes)) {
                prop_assert!((x - y).abs() <= 0.5 * d + 0.002 * x.abs(), "{x} {y} {d}");
            }
            let four = to_half(largest / -8.0);
            let d = half_to_float(four);
            let level = |x: f32| (x / d + 8.0).round().clamp(0.0, 15.0) as u8;
            let mut bytes = four.to_le_bytes().to_vec();
            bytes.extend((0..16).map(|i| level(x[i]) | level(x[i + 16]) << 4));
            for (x, y) in x.iter().zip(read(BlockType::Q4_0, &bytes)) {
                // The side opposite to the largest number has one level less.
                prop_assert!((x - y).abs() <= d.abs() * 1.001 + 0.002 * x.abs(), "{x} {y} {d}");
            }
        }

        #[test]
        fn dequantize_reads_any_bytes(kind in 0usize..15, bytes in proptest::collection::vec(any::<u8>(), 0..700)) {
            let kind = ALL[kind];
            let (numbers, size) = kind.block();
            let values = read(kind, &bytes);
            prop_assert_eq!(values.len(), bytes.len() / size * numbers);
        }
    }
}
