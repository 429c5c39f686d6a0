//! exp, sigmoid and tanh: the same bits for a value wherever it stands in a vector or slice.

use super::F32x4;

/// Below this e^x is no normal number any more; such results are 0, which also keeps products with them fast.
const SMALLEST_EXPONENT: f32 = -87.336_54;
/// Above this e^x is infinite.
const LARGEST_EXPONENT: f32 = 88.722_83;
/// 1.5 · 2²³: a small number added to it is rounded to an integer, which then stands in the lowest bits.
const ROUNDER: f32 = 12_582_912.0;
/// What `exp` needs: the numbers above, 1 and ∞; 1 / ln 2, −ln 2 in two parts (an exponent times the first is exact), then
/// (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2, interpolated at Chebyshev nodes, highest power first.
static EXP: [f32; 13] = [
    ROUNDER,
    1.0,
    SMALLEST_EXPONENT,
    LARGEST_EXPONENT,
    f32::INFINITY,
    core::f32::consts::LOG2_E,
    -0.693_359_4,
    2.121_944_4e-4,
    0.001_392_617_6,
    0.008_363_173,
    0.041_666_556,
    0.166_665_78,
    0.5,
];
/// (tanh(x) / x − 1) / x² in powers of x² for |x| ≤ 0.625: interpolation at Chebyshev nodes, highest power first.
static TANH: [f32; 6] = [
    0.002_292_745,
    -0.008_343_945,
    0.021_768_918,
    -0.053_959_258,
    0.133_333_04,
    -0.333_333_34,
];

#[inline(always)]
fn polynomial<const N: usize>(coefficients: [F32x4; N], x: F32x4) -> F32x4 {
    let mut y = coefficients[0];
    for &c in &coefficients[1..] {
        y = y.mul_add(x, c);
    }
    y
}

/// e^x in each lane, within 2 units in the last place; 0 below −87.3365, infinite above 88.7228, NaN for NaN.
///
/// e^x = 2ⁿ·e^r with n = round(x / ln 2) and |r| ≤ ln 2 / 2.
#[inline(always)]
pub fn exp(x: F32x4) -> F32x4 {
    let [rounder, one, smallest, largest, infinity, log2_e, minus_ln_2_high, minus_ln_2_low, coefficients @ ..] =
        F32x4::splats(&EXP);
    let rounded = x.mul_add(log2_e, rounder);
    let n = rounded - rounder;
    let r = n.mul_add(minus_ln_2_high, x);
    let r = n.mul_add(minus_ln_2_low, r);
    let y = polynomial(coefficients, r).mul_add(r * r, r) + one;
    let y = y.raise_exponent(rounded);
    let small = x.less(smallest);
    let large = largest.less(x);
    let y = small.select(F32x4::zero(), y);
    let y = large.select(infinity, y);
    x.equal(x).select(y, x)
}

/// 1 / (1 + e^−x) in each lane.
#[inline(always)]
pub fn sigmoid(x: F32x4) -> F32x4 {
    let one = F32x4::splat(1.0);
    one / (one + exp(-x))
}

/// tanh(x) in each lane: an odd polynomial near 0, where 1 − 2 / (e^2x + 1) would cancel.
#[inline(always)]
pub fn tanh(x: F32x4) -> F32x4 {
    let one = F32x4::splat(1.0);
    let square = x * x;
    let near = (polynomial(F32x4::splats(&TANH), square) * square).mul_add(x, x);
    let far = one - F32x4::splat(2.0) / (exp(x + x) + one);
    x.abs().less(F32x4::splat(0.625)).select(near, far)
}

/// `x = e^x`, element by element.
pub fn exp_in_place(x: &mut [f32]) {
    map(x, exp);
}

/// `x = 1 / (1 + e^−x)`, element by element.
pub fn sigmoid_in_place(x: &mut [f32]) {
    map(x, sigmoid);
}

