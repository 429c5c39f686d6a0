//! The functions inside the feed-forward part, each as `x · share(x)`.

use super::blocks::Activation;
use crate::simd::{exp, sigmoid, sigmoid_in_place, F32x4};

/// `shares[j] = share(x[j])`.
pub fn shares(activation: Activation, x: &[f32], shares: &mut [f32]) {
    match activation {
        Activation::Silu => {
            shares.copy_from_slice(x);
            sigmoid_in_place(shares);
        }
        Activation::GeluTanh => each(x, shares, |x, _| {
            let cubic = (x * x).mul_add(F32x4::splat(CUBIC), F32x4::splat(1.0));
            sigmoid(x * cubic * F32x4::splat(TWICE))
        }),
        Activation::Gelu => each(x, shares, |x, _| normal_share(x)),
    }
}

/// Replaces `shares` by the derivative of `x · share(x)`.
pub fn slopes(activation: Activation, x: &[f32], shares: &mut [f32]) {
    let one = F32x4::splat(1.0);
    match activation {
        Activation::Silu => each(x, shares, |x, share| {
            (x * share).mul_add(one - share, share)
        }),
        Activation::GeluTanh => each(x, shares, |x, share| {
            let inner = (x * x).mul_add(F32x4::splat(3.0 * CUBIC), one) * F32x4::splat(TWICE);
            (x * share * inner).mul_add(one - share, share)
        }),
        Activation::Gelu => each(x, shares, |x, share| {
            let density = exp(x * x * F32x4::splat(-0.5)) * F32x4::splat(0.398_942_3);
            x.mul_add(density, share)
        }),
    }
}

/// 2·√(2/π).
const TWICE: f32 = 1.595_769;
const CUBIC: f32 = 0.044_715;

/// The normal distribution `½(1 + erf(x/√2))` within 1e-7 (Abramowitz and Stegun 7.1.26).
#[inline(always)]
fn normal_share(x: F32x4) -> F32x4 {
    let (splat, one) = (F32x4::splat, F32x4::splat(1.0));
    // p/√2, as the formula's argument is |x|/√2.
    let t = one / x.abs().mul_add(splat(0.231_641_9), one);
    let mut tail = splat(1.061_405_4);
    for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        tail = tail.mul_add(t, splat(c));
    }
    let tail = tail * t * exp(x * x * splat(-0.5)) * splat(0.5);
    x.less(F32x4::zero()).select(tail, one - tail)
}

/// `y = f(x, y)`, four at a time; a rest goes through a full vector, which gives it the same bits.
#[inline(always)]
fn each(x: &[f32], y: &mut [f32], f: impl Fn(F32x4, F32x4) -> F32x4) {
    let n = x.len().min(y.len());
    let mut at = 0;
    while at < n {
        let count = (n - at).min(4);
        let (mut a, mut b) = ([0.0; 4], [0.0; 4]);
        a[..count].copy_from_slice(&x[at..at + count]);
        b[..count].copy_from_slice(&y[at..at + count]);
        let z = f(F32x4::from_array(a), F32x4::from_array(b)).to_array();
        y[at..at + count].copy_from_slice(&z[..count]);
        at += 4;
    }
}
