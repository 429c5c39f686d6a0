//! Softmax over one row of logits under a mask, in one fixed order of operations.
//!
//! Lane `j mod 4` of one running vector takes the terms of index `j` from the left; the lanes are added pairwise at the
//! end. A masked entry adds exactly 0, wherever it stands, so the bits depend on the allowed logits and their places
//! alone. Mask: bit `j % 32` of word `j / 32`; words that are missing forbid.

use crate::simd::{self, F32x4};

/// True when token `j` is allowed by the bit set.
#[inline(always)]
pub fn allowed(mask: Option<&[u32]>, j: usize) -> bool {
    mask.is_none_or(|m| m.get(j >> 5).is_some_and(|word| word >> (j & 31) & 1 == 1))
}

/// `ln Σ_{allowed j} exp(logits_j / temperature)`; −∞ when nothing is allowed, NaN when an allowed logit is NaN.
///
/// `logits_j · (1 / temperature) − log_normalizer` is the log-probability of `j`.
pub fn log_normalizer(logits: &[f32], mask: Option<&[u32]>, temperature: f32) -> f32 {
    normalize(logits, mask, temperature, |_, _| {})
}

/// The log normalizer, bit for bit, and the entropy in nats from the same pass.
///
/// ```text
/// eⱼ = exp(xⱼ − max);  S = Σ eⱼ;  H = ln S − Σ eⱼ·(xⱼ − max) / S      xⱼ = logits_j / temperature
/// ```
pub fn log_normalizer_and_entropy(
    logits: &[f32],
    mask: Option<&[u32]>,
    temperature: f32,
) -> (f32, f32) {
    let (mut sums, mut pulls) = (F32x4::zero(), F32x4::zero());
    let normalizer = normalize(logits, mask, temperature, |term, below| {
        sums = sums + term;
        // 0 · −∞ is 0 here.
        let pull = term.equal(F32x4::zero()).select(term, term * below);
        pulls = pulls + pull;
    });
    let sum = sums.sum();
    (normalizer, sum.ln() - pulls.sum() / sum)
}

/// The log normalizer; shows `each` term `exp(x − max)` (0 where masked) and its `x − max`.
#[inline(always)]
fn normalize(
    logits: &[f32],
    mask: Option<&[u32]>,
    temperature: f32,
    mut each: impl FnMut(F32x4, F32x4),
) -> f32 {
    let inverse = F32x4::splat(1.0 / temperature);
    let least = F32x4::splat(f32::NEG_INFINITY);
    let mut largest = least;
    if mask.is_some() {
        each_four(logits, mask, |_, x, allowed| {
            largest = largest.max(allowed.select(x * inverse, least));
        });
    } else {
        largest = fold(
            logits,
            f32::NEG_INFINITY,
            |a, x| a.max(x * inverse),
            F32x4::max,
        );
    }
    let largest = largest
        .to_array()
        .into_iter()
        .fold(f32::NEG_INFINITY, f32::max);
    // Subtracting an infinite maximum would turn the whole sum into NaN; what is NaN has to stay it.
    let offset = if largest == f32::NEG_INFINITY {
        0.0
    } else {
        largest
    };
    let shift = F32x4::splat(offset);
    let mut sums = F32x4::zero();
    each_four(logits, mask, |_, x, allowed| {
        let below = x * inverse - shift;
        let term = allowed.select(simd::exp(below), F32x4::zero());
        sums = sums + term;
        each(term, below);
    });
    offset + sums.sum().ln()
}

/// Fills `out` with the softmax (0 where masked) and returns the log normalizer.
///
/// # Panics
/// When `out` is shorter than `logits`.
pub fn probabilities(
    logits: &[f32],
    mask: Option<&[u32]>,
    temperature: f32,
    out: &mut [f32],
) -> f32 {
    let out = &mut out[..logits.len()];
    let normalizer = log_normalizer(logits, mask, temperature);
    out.fill(0.0);
    if normalizer == f32::NEG_INFINITY {
        return normalizer;
    }
    let inverse = F32x4::splat(1.0 / temperature);
    let shift = F32x4::splat(normalizer);
    each_four(logits, mask, |j, x, allowed| {
        let p = allowed.select(simd::exp(x * inverse - shift), F32x4::zero());
        let out = &mut out[j..];
        let count = out.len().min(4);
        if count == 4 {
            p.store(out);
        } else {
            out.copy_from_slice(&p.to_array()[..count]);
        }
    });
    normalizer
}

