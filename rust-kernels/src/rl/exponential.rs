/// `eˣ` in f32 without branches or calls, so that a loop over it becomes vector code; relative error below 2e-7.
///
/// ```text
/// n = round(x·log₂e), f = x − n·ln 2 in [−0.35, 0.35], eˣ = 2ⁿ·p(f), p = Taylor to degree 7
/// ```
///
/// NaN stays NaN; above 88.72 infinity, below −87.33 zero (no subnormal results).
#[inline(always)]
pub fn exponential(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5·2²³: adding it rounds to an integer that stands in the low bits
    const LN2_HIGH: f32 = 0.693_359_4; // few bits, so n·LN2_HIGH is exact
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let f = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut p = 1.0 / 5040.0;
    p = p * f + 1.0 / 720.0;
    p = p * f + 1.0 / 120.0;
    p = p * f + 1.0 / 24.0;
    p = p * f + 1.0 / 6.0;
    p = p * f + 0.5;
    p = p * f + 1.0;
    p = p * f + 1.0;
    let scaled = f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23));
    let above = if x > 88.72 { f32::INFINITY } else { scaled };
    let below = if x < -87.33 { 0.0 } else { above };
    if x.is_nan() {
        x
    } else {
        below
    }
}

#[cfg(test)]
mod tests {
    use super::exponential;

    #[test]
    fn agrees_with_float64_over_the_whole_range() {
        for i in -8733..8872 {
            let x = i as f32 * 0.01;
            let want = (x as f64).exp();
            assert!(
                ((exponential(x) as f64 - want) / want).abs() < 2e-7,
                "{x}: {} {want}",
                exponential(x)
            );
        }
        assert_eq!(exponential(0.0), 1.0);
        assert_eq!(exponential(89.0), f32::INFINITY);
        assert_eq!(exponential(f32::INFINITY), f32::INFINITY);
        assert_eq!(exponential(f32::NEG_INFINITY), 0.0);
        assert!(exponential(f32::NAN).is_nan());
    }
}
