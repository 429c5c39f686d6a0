//! The same operations over an array, for native builds and tests.

#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub struct F32x4([f32; 4]);

impl F32x4 {
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self([x; 4])
    }
    #[inline(always)]
    pub fn load(x: &[f32]) -> Self {
        Self([x[0], x[1], x[2], x[3]])
    }
    #[inline(always)]
    pub fn store(self, x: &mut [f32]) {
        x[..4].copy_from_slice(&self.0);
    }
    /// `self * b + c`, fused where the build has a fused instruction.
    #[inline(always)]
    pub fn mul_add(self, b: Self, c: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] * b.0[i] + c.0[i]))
    }
}