/// `−Σ p ln p` of that softmax, in nats; 0 when nothing is allowed.
pub fn entropy(logits: &[f32], mask: Option<&[u32]>, temperature: f32) -> f32 {
    let normalizer = log_normalizer(logits, mask, temperature);
    if normalizer == f32::NEG_INFINITY {
        return 0.0;
    }
    let inverse = F32x4::splat(1.0 / temperature);
    let shift = F32x4::splat(normalizer);
    let mut sums = F32x4::zero();
    each_four(logits, mask, |_, x, allowed| {
        let log_p = x * inverse - shift;
        let p = allowed.select(simd::exp(log_p), F32x4::zero());
        // 0 · ln 0 is 0, and a masked logit may be anything.
        let term = p.equal(F32x4::zero()).select(F32x4::zero(), p * log_p);
        sums = sums - term;
    });
    sums.sum()
}

/// Calls `f(j, logits[j..j + 4], allowed lanes)` from the left, skipping fours of which the mask allows nothing; lanes
/// beyond the end are not allowed.
#[inline(always)]
fn each_four(logits: &[f32], mask: Option<&[u32]>, mut f: impl FnMut(usize, F32x4, F32x4)) {
    find_four(logits, mask, |at, x, allowed| {
        f(at, x, allowed);
        false
    });
}

/// As `each_four`, until `f` holds; then gives `j`.
#[inline(always)]
fn find_four(
    logits: &[f32],
    mask: Option<&[u32]>,
    mut f: impl FnMut(usize, F32x4, F32x4) -> bool,
) -> Option<usize> {
    let fours = logits.chunks_exact(4);
    let (rest, end) = (fours.remainder(), logits.len() & !3);
    if let Some(mask) = mask {
        for (&bits, (word, block)) in mask.iter().zip(logits.chunks(32).enumerate()) {
            if bits == 0 {
                continue;
            }
            for (i, x) in block.chunks_exact(4).enumerate() {
                let bits = bits >> (4 * i) & 0b1111;
                let at = word * 32 + 4 * i;
                if bits != 0 && f(at, F32x4::load(x), F32x4::from_bits(bits)) {
                    return Some(at);
                }
            }
        }
    } else {
        for (i, x) in fours.enumerate() {
            if f(4 * i, F32x4::load(x), F32x4::from_bits(0b1111)) {
                return Some(4 * i);
            }
        }
    }
    if rest.is_empty() {
        return None;
    }
    let bits = mask.map_or(u32::MAX, |m| m.get(end >> 5).map_or(0, |w| w >> (end & 31)));
    let bits = bits & ((1 << rest.len()) - 1);
    let mut x = [0.0; 4];
    x[..rest.len()].copy_from_slice(rest);
    (bits != 0 && f(end, F32x4::from_array(x), F32x4::from_bits(bits))).then_some(end)
}

/// The first token at which the summed probabilities, in order of ids, exceed `uniform`, or the last that has any; with
/// its log-probability. `normalizer` is that of the same row.
pub fn invert(
    logits: &[f32],
    mask: Option<&[u32]>,
    temperature: f32,
    normalizer: f32,
    uniform: f32,
) -> Option<(usize, f32)> {
    let inverse = F32x4::splat(1.0 / temperature);
    let shift = F32x4::splat(normalizer);
    let target = uniform as f64;
    let (mut before, mut sum) = (0.0f64, 0.0f64);
    let mut last = None;
    find_four(logits, mask, |at, x, allowed| {
        let log_p = x * inverse - shift;
        let p = allowed.select(simd::exp(log_p), F32x4::zero());
        let total = p.sum();
        if total > 0.0 {
            before = sum;
            sum += total as f64;
            last = Some((at, log_p, p));
        }
        sum > target
    });
    let (at, log_p, p) = last?;
    let (log_p, p) = (log_p.to_array(), p.to_array());
    let mut lane = None;
    for i in (0..4).filter(|&i| p[i] > 0.0) {
        lane = Some(i);
        before += p[i] as f64;
        if before > target {
            break;
        }
    }
    lane.map(|i| (at + i, log_p[i]))
}

/// True when no logit is NaN or +∞.
pub fn is_usable(logits: &[f32]) -> bool {
    let infinity = F32x4::splat(f32::INFINITY);
    let one = F32x4::splat(1.0);
    let bad = fold(
        logits,
        0.0,
        |bad, x| x.less(infinity).select(bad, one),
        F32x4::max,
    );
    bad.sum() == 0.0
}

