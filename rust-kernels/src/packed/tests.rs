use super::*;
use crate::quant::{dequantize, BlockType};
use proptest::prelude::*;

const FORMATS: [Format; 3] = [Format::E4, Format::E7, Format::Q8];

fn numbers(count: usize, seed: u64, size: f32) -> Vec<f32> {
    let mut x = vec![0.0; count];
    crate::random::fill_normal(&mut x, seed, 0);
    x.iter_mut().for_each(|x| *x *= size);
    x
}

fn pack(format: Format, w: &[f32], n: usize, k: usize) -> PackedMatrix {
    let mut matrix = PackedMatrix::new(format, n, k).unwrap();
    for row in 0..n {
        matrix.write_row(row, &w[row * k..][..k]).unwrap();
    }
    matrix
}

fn unpacked(matrix: &PackedMatrix) -> Vec<f32> {
    let (n, k) = (matrix.n(), matrix.k());
    let mut w = vec![f32::NAN; n * k];
    for row in 0..n {
        matrix.read_row(row, &mut w[row * k..][..k]);
    }
    w
}

/// Eight-bit activations by the formula, in f64.
fn rounded(x: &[f32], k: usize) -> Vec<f64> {
    let mut out = Vec::new();
    for block in x.chunks(k).flat_map(|row| row.chunks(32)) {
        let most = block.iter().fold(0.0f32, |a, x| a.max(x.abs()));
        let scale = f64::from(most / 127.0);
        let inverse = if most < 1e-30 { 0.0 } else { 127.0 / most };
        out.extend(block.iter().map(|x| {
            let q = f64::from((x * inverse).round_ties_even());
            q * scale
        }));
    }
    out
}

fn product(x: &[f32], rows: usize, matrix: &PackedMatrix) -> Vec<f32> {
    let mut activations = Activations::default();
    assert!(activations.quantize(matrix.format(), x, rows, matrix.k()));
    let mut y = vec![f32::NAN; rows * matrix.n()];
    multiply(&activations, matrix, &mut y, false);
    y
}

#[test]
fn a_product_by_hand() {
    // One block: weights 1, 2, .. 7, 0, .. and activations 127, 0, −127, ..: both are exact with the scale 1.
    let mut w = [0.0f32; 32];
    (0..7).for_each(|i| w[i] = (i + 1) as f32);
    w[31] = -8.0;
    let mut x = [0.0f32; 32];
    (x[0], x[2], x[6], x[31]) = (127.0, -127.0, 5.0, 2.0);
    // 127·1 − 127·3 + 5·7 + 2·(−8) = −235.
    assert_eq!(product(&x, 1, &pack(Format::E4, &w, 1, 32)), [-235.0]);
    // With 63 and 127 as the largest weights their scales are 1, too.
    for (format, most) in [(Format::E7, 63.0), (Format::Q8, 127.0)] {
        w[31] = most;
        assert_eq!(
            product(&x, 1, &pack(format, &w, 1, 32)),
            [127.0 - 381.0 + 35.0 + 2.0 * most]
        );
    }
}

#[test]
fn extreme_integers_are_exact() {
    // Every weight and activation at its end: sums of 32 products of full size, all signs.
    for format in FORMATS {
        let (low, high) = format.range();
        for (w, x) in [
            (low, 127.0f32),
            (low, -127.0),
            (high, 127.0),
            (high, -127.0),
        ] {
            let mut row = vec![w as f32; 64];
            // The scale is 1 only where the largest number is there.
            (row[0], row[32]) = (low as f32, low as f32);
            let y = product(&[x; 64], 1, &pack(format, &row, 1, 64));
            let sum: f32 = row.iter().sum();
            assert_eq!(y, [sum * x], "{format:?} {w} {x}");
        }
    }
}

