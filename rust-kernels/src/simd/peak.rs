//! The yardstick of every product: as many multiply-adds as the registers allow, and nothing else.

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