/// `each` logit taken into one of four running vectors, which are joined at the end: for what no order changes. `neutral`
/// is what they begin with, and stands for lanes beyond the end.
#[inline(always)]
fn fold(
    logits: &[f32],
    neutral: f32,
    each: impl Fn(F32x4, F32x4) -> F32x4,
    join: impl Fn(F32x4, F32x4) -> F32x4,
) -> F32x4 {
    let [mut a, mut b, mut c, mut d] = [F32x4::splat(neutral); 4];
    let blocks = logits.chunks_exact(16);
    for four in blocks.remainder().chunks(4) {
        let mut x = [neutral; 4];
        x[..four.len()].copy_from_slice(four);
        a = each(a, F32x4::from_array(x));
    }
    for block in blocks {
        a = each(a, F32x4::load(&block[..4]));
        b = each(b, F32x4::load(&block[4..8]));
        c = each(c, F32x4::load(&block[8..12]));
        d = each(d, F32x4::load(&block[12..]));
    }
    join(join(a, b), join(c, d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(logits: &[f32], mask: Option<&[u32]>, temperature: f32) -> (f64, f64) {
        let scaled: Vec<f64> = (0..logits.len())
            .filter(|&j| allowed(mask, j))
            .map(|j| logits[j] as f64 / temperature as f64)
            .collect();
        let largest = scaled.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let sum: f64 = scaled.iter().map(|x| (x - largest).exp()).sum();
        let normalizer = largest + sum.ln();
        let entropy = scaled
            .iter()
            .map(|x| (normalizer - x) * (x - normalizer).exp())
            .sum();
        (normalizer, entropy)
    }

    #[test]
    fn log_normalizer_is_the_log_of_a_count_for_equal_logits() {
        // ln(e^0 + e^0 + e^0 + e^0) = ln 4; with entries 1 and 3 only, ln 2.
        assert_eq!(log_normalizer(&[0.0; 4], None, 1.0), 4f32.ln());
        assert_eq!(log_normalizer(&[0.0; 4], Some(&[0b1010]), 1.0), 2f32.ln());
        assert_eq!(log_normalizer(&[3.0], None, 0.5), 6.0);
    }

    #[test]
    fn log_normalizer_handles_the_degenerate_rows() {
        let infinity = f32::INFINITY;
        assert_eq!(log_normalizer(&[], None, 1.0), -infinity);
        assert_eq!(log_normalizer(&[1.0, 2.0], Some(&[0]), 1.0), -infinity);
        assert_eq!(log_normalizer(&[1.0, 2.0], Some(&[]), 1.0), -infinity);
        assert_eq!(log_normalizer(&[-infinity; 5], None, 1.0), -infinity);
        assert_eq!(log_normalizer(&[-infinity, 2.0], None, 1.0), 2.0);
        assert!(log_normalizer(&[f32::NAN, 2.0], None, 1.0).is_nan());
        assert!(log_normalizer(&[f32::NAN; 3], None, 1.0).is_nan());
        assert_eq!(log_normalizer(&[f32::NAN, 2.0], Some(&[2]), 1.0), 2.0);
        assert_eq!(log_normalizer(&[infinity, 2.0], Some(&[2]), 1.0), 2.0);
        assert_eq!(log_normalizer(&[1e30, -1e30], None, 1.0), 1e30);
    }

    #[test]
    fn entropy_is_zero_for_a_certain_choice_and_when_nothing_is_allowed() {
        assert_eq!(entropy(&[5.0, f32::NAN], Some(&[1]), 1.0), 0.0);
        assert_eq!(entropy(&[5.0, f32::NEG_INFINITY], None, 1.0), 0.0);
        assert_eq!(entropy(&[5.0, 1.0], Some(&[0]), 1.0), 0.0);
        assert!((entropy(&[7.0; 8], None, 1.0) - 8f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn probabilities_are_zero_where_masked_and_everywhere_when_nothing_is_allowed() {
        let mut out = [9.0; 5];
        probabilities(
            &[0.0, f32::NAN, 0.0, 1e30, 0.0],
            Some(&[0b10101]),
            1.0,
            &mut out,
        );
        assert_eq!([out[1], out[3]], [0.0, 0.0]);
        assert!([0, 2, 4].iter().all(|&j| (out[j] - 1.0 / 3.0).abs() < 1e-6));
        probabilities(&[1.0; 5], Some(&[0]), 1.0, &mut out);
        assert_eq!(out, [0.0; 5]);
    }

    #[test]
    fn log_normalizer_does_not_see_what_the_mask_hides() {
        let logits: Vec<f32> = (0..200).map(|j| (j * 37 % 101) as f32 * 0.07).collect();
        let mask = [0x0f0f_1234, 0, 0xffff_ffff, 1, 0x8000_0000, 0, 0b1001_0000];
        let expected = log_normalizer(&logits, Some(&mask), 0.7);
        for hidden in [f32::NAN, f32::INFINITY, 1e30, 0.0] {
            let mut other = logits.clone();
            for (j, x) in other.iter_mut().enumerate() {
                if !allowed(Some(&mask), j) {
                    *x = hidden;
                }
            }
            assert_eq!(
                log_normalizer(&other, Some(&mask), 0.7).to_bits(),
                expected.to_bits()
            );
        }
    }

    #[test]
    fn log_normalizer_of_a_full_mask_has_the_bits_of_no_mask() {
        let logits: Vec<f32> = (0..77).map(|j| (j as f32).sin() * 5.0).collect();
        let expected = log_normalizer(&logits, None, 1.3);
        assert_eq!(
            log_normalizer(&logits, Some(&[u32::MAX; 3]), 1.3).to_bits(),
            expected.to_bits()
        );
    }

    #[test]
    fn log_normalizer_and_entropy_gives_the_bits_of_the_one_and_the_value_of_the_other() {
        let mut logits: Vec<f32> = (0..77).map(|j| (j as f32 * 1.7).sin() * 9.0).collect();
        logits[5] = f32::NEG_INFINITY;
        for mask in [
            None,
            Some(&[0x0f0f_3521u32, 7, 0x1101][..]),
            Some(&[0, 0, 16]),
        ] {
            for temperature in [0.3, 1.0, 2.5] {
                let (normalizer, h) = log_normalizer_and_entropy(&logits, mask, temperature);
                let expected = log_normalizer(&logits, mask, temperature);
                assert_eq!(normalizer.to_bits(), expected.to_bits());
                assert!(
                    (h - entropy(&logits, mask, temperature)).abs() < 1e-5,
                    "{h}"
                );
            }
        }
    }

    #[test]
    fn invert_takes_the_token_at_which_the_sum_crosses() {
        // Probabilities 0.1, 0.2, 0, 0.3, 0.4.
        let logits = [
            0.1f32.ln(),
            0.2f32.ln(),
            f32::NEG_INFINITY,
            0.3f32.ln(),
            0.4f32.ln(),
        ];
        let normalizer = log_normalizer(&logits, None, 1.0);
        for (uniform, want) in [
            (0.0, 0),
            (0.15, 1),
            (0.29, 1),
            (0.31, 3),
            (0.61, 4),
            (1.0, 4),
        ] {
            let (token, log_p) = invert(&logits, None, 1.0, normalizer, uniform).unwrap();
            assert_eq!(token, want, "{uniform}");
            assert_eq!(log_p, logits[token] - normalizer);
        }
        let masked = Some(&[0b110u32][..]);
        let normalizer = log_normalizer(&logits, masked, 1.0);
        assert_eq!(
            invert(&logits, masked, 1.0, normalizer, 0.99),
            Some((1, 0.0))
        );
    }

    proptest! {
        #[test]
        fn softmax_is_near_the_one_in_f64(
            logits in prop::collection::vec(-30f32..30.0, 1..150),
            mask in prop::option::of(prop::collection::vec(any::<u32>(), 5)),
            temperature in 0.2f32..4.0,
        ) {
            let mask = mask.as_deref();
            prop_assume!((0..logits.len()).any(|j| allowed(mask, j)));
            let (normalizer, exact_entropy) = exact(&logits, mask, temperature);
            let mut p = vec![0.0; logits.len()];
            let actual = probabilities(&logits, mask, temperature, &mut p);
            let bound = 1e-6 * (1.0 + normalizer.abs());
            prop_assert!((actual as f64 - normalizer).abs() < bound, "{actual} {normalizer}");
            prop_assert_eq!(actual.to_bits(), log_normalizer(&logits, mask, temperature).to_bits());
            let total: f64 = p.iter().map(|&p| p as f64).sum();
            prop_assert!((total - 1.0).abs() < 1e-4, "{total}");
            for (j, &p) in p.iter().enumerate() {
                let x = logits[j] as f64 / temperature as f64;
                let exact = if allowed(mask, j) { (x - normalizer).exp() } else { 0.0 };
                prop_assert!((p as f64 - exact).abs() <= 1e-4 * exact + 2e-38, "{j} {p} {exact}");
            }
            let h = entropy(&logits, mask, temperature) as f64;
            prop_assert!((h - exact_entropy).abs() < 1e-4 * (1.0 + exact_entropy), "{h} {exact_entropy}");
        }
    }
}
