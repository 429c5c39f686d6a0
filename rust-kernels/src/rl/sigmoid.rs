/// `σ(x) = 1/(1 + e^−x)`, without overflow.
#[inline(never)] // a dozen callers, and the size of the module counts
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln σ(x)`: never `ln 0` for finite `x`; NaN stays NaN.
#[inline(never)]
pub fn log_sigmoid(x: f64) -> f64 {
    let least = if x < 0.0 { x } else { 0.0 };
    least - (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_right_far_out_and_pass_nan_on() {
        assert_eq!(sigmoid(0.0), 0.5);
        assert_eq!(log_sigmoid(-800.0), -800.0);
        assert_eq!(log_sigmoid(800.0), 0.0);
        assert_eq!(sigmoid(f64::NEG_INFINITY), 0.0);
        assert!((log_sigmoid(40.0) + (-40f64).exp()).abs() < 1e-30);
        assert!(sigmoid(f64::NAN).is_nan() && log_sigmoid(f64::NAN).is_nan());
    }
}
