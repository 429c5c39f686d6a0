//! Sixteen-bit floats.

/// The F32 that equals an F16.
pub fn half_to_float(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let (exponent, fraction) = (half >> 10 & 31, u32::from(half & 1023));
    let size = match exponent {
        // Subnormal: so many times 2⁻²⁴, which F32 holds exactly.
        0 => (fraction as f32 * f32::from_bits(103 << 23)).to_bits(),
        31 => 0x7f80_0000 | fraction << 13,
        _ => (u32::from(exponent) + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | size)
}
