//! The functions inside the feed-forward part, each as `x · share(x)`.

use crate::simd::{exp, sigmoid, F32x4};

/// A function `x · share(x)` and its slope.
pub trait Curve {
    /// What the input is multiplied by.
    fn share(x: F32x4) -> F32x4;
    /// The derivative of `x · share(x)`, with `share` at hand.
    fn slope(x: F32x4, share: F32x4) -> F32x4;
}

/// `x · σ(x)`.
pub struct Silu;

impl Curve for Silu {
    #[inline(always)]
    fn share(x: F32x4) -> F32x4 {
        sigmoid(x)
    }
    #[inline(always)]
    fn slope(x: F32x4, share: F32x4) -> F32x4 {
        share + x * share * (F32x4::splat(1.0) - share)
    }
}

/// `x · ½(1 + tanh(u)) = x · σ(2u)` with `u = √(2/π)(x + 0.044715x³)`.
pub struct GeluTanh;

/// 2·√(2/π).
const TWICE: f32 = 1.595_769_1;
const CUBIC: f32 = 0.044_715;

impl Curve for GeluTanh {
    #[inline(always)]
    fn share(x: F32x4) -> F32x4 {
        let cubic = (x * x).mul_add(F32x4::splat(CUBIC), F32x4::splat(1.0));
        sigmoid(x * cubic * F32x4::splat(TWICE))
    }
    #[inline(always)]
    fn slope(x: F32x4, share: F32x4) -> F32x4 {
        let one = F32x4::splat(1.0);
        let inner = (x * x).mul_add(F32x4::splat(3.0 * CUBIC), one) * F32x4::splat(TWICE);
        share + x * share * (one - share) * inner
    }
}

/// `x · Φ(x)`, Φ the normal distribution: `½(1 + erf(x/√2))` within 1e-7 (Abramowitz and Stegun 7.1.26).
pub struct Gelu;

impl Curve for Gelu {
    #[inline(always)]
    fn share(x: F32x4) -> F32x4 {
        let splat = F32x4::splat;
        let one = splat(1.0);
        // p/√2, as the formula's argument is |x|/√2.
        let t = one / x.abs().mul_add(splat(0.231_641_9), one);
        let mut tail = splat(1.061_405_4);
        for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
            tail = tail.mul_add(t, splat(c));
        }
        let tail = tail * t * exp(x * x * splat(-0.5)) * splat(0.5);
        x.less(F32x4::zero()).select(tail, one - tail)
    }
    #[inline(always)]
    fn slope(x: F32x4, share: F32x4) -> F32x4 {
        let density = exp(x * x * F32x4::splat(-0.5)) * F32x4::splat(0.398_942_3);
        x.mul_add(density, share)
    }
}
