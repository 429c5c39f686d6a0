//! The WASM builds: 128-bit vectors.

use core::arch::wasm32::*;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// The same pointer, of which the compiler knows nothing: offsets from it stay offsets of the load instructions.
#[inline(always)]
pub fn opaque(mut pointer: *const f32) -> *const f32 {
    // SAFETY: no instruction.
    unsafe {
        core::arch::asm!("/* {0} */", inout(local) pointer, options(pure, nomem, nostack, preserves_flags));
    }
    pointer
}

/// Four f32 lanes.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F32x4(v128);

impl F32x4 {
    #[inline(always)]
    pub(super) fn from_lanes(x: v128) -> Self {
        Self(x)
    }
    #[inline(always)]
    pub(super) fn lanes(self) -> v128 {
        self.0
    }
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self(f32x4_splat(x))
    }
    #[inline(always)]
    pub fn zero() -> Self {
        Self::splat(0.0)
    }
    #[inline(always)]
    pub fn from_array(x: [f32; 4]) -> Self {
        Self(f32x4(x[0], x[1], x[2], x[3]))
    }
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }
    #[inline(always)]
    pub fn load(x: &[f32]) -> Self {
        let x = &x[..4];
        // SAFETY: the slice has four elements and v128_load has no alignment requirement.
        unsafe { Self::load_pointer(x.as_ptr()) }
    }
    #[inline(always)]
    pub fn store(self, x: &mut [f32]) {
        let x = &mut x[..4];
        // SAFETY: the slice has four elements and v128_store has no alignment requirement.
        unsafe { self.store_pointer(x.as_mut_ptr()) }
    }
    /// # Safety
    /// Four floats are readable at `x`.
    #[inline(always)]
    pub(super) unsafe fn load_pointer(x: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { v128_load(x as *const v128) })
    }
    /// # Safety
    /// Four floats are writable at `x`.
    #[inline(always)]
    pub(super) unsafe fn store_pointer(self, x: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { v128_store(x as *mut v128, self.0) }
    }
    /// # Safety
    /// One float is readable at `x`.
    #[inline(always)]
    pub(super) unsafe fn splat_pointer(x: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { v128_load32_splat(x as *const u32) })
    }
    #[inline(always)]
    pub fn abs(self) -> Self {
        Self(f32x4_abs(self.0))
    }
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(f32x4_sqrt(self.0))
    }
    /// To the nearest integer, ties to even.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        Self(f32x4_nearest(self.0))
    }
    /// `b < self ? b : self` in each lane; a NaN in `self` stays.
    #[inline(always)]
    pub fn min(self, b: Self) -> Self {
        Self(f32x4_pmin(self.0, b.0))
    }
    /// `self < b ? b : self` in each lane; a NaN in `self` stays.
    #[inline(always)]
    pub fn max(self, b: Self) -> Self {
        Self(f32x4_pmax(self.0, b.0))
    }
    /// `self * b + c`, fused where the build has a fused instruction.
    #[inline(always)]
    pub fn mul_add(self, b: Self, c: Self) -> Self {
        #[cfg(target_feature = "relaxed-simd")]
        return Self(f32x4_relaxed_madd(self.0, b.0, c.0));
        #[cfg(not(target_feature = "relaxed-simd"))]
        return Self(f32x4_add(f32x4_mul(self.0, b.0), c.0));
    }
    /// `self < b`: all bits of a lane set, or none.
    #[inline(always)]
    pub fn less(self, b: Self) -> Self {
        Self(f32x4_lt(self.0, b.0))
    }
    /// `self == b`: all bits of a lane set, or none.
    #[inline(always)]
    pub fn equal(self, b: Self) -> Self {
        Self(f32x4_eq(self.0, b.0))
    }
    /// Lanes of `yes` where `self` (a comparison) holds, of `no` elsewhere.
    #[inline(always)]
    pub fn select(self, yes: Self, no: Self) -> Self {
        Self(v128_bitselect(yes.0, no.0, self.0))
    }
    /// All bits of lane `i` set where bit `i` of `bits` is set.
    #[inline(always)]
    pub fn from_bits(bits: u32) -> Self {
        let powers = i32x4(1, 2, 4, 8);
        Self(i32x4_eq(v128_and(i32x4_splat(bits as i32), powers), powers))
    }
    /// Adds the lowest bits of `n` to the exponents: `self · 2^n` for an integer that was added to 1.5 · 2²³.
    #[inline(always)]
    pub fn raise_exponent(self, n: Self) -> Self {
        Self(i32x4_add(self.0, i32x4_shl(n.0, 23)))
    }
    /// Each number in all lanes of its own vector. Loads from a table: V8 spends several instructions on a constant.
    #[inline(always)]
    pub fn splats<const N: usize>(table: &'static [f32; N]) -> [Self; N] {
        let table = opaque(table.as_ptr());
        // SAFETY: the table has N numbers.
        core::array::from_fn(|i| unsafe { Self::splat_pointer(table.add(i)) })
    }
    /// `(l0 + l1) + (l2 + l3)`.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + b) + (c + d)
    }
    /// Rows become columns.
    #[inline(always)]
    pub fn transpose(r: [Self; 4]) -> [Self; 4] {
        let low01 = i32x4_shuffle::<0, 4, 1, 5>(r[0].0, r[1].0);
        let high01 = i32x4_shuffle::<2, 6, 3, 7>(r[0].0, r[1].0);
        let low23 = i32x4_shuffle::<0, 4, 1, 5>(r[2].0, r[3].0);
        let high23 = i32x4_shuffle::<2, 6, 3, 7>(r[2].0, r[3].0);
        [
            Self(i64x2_shuffle::<0, 2>(low01, low23)),
            Self(i64x2_shuffle::<1, 3>(low01, low23)),
            Self(i64x2_shuffle::<0, 2>(high01, high23)),
            Self(i64x2_shuffle::<1, 3>(high01, high23)),
        ]
    }
}

impl Add for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self(f32x4_add(self.0, b.0))
    }
}

impl Sub for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Self(f32x4_sub(self.0, b.0))
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        Self(f32x4_mul(self.0, b.0))
    }
}

impl Div for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        Self(f32x4_div(self.0, b.0))
    }
}

impl Neg for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(f32x4_neg(self.0))
    }
}
