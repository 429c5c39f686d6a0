//! Products with matrices in sixteen or eight bits, whose numbers become floats in registers: for so few rows that a
//! copy in floats would cost more than the products. Sums have the bits of [`panel_product`](super::panel_product)
//! over such a copy.

use super::integer::{load_bytes, load_halves, opaque_bytes, Constants, E4};
use super::{opaque, F32x4};

/// How the numbers of a panel of eight columns are stored, row after row.
///
/// ```text
/// HALVES       F16
/// KEY_BYTES    signed bytes; rows 32·g .. of column j have the scale scales[32·g + j]
/// VALUE_BYTES  signed bytes; row p has the scale scales[p]
/// ```
pub const HALVES: u8 = 0;
pub const KEY_BYTES: u8 = 1;
pub const VALUE_BYTES: u8 = 2;

/// Columns of a panel.
const WIDTH: usize = 8;
/// Rows that share a scale of [`KEY_BYTES`], and numbers between the scales of a column.
const SCALED: usize = 32;

/// Bytes of a panel's row.
const fn row_bytes(stored: u8) -> usize {
    match stored {
        HALVES => 2 * WIDTH,
        _ => WIDTH,
    }
}

/// `C[m, columns] (+)= A[m, k] · B[k, columns]` for B in panels of eight columns, `panel_step` bytes apart.
///
/// # Shapes
/// `a [m, k]` with rows `lda` apart; `c [m, columns]` with rows `ldc` apart; `scales` as above, of all columns.
///
/// # Panics
/// When a slice is too short.
pub fn stored_product<const S: u8>(
    m: usize,
    k: usize,
    a: &[f32],
    lda: usize,
    b: &[u8],
    panel_step: usize,
    scales: &[f32],
    c: &mut [f32],
    ldc: usize,
    columns: usize,
    accumulate: bool,
) {
    let mut row = 0;
    while row < m {
        let left = m - row;
        let (a, c) = (&a[row * lda..], &mut c[row * ldc..]);
        macro_rules! rows {
            ($rows:literal, $panels:literal) => {{
                let product = panels::<S, $rows, $panels>;
                product(
                    k, a, lda, b, panel_step, scales, c, ldc, columns, accumulate,
                );
                row += $rows;
            }};
        }
        match left {
            1 => rows!(1, 4),
            2 => rows!(2, 2),
            3 => rows!(3, 1),
            _ => rows!(4, 1),
        }
    }
}

/// `R` rows: `P` panels at a time, so that there are enough sums to hide the latency of one, then one.
#[inline(always)]
fn panels<const S: u8, const R: usize, const P: usize>(
    k: usize,
    a: &[f32],
    lda: usize,
    b: &[u8],
    panel_step: usize,
    scales: &[f32],
    c: &mut [f32],
    ldc: usize,
    columns: usize,
    accumulate: bool,
) {
    let mut first = 0;
    while first < columns {
        let (at, left) = (first / WIDTH, columns - first);
        let (b, c) = (&b[at * panel_step..], &mut c[first..]);
        let scales = match S {
            KEY_BYTES => &scales[first..],
            _ => scales,
        };
        if left >= P * WIDTH {
            checked::<S, R, P>(k, a, lda, b, panel_step, scales, c, ldc, accumulate);
            first += P * WIDTH;
        } else if left >= WIDTH {
            checked::<S, R, 1>(k, a, lda, b, panel_step, scales, c, ldc, accumulate);
            first += WIDTH;
        } else {
            let mut full = [0.0; 4 * WIDTH];
            for i in 0..R {
                full[i * WIDTH..][..left].copy_from_slice(&c[i * ldc..][..left]);
            }
            let whole = &mut full;
            checked::<S, R, 1>(k, a, lda, b, panel_step, scales, whole, WIDTH, accumulate);
            for i in 0..R {
                c[i * ldc..][..left].copy_from_slice(&full[i * WIDTH..][..left]);
            }
            first += left;
        }
    }
}

