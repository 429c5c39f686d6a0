//! The yardstick of every product: as many multiply-adds as the registers allow, and nothing else.

use super::integer::Lanes;
use super::F32x4;

/// Independent chains in the loop; each advances by four multiply-adds (eight FLOP) an iteration.
pub const CHAINS: usize = 12;

/// Runs `iterations` rounds of [`CHAINS`] vector multiply-adds that touch no memory; returns a sum so that the work
/// cannot be dropped. FLOP = `iterations · CHAINS · 8`.
#[inline(never)]
pub fn multiply_add_chains(iterations: u32, factor: f32, addend: f32) -> f32 {
    let factor = F32x4::splat(factor);
    let addend = F32x4::splat(addend);
    let mut chains: [F32x4; CHAINS] = core::array::from_fn(|i| F32x4::splat(i as f32));
    for _ in 0..iterations {
        for chain in &mut chains {
            // Without a fused instruction a product of constants would be taken out of the loop.
            *chain = if cfg!(target_feature = "relaxed-simd") {
                factor.mul_add(addend, *chain)
            } else {
                chain.mul_add(factor, addend)
            };
        }
    }
    chains.iter().map(|chain| chain.sum()).sum()
}

/// Multiply-adds of one integer dot product.
pub const DOT_PRODUCTS: usize = if cfg!(all(
    target_arch = "wasm32",
    not(target_feature = "relaxed-simd")
)) {
    8
} else {
    16
};

/// As [`multiply_add_chains`] with integer dot products: `iterations · CHAINS · DOT_PRODUCTS` multiply-adds.
#[inline(never)]
pub fn dot_chains(iterations: u32, activations: &[u8; 16], weights: &[u8; 16]) -> f32 {
    // SAFETY: both have sixteen bytes.
    let (x, w) = unsafe {
        (
            Lanes::load(activations.as_ptr()),
            Lanes::load(weights.as_ptr()),
        )
    };
    let mut chains = [x; CHAINS];
    for _ in 0..iterations {
        for chain in &mut chains {
            // Without an instruction that adds, a product of constants would be taken out of the loop.
            *chain = if cfg!(target_feature = "relaxed-simd") {
                chain.dot(x, w)
            } else {
                chain.dot(*chain, w)
            };
        }
    }
    chains.iter().map(|chain| chain.to_floats().sum()).sum()
}
