//! Halves and bytes that become floats where they are needed.

use super::integer::{load_bytes, load_halves, Constants};
use super::{F32x4, E4};

/// Halves as floats, over the shorter of the two, in whole fours. Halves below 2⁻¹⁴ are exact, but slow.
///
/// # Shapes
/// `bytes [2 · n]`, `out [n]`.
pub fn widen_halves(bytes: &[u8], out: &mut [f32]) {
    let constants = Constants::new::<E4>();
    for (from, to) in bytes.chunks_exact(8).zip(out.chunks_exact_mut(4)) {
        // SAFETY: the chunk has eight bytes.
        unsafe { load_halves(from.as_ptr(), constants) }.store(to);
    }
}

/// `out[i] = scales[i mod 8] · bytes[i]` for signed bytes, over the shorter of the two, in whole eights.
pub fn widen_bytes(bytes: &[u8], scales: &[f32; 8], out: &mut [f32]) {
    let [low, high] = [F32x4::load(&scales[..4]), F32x4::load(&scales[4..])];
    for (from, to) in bytes.chunks_exact(8).zip(out.chunks_exact_mut(8)) {
        // SAFETY: the chunk has eight bytes.
        let [a, b] = unsafe { load_bytes(from.as_ptr()) };
        (a * low).store(&mut to[..4]);
        (b * high).store(&mut to[4..]);
    }
}
