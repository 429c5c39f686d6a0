/// Shifts and scales the numbers under the mask to mean 0 and variance 1 in place; the others become 0.
///
/// ```text
/// y = (x − mean)/√(variance + ε)      variance = Σ(x − mean)²/(n − 1), 0 for a single number
/// ```
///
/// # Shapes
/// `values`, `mask` `[n]`.
pub fn whiten(values: &mut [f32], mask: &[u8], epsilon: f64) {
    let (mut sum, mut n) = (0.0f64, 0.0f64);
    for (&x, _) in values.iter().zip(mask).filter(|(_, &m)| m != 0) {
        sum += x as f64;
        n += 1.0;
    }
    let mean = sum / n.max(1.0);
    let mut squares = 0.0f64;
    for (&x, _) in values.iter().zip(mask).filter(|(_, &m)| m != 0) {
        squares += (x as f64 - mean).powi(2);
    }
    let scale = 1.0 / (squares / (n - 1.0).max(1.0) + epsilon).sqrt();
    for (x, &m) in values.iter_mut().zip(mask) {
        *x = if m != 0 {
            ((*x as f64 - mean) * scale) as f32
        } else {
            0.0
        };
    }
}
