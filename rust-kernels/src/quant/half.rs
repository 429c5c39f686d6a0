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

/// The F16 nearest to an F32, ties to even; too large a number becomes infinite, a NaN stays one.
pub fn float_to_half(x: f32) -> u16 {
    let bits = x.to_bits();
    let (sign, size) = ((bits >> 16 & 0x8000) as u16, bits & 0x7fff_ffff);
    if size > 0x7f80_0000 {
        return sign | 0x7e00;
    }
    if size >= 0x4780_0000 {
        return sign | 0x7c00;
    }
    if size < 0x3880_0000 {
        // Below 2⁻¹⁴: adding ½ leaves so many times 2⁻²⁴ in the lowest bits, rounded by the adder.
        let rounded = f32::from_bits(size) + 0.5;
        return sign | (rounded.to_bits() - 0.5f32.to_bits()) as u16;
    }
    let odd = size >> 13 & 1;
    let rounded = size - (112 << 23) + 0xfff + odd;
    sign | (rounded >> 13) as u16
}
