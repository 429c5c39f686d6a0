//! The WASM build: 128-bit vectors.

use core::arch::wasm32::*;

#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct F32x4(v128);

impl F32x4 {
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self(f32x4_splat(x))
    }
    #[inline(always)]
    pub fn load(x: &[f32]) -> Self {
        let x = &x[..4];
        // SAFETY: the slice has four elements and v128_load has no alignment requirement.
        Self(unsafe { v128_load(x.as_ptr() as *const v128) })
    }
    #[inline(always)]
    pub fn store(self, x: &mut [f32]) {
        let x = &mut x[..4];
        // SAFETY: the slice has four elements and v128_store has no alignment requirement.
        unsafe { v128_store(x.as_mut_ptr() as *mut v128, self.0) }
    }
    /// `self * b + c`, fused where the build has a fused instruction.
    #[inline(always)]
    pub fn mul_add(self, b: Self, c: Self) -> Self {
        #[cfg(target_feature = "relaxed-simd")]
        return Self(f32x4_relaxed_madd(self.0, b.0, c.0));
        #[cfg(not(target_feature = "relaxed-simd"))]
        return Self(f32x4_add(f32x4_mul(self.0, b.0), c.0));
    }
}