#[test]
fn numbers_that_are_not_finite_are_refused_or_seen() {
    for format in FORMATS {
        let mut matrix = PackedMatrix::new(format, 1, 40).unwrap();
        for bad in [f32::NAN, f32::INFINITY, 1e30] {
            let mut row = [1.0; 40];
            row[39] = bad;
            assert!(matrix.write_row(0, &row).is_none());
            let mut bytes = Vec::new();
            row.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
            let refused = matrix.write_rows(BlockType::F32, &bytes, |_| 0);
            assert_eq!(refused, Err(matrix_error(0)));
        }
        matrix.write_row(0, &[1.0; 40]).unwrap();
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut x = [1.0; 80];
            x[79] = bad;
            let y = product(&x, 2, &matrix);
            assert!(y[0].is_finite() && y[1].is_nan(), "{y:?}");
        }
        // Zeros and numbers near zero are 0.
        assert_eq!(product(&[0.0; 40], 1, &matrix), [0.0]);
        assert_eq!(product(&[1e-38; 40], 1, &matrix), [0.0]);
    }
}

fn matrix_error(row: usize) -> Unstorable {
    Unstorable(row)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_product_is_that_of_what_was_stored(
        seed: u64, n in 1usize..20, k in 1usize..100, rows in 1usize..8, format in 0usize..3, size in -3i32..4,
    ) {
        let format = FORMATS[format];
        let matrix = pack(format, &numbers(n * k, seed, 10f32.powi(size)), n, k);
        let (w, x) = (unpacked(&matrix), numbers(rows * k, seed ^ 1, 3.0));
        let a = rounded(&x, k);
        for (at, y) in product(&x, rows, &matrix).into_iter().enumerate() {
            let (r, j) = (at / n, at % n);
            let pairs = (0..k).map(|p| a[r * k + p] * f64::from(w[j * k + p]));
            let (exact, total) = pairs.fold((0.0, 0.0), |(s, t), x| (s + x, t + x.abs()));
            prop_assert!((f64::from(y) - exact).abs() <= 1e-5 * total + 1e-20, "{y} {exact}");
        }
    }

    #[test]
    fn a_row_does_not_depend_on_the_others(seed: u64, n in 1usize..30, k in 1usize..80, format in 0usize..3) {
        let matrix = pack(FORMATS[format], &numbers(n * k, seed, 0.1), n, k);
        let x = numbers(7 * k, seed ^ 1, 1.0);
        let together = product(&x, 7, &matrix);
        for r in 0..7 {
            let alone = product(&x[r * k..][..k], 1, &matrix);
            prop_assert_eq!(&together[r * n..][..n], &alone[..]);
        }
    }

    #[test]
    fn wanted_columns_have_the_bits_of_all(
        seed: u64, n in 1usize..90, k in 1usize..80, rows in 1usize..6, format in 0usize..3, wanted: [u32; 3],
    ) {
        let matrix = pack(FORMATS[format], &numbers(n * k, seed, 0.1), n, k);
        let x = numbers(rows * k, seed ^ 1, 1.0);
        let mut activations = Activations::default();
        prop_assert!(activations.quantize(matrix.format(), &x, rows, k));
        // Few bits, so that some tiles have none.
        let wanted = wanted.map(|word| word & word >> 7 & word >> 13);
        let mut y = vec![f32::NAN; rows * n];
        multiply_wanted(&activations, &matrix, &wanted, &mut y);
        for (at, (y, all)) in y.iter().zip(product(&x, rows, &matrix)).enumerate() {
            let tile = at % n / 8;
            if wanted[tile / 4] >> (tile % 4 * 8) & 255 == 0 {
                prop_assert!(y.is_nan());
            } else {
                prop_assert_eq!(*y, all);
            }
        }
    }

    #[test]
    fn accumulating_adds_to_what_is_there(seed: u64, n in 1usize..20, k in 1usize..80, format in 0usize..3) {
        let matrix = pack(FORMATS[format], &numbers(n * k, seed, 0.1), n, k);
        let x = numbers(3 * k, seed ^ 1, 1.0);
        let mut activations = Activations::default();
        prop_assert!(activations.quantize(matrix.format(), &x, 3, k));
        let mut y = numbers(3 * n, seed ^ 2, 1.0);
        let expected: Vec<f32> = y.iter().zip(product(&x, 3, &matrix)).map(|(a, b)| a + b).collect();
        multiply(&activations, &matrix, &mut y, true);
        prop_assert_eq!(y, expected);
    }

    #[test]
    fn stored_numbers_are_near_the_given_ones(seed: u64, k in 1usize..70, size in -7i32..6, format in 0usize..3) {
        let x = numbers(k, seed, 10f32.powi(size));
        let format = FORMATS[format];
        for (x, y) in x.chunks(32).zip(unpacked(&pack(format, &x, 1, k)).chunks(32)) {
            let largest = x.iter().fold(0.0f32, |a, x| a.max(x.abs()));
            let (low, high) = format.range();
            let scale = largest / if format == Format::E4 { -low } else { high } as f32;
            for (x, y) in x.iter().zip(y) {
                prop_assert!((x - y).abs() <= largest_error(format, scale), "{x} {y} {scale}");
            }
        }
    }

    #[test]
    fn blocks_that_fit_are_stored_exactly(
        bytes in proptest::collection::vec(any::<u8>(), 34 * 6), kind in 0usize..4, format in 0usize..3, swap: bool,
    ) {
        let kind = [BlockType::Q4_0, BlockType::Q8_0, BlockType::Q5_0, BlockType::Iq4Nl][kind];
        let (_, size) = kind.block();
        let mut bytes = bytes[..size * 6].to_vec();
        // Scales of usual size, and no −128 among the integers.
        for block in bytes.chunks_exact_mut(size) {
            block[1] = block[1] & 0x8f | 0x20;
            if kind == BlockType::Q8_0 {
                block[2..].iter_mut().for_each(|q| if *q == 128 { *q = 1 });
            }
        }
        let format = FORMATS[format];
        let fits = match kind {
            BlockType::Q4_0 => true,
            BlockType::Q5_0 => format != Format::E4,
            _ => format == Format::Q8,
        };
        let mut matrix = PackedMatrix::new(format, 3, 64).unwrap();
        let place = |row: usize| if swap { 2 - row } else { row };
        prop_assert_eq!(matrix.write_rows(kind, &bytes, place), Ok(()));
        let mut exact = vec![0.0; 192];
        dequantize(kind, &bytes, &mut exact);
        let stored = unpacked(&matrix);
        for (row, exact) in exact.chunks_exact(64).enumerate() {
            let row = &stored[place(row) * 64..][..64];
            for (x, y) in exact.chunks(32).zip(row.chunks(32)) {
                let scale = x.iter().fold(0.0f32, |a, x| a.max(x.abs())) / if format == Format::E4 { 8.0 } else { 63.0 };
                let most = if fits { 0.0 } else { largest_error(format, scale) };
                for (x, y) in x.iter().zip(y) {
                    prop_assert!((x - y).abs() <= most, "{x} {y}");
                }
            }
        }
    }
}

#[test]
fn tiles_are_read_as_their_rows_are() {
    for format in FORMATS {
        for (n, k) in [(1, 5), (8, 32), (21, 100), (40, 64)] {
            let mut w = vec![0.0; n * k];
            crate::random::fill_normal(&mut w, 3, n as u32);
            let matrix = pack(format, &w, n, k);
            for (first, count) in [(0, n), (0, n.min(8)), (n / 16 * 8, n - n / 16 * 8)] {
                let (mut tiles, mut rows) = (vec![9.0; count * k], vec![0.0; count * k]);
                matrix.read_tiles(first, &mut tiles);
                for (row, out) in rows.chunks_exact_mut(k).enumerate() {
                    matrix.read_row(first + row, out);
                }
                assert_eq!(tiles, rows, "{format:?} {n} x {k} from {first}");
            }
        }
    }
}
