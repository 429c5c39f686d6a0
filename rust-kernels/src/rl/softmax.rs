/// Softmax of one row in float64, for losses that look at `1 − p` or at large values over few actions; returns
/// `ln Σ e^{z/τ}`. Whole vocabularies: `linalg::softmax`, which is faster.
#[inline(never)]
pub fn softmax(row: &[f32], temperature: f64, out: &mut [f64]) -> f64 {
    let largest = row.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b)) as f64;
    let mut sum = 0.0;
    for (p, &z) in out.iter_mut().zip(row) {
        *p = ((z as f64 - largest) / temperature).exp();
        sum += *p;
    }
    out.iter_mut().for_each(|p| *p /= sum);
    largest / temperature + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::softmax;

    #[test]
    fn large_values_keep_their_small_differences() {
        let mut p = [0.0; 2];
        let normalizer = softmax(&[5000.5, 5000.0], 0.5, &mut p);
        let first = 1.0 / (1.0 + (-1f64).exp());
        assert!((p[0] - first).abs() < 1e-12 && (p[0] + p[1] - 1.0).abs() < 1e-12);
        assert!((normalizer - (10001.0 - first.ln())).abs() < 1e-9);
        assert!(softmax(&[f32::NAN, 0.0], 1.0, &mut p).is_nan());
    }
}
