//! The same operations over an array, for native builds and tests.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// The same pointer.
#[inline(always)]
pub fn opaque(pointer: *const f32) -> *const f32 {
    pointer
}

/// Four f32 lanes.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub struct F32x4([f32; 4]);

#[inline(always)]
fn truth(holds: bool) -> f32 {
    f32::from_bits(if holds { u32::MAX } else { 0 })
}

impl F32x4 {
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        Self(self.0.map(f))
    }
    #[inline(always)]
    fn zip(self, b: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(core::array::from_fn(|i| f(self.0[i], b.0[i])))
    }
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self([x; 4])
    }
    #[inline(always)]
    pub fn zero() -> Self {
        Self::splat(0.0)
    }
    #[inline(always)]
    pub fn from_array(x: [f32; 4]) -> Self {
        Self(x)
    }
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        self.0
    }
    #[inline(always)]
    pub fn load(x: &[f32]) -> Self {
        Self([x[0], x[1], x[2], x[3]])
    }
    #[inline(always)]
    pub fn store(self, x: &mut [f32]) {
        x[..4].copy_from_slice(&self.0);
    }
    /// # Safety
    /// Four floats are readable at `x`.
    #[inline(always)]
    pub(super) unsafe fn load_pointer(x: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { (x as *const [f32; 4]).read_unaligned() })
    }
    /// # Safety
    /// Four floats are writable at `x`.
    #[inline(always)]
    pub(super) unsafe fn store_pointer(self, x: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { (x as *mut [f32; 4]).write_unaligned(self.0) }
    }
    /// # Safety
    /// One float is readable at `x`.
    #[inline(always)]
    pub(super) unsafe fn splat_pointer(x: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self::splat(unsafe { *x })
    }
    #[inline(always)]
    pub fn abs(self) -> Self {
        self.map(f32::abs)
    }
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        self.map(f32::sqrt)
    }
    /// To the nearest integer, ties to even.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        self.map(f32::round_ties_even)
    }
    /// `b < self ? b : self` in each lane; a NaN in `self` stays.
    #[inline(always)]
    pub fn min(self, b: Self) -> Self {
        self.zip(b, |x, y| if y < x { y } else { x })
    }
    /// `self < b ? b : self` in each lane; a NaN in `self` stays.
    #[inline(always)]
    pub fn max(self, b: Self) -> Self {
        self.zip(b, |x, y| if x < y { y } else { x })
    }
    /// `self * b + c`, fused where the build has a fused instruction.
    #[inline(always)]
    pub fn mul_add(self, b: Self, c: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] * b.0[i] + c.0[i]))
    }
    /// `self < b`: all bits of a lane set, or none.
    #[inline(always)]
    pub fn less(self, b: Self) -> Self {
        self.zip(b, |x, y| truth(x < y))
    }
    /// `self == b`: all bits of a lane set, or none.
    #[inline(always)]
    pub fn equal(self, b: Self) -> Self {
        self.zip(b, |x, y| truth(x == y))
    }
    /// Lanes of `yes` where `self` (a comparison) holds, of `no` elsewhere.
    #[inline(always)]
    pub fn select(self, yes: Self, no: Self) -> Self {
        Self(core::array::from_fn(|i| {
            let mask = self.0[i].to_bits();
            f32::from_bits(yes.0[i].to_bits() & mask | no.0[i].to_bits() & !mask)
        }))
    }
    /// All bits of lane `i` set where bit `i` of `bits` is set.
    #[inline(always)]
    pub fn from_bits(bits: u32) -> Self {
        Self(core::array::from_fn(|i| truth(bits >> i & 1 == 1)))
    }
    /// Adds the lowest bits of `n` to the exponents: `self · 2^n` for an integer that was added to 1.5 · 2²³.
    #[inline(always)]
    pub fn raise_exponent(self, n: Self) -> Self {
        self.zip(n, |x, n| {
            f32::from_bits(x.to_bits().wrapping_add(n.to_bits() << 23))
        })
    }
    /// Each number in all lanes of its own vector.
    #[inline(always)]
    pub fn splats<const N: usize>(table: &'static [f32; N]) -> [Self; N] {
        table.map(Self::splat)
    }
    /// `(l0 + l1) + (l2 + l3)`.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a + b) + (c + d)
    }
    /// Rows become columns.
    #[inline(always)]
    pub fn transpose(r: [Self; 4]) -> [Self; 4] {
        core::array::from_fn(|j| Self(core::array::from_fn(|i| r[i].0[j])))
    }
}

impl Add for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        self.zip(b, |x, y| x + y)
    }
}

impl Sub for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        self.zip(b, |x, y| x - y)
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        self.zip(b, |x, y| x * y)
    }
}

impl Div for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        self.zip(b, |x, y| x / y)
    }
}

impl Neg for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|x| -x)
    }
}