#[inline(never)]
fn checked<const S: u8, const R: usize, const P: usize>(
    k: usize,
    a: &[f32],
    lda: usize,
    b: &[u8],
    panel_step: usize,
    scales: &[f32],
    c: &mut [f32],
    ldc: usize,
    accumulate: bool,
) {
    assert!(a.len() >= (R - 1) * lda + k && c.len() >= (R - 1) * ldc + P * WIDTH);
    assert!(b.len() >= (P - 1) * panel_step + k * row_bytes(S));
    assert!(match S {
        KEY_BYTES => scales.len() >= k.saturating_sub(1) / SCALED * SCALED + P * WIDTH,
        VALUE_BYTES => scales.len() >= k,
        _ => true,
    });
    let (a, b, scales) = (a.as_ptr(), b.as_ptr(), scales.as_ptr());
    // SAFETY: the asserts above cover every element that the tile reads or writes.
    unsafe {
        tile::<S, R, P>(
            k,
            a,
            lda,
            b,
            panel_step,
            scales,
            c.as_mut_ptr(),
            ldc,
            accumulate,
        );
    }
}

/// # Safety
/// `R` rows of `k` floats at `a`, `P` panels of `k` rows at `b`, their scales, and `R` rows of `8·P` floats at `c` are
/// valid.
#[inline(always)]
unsafe fn tile<const S: u8, const R: usize, const P: usize>(
    k: usize,
    a: *const f32,
    lda: usize,
    b: *const u8,
    panel_step: usize,
    scales: *const f32,
    c: *mut f32,
    ldc: usize,
    accumulate: bool,
) {
    let constants = Constants::new::<E4>();
    let mut sums = [[[F32x4::zero(); 2]; P]; R];
    // SAFETY: the caller's promise; `p` stays below `k`.
    unsafe {
        if accumulate {
            for i in 0..R {
                for q in 0..P {
                    for v in 0..2 {
                        sums[i][q][v] = F32x4::load_pointer(c.add(i * ldc + q * WIDTH + 4 * v));
                    }
                }
            }
        }
        let mut row: [*const f32; R] = core::array::from_fn(|i| a.add(i * lda));
        let mut panel: [*const u8; P] = core::array::from_fn(|q| b.add(q * panel_step));
        let mut scale = scales;
        let mut p = 0;
        while p < k {
            let mut left = if S == KEY_BYTES {
                SCALED.min(k - p)
            } else {
                k - p
            };
            p += left;
            macro_rules! round {
                ($u:literal) => {
                    for q in 0..P {
                        panel[q] = opaque_bytes(panel[q]);
                        let at = panel[q];
                        let wide = match S {
                            HALVES => [
                                load_halves(at, constants),
                                load_halves(at.add(8), constants),
                            ],
                            KEY_BYTES => {
                                let [low, high] = load_bytes(at);
                                [
                                    low * F32x4::load_pointer(scale.add(q * WIDTH)),
                                    high * F32x4::load_pointer(scale.add(q * WIDTH + 4)),
                                ]
                            }
                            _ => {
                                let factor = F32x4::splat_pointer(scale.add($u));
                                load_bytes(at).map(|x| x * factor)
                            }
                        };
                        for i in 0..R {
                            let x = F32x4::splat_pointer(row[i].add($u));
                            for v in 0..2 {
                                sums[i][q][v] = x.mul_add(wide[v], sums[i][q][v]);
                            }
                        }
                        panel[q] = at.wrapping_add(row_bytes(S));
                    }
                    if left == $u + 1 {
                        break;
                    }
                };
            }
            // As in `tile`.
            loop {
                for i in 0..R {
                    row[i] = opaque(row[i]);
                }
                round!(0);
                round!(1);
                for i in 0..R {
                    row[i] = row[i].add(2);
                }
                if S == VALUE_BYTES {
                    scale = scale.add(2);
                }
                left -= 2;
            }
            // Other scales follow whole pairs only.
            for i in 0..R {
                row[i] = row[i].wrapping_add(2);
            }
            if S == KEY_BYTES {
                scale = scale.wrapping_add(SCALED);
            }
        }
        for i in 0..R {
            for q in 0..P {
                for v in 0..2 {
                    sums[i][q][v].store_pointer(c.add(i * ldc + q * WIDTH + 4 * v));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quant::float_to_half;
    use crate::simd::{panel_product, widen_bytes, widen_halves};
    use proptest::prelude::*;

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut x = vec![0.0; count];
        crate::random::fill_normal(&mut x, seed, 0);
        x
    }

    /// Eight columns a panel, through a copy in floats.
    fn through_copy(
        (m, k, columns): (usize, usize, usize),
        a: &[f32],
        b: &[f32],
        c: &mut [f32],
        accumulate: bool,
    ) {
        for first in (0..columns).step_by(WIDTH) {
            let width = WIDTH.min(columns - first);
            let (b, c) = (&b[first * k..], &mut c[first..]);
            panel_product::<2>(m, k, a, k, b, WIDTH, c, columns, width, accumulate);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn sums_have_the_bits_of_a_product_with_a_copy(
            seed: u64, m in 1usize..10, k in 1usize..70, columns in 1usize..70, accumulate: bool,
        ) {
            let panels = columns.div_ceil(WIDTH);
            let (a, b) = (numbers(m * k, seed), numbers(panels * k * WIDTH, seed ^ 1));
            let start = numbers(m * columns, seed ^ 2);
            let sizes = (m, k, columns);
            let halves: Vec<u8> = b.iter().flat_map(|&x| {
                float_to_half(if x.abs() < 6.2e-5 { 0.0 } else { x }).to_le_bytes()
            }).collect();
            let mut floats = vec![0.0; b.len()];
            widen_halves(&halves, &mut floats);
            let mut expected = start.clone();
            through_copy(sizes, &a, &floats, &mut expected, accumulate);
            let step = k * WIDTH;
            let mut c = start.clone();
            stored_product::<HALVES>(m, k, &a, k, &halves, 2 * step, &[], &mut c, columns, columns, accumulate);
            prop_assert_eq!(&c, &expected);

            let bytes: Vec<u8> = b.iter().map(|x| (x * 40.0).clamp(-127.0, 127.0) as i8 as u8).collect();
            // Scales of columns, for each 32 rows; 32 columns at most lie in a page.
            if columns <= SCALED {
                let scales = numbers(k.div_ceil(SCALED) * SCALED, seed ^ 3);
                for panel in 0..panels {
                    for p in 0..k {
                        let at = (panel * k + p) * WIDTH;
                        let of = &scales[p / SCALED * SCALED + panel * WIDTH..][..WIDTH];
                        widen_bytes(&bytes[at..][..WIDTH], of.try_into().unwrap(), &mut floats[at..]);
                    }
                }
                let mut expected = start.clone();
                through_copy(sizes, &a, &floats, &mut expected, accumulate);
                let mut c = start.clone();
                stored_product::<KEY_BYTES>(m, k, &a, k, &bytes, step, &scales, &mut c, columns, columns, accumulate);
                prop_assert_eq!(&c, &expected);
            }
            let scales = numbers(k, seed ^ 4);
            for (row, at) in (0..panels * k).map(|i| (i % k, i * WIDTH)) {
                widen_bytes(&bytes[at..][..WIDTH], &[scales[row]; 8], &mut floats[at..]);
            }
            let mut expected = start.clone();
            through_copy(sizes, &a, &floats, &mut expected, accumulate);
            let mut c = start;
            stored_product::<VALUE_BYTES>(m, k, &a, k, &bytes, step, &scales, &mut c, columns, columns, accumulate);
            prop_assert_eq!(&c, &expected);
        }
    }
}