/// `x = tanh(x)`, element by element.
pub fn tanh_in_place(x: &mut [f32]) {
    map(x, tanh);
}

#[inline(always)]
fn map(x: &mut [f32], f: impl Fn(F32x4) -> F32x4) {
    let mut chunks = x.chunks_exact_mut(4);
    for x in &mut chunks {
        f(F32x4::load(x)).store(x);
    }
    let rest = chunks.into_remainder();
    let mut full = [0.0; 4];
    full[..rest.len()].copy_from_slice(rest);
    let y = f(F32x4::load(&full)).to_array();
    rest.copy_from_slice(&y[..rest.len()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(f: impl Fn(F32x4) -> F32x4, x: f32) -> f32 {
        f(F32x4::splat(x)).to_array()[0]
    }

    /// Distance in units in the last place of the exact value, at least those of the smallest normal number.
    fn ulps(actual: f32, exact: f64) -> f64 {
        let size = (exact.abs() as f32).max(f32::MIN_POSITIVE);
        let unit = f32::from_bits(size.to_bits() + 1) as f64 - size as f64;
        (actual as f64 - exact).abs() / unit
    }

    fn worst(f: impl Fn(F32x4) -> F32x4, exact: impl Fn(f64) -> f64, low: f32, high: f32) -> f64 {
        let count = 400_000;
        (0..=count)
            .map(|i| low + (high - low) * (i as f32 / count as f32))
            .map(|x| ulps(one(&f, x), exact(x as f64)))
            .fold(0.0, f64::max)
    }

    #[test]
    fn exp_is_within_two_units_of_the_last_place() {
        assert!(worst(exp, f64::exp, -87.33, 88.72) < 2.0);
        assert!(worst(exp, f64::exp, -1.0, 1.0) < 2.0);
    }

    #[test]
    fn exp_handles_the_ends() {
        assert_eq!(one(exp, 0.0), 1.0);
        assert_eq!(one(exp, -0.0), 1.0);
        for x in [f32::NEG_INFINITY, -1e30, -104.0, -87.4] {
            assert_eq!(one(exp, x), 0.0, "{x}");
        }
        for x in [f32::INFINITY, 1e30, 88.73] {
            assert_eq!(one(exp, x), f32::INFINITY, "{x}");
        }
        assert!(one(exp, f32::NAN).is_nan());
        assert!(one(exp, LARGEST_EXPONENT).is_finite());
        assert!(one(exp, SMALLEST_EXPONENT) >= f32::MIN_POSITIVE);
    }

    #[test]
    fn sigmoid_and_tanh_are_near_the_exact_values() {
        assert!(worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), -30.0, 30.0) < 4.0);
        assert!(worst(tanh, f64::tanh, -10.0, 10.0) < 4.0);
        assert!(worst(tanh, f64::tanh, -1e-3, 1e-3) < 4.0);
        assert_eq!(
            [one(sigmoid, f32::NEG_INFINITY), one(sigmoid, f32::INFINITY)],
            [0.0, 1.0]
        );
        assert_eq!(
            [one(tanh, f32::NEG_INFINITY), one(tanh, f32::INFINITY)],
            [-1.0, 1.0]
        );
        assert!(one(tanh, f32::NAN).is_nan() && one(sigmoid, f32::NAN).is_nan());
    }

    #[test]
    fn exp_in_place_gives_an_element_the_same_bits_wherever_it_stands() {
        for (f, vector) in [
            (exp_in_place as fn(&mut [f32]), exp as fn(F32x4) -> F32x4),
            (sigmoid_in_place, sigmoid),
            (tanh_in_place, tanh),
        ] {
            for count in 0..10 {
                let x: Vec<f32> = (0..count).map(|i| i as f32 * 0.37 - 1.5).collect();
                let mut y = x.clone();
                f(&mut y);
                for (x, y) in x.into_iter().zip(y) {
                    assert_eq!(y.to_bits(), one(vector, x).to_bits());
                }
            }
        }
    }
}
