//! The exponential as a short polynomial that compilers turn into vector code.

/// `eˣ` within 2 units in the last place; x below −87 gives `e⁻⁸⁷`, above 88 `e⁸⁸`, NaN stays NaN.
///
/// `eˣ = 2ⁿ · e^f` with `n = round(x / ln 2)` and `|f| ≤ ln 2 / 2`. Plain multiplications and additions only: a loop
/// over it has the same bits on every build, vectorised or not.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding 1.5·2²³ rounds to an integer and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let f = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4f32;
    p = p * f + 1.398_2e-3;
    p = p * f + 8.333_452e-3;
    p = p * f + 4.166_579_6e-2;
    p = p * f + 1.666_666_5e-1;
    p = p * f + 0.5;
    p = p * f * f + f + 1.0;
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn exp_agrees_with_float64_when_x_is_ordinary() {
        for i in -8700..8800 {
            let x = i as f32 * 0.01;
            let right = (x as f64).exp();
            let error = (exp(x) as f64 - right).abs() / right;
            assert!(error < 2.4e-7, "{x} {error}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(f32::NEG_INFINITY) < 2e-38 && exp(f32::INFINITY) > 1e38);
    }
}
