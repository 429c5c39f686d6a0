use super::softmax::softmax;

/// What a state is worth to a policy that is paid for its entropy too (discrete soft actor-critic).
///
/// ```text
/// π = softmax(z)      V = Σ_a π_a·(min_k q_k,a − α·ln π_a)      H = −Σ_a π_a·ln π_a
/// ∂V/∂z_a = π_a·(g_a − Σ π·g),  g = min_k q_k − α·ln π
/// ```
///
/// # Shapes
/// `logits`, `d_logits` (∂V of its own state) `[n, actions]`; `q` `[critics, n, actions]`; `values`, `entropies` `[n]`.
/// An action of probability 0 adds nothing, whatever its value.
pub fn soft_values(
    logits: &[f32],
    q: &[f32],
    alpha: f64,
    values: &mut [f32],
    entropies: &mut [f32],
    d_logits: &mut [f32],
) {
    let width = logits.len().checked_div(values.len()).unwrap_or(0);
    let (mut probabilities, mut pulls) = (vec![0.0f64; width], vec![0.0f64; width]);
    for i in 0..values.len() {
        let span = i * width..(i + 1) * width;
        let normalizer = softmax(&logits[span.clone()], 1.0, &mut probabilities);
        let (mut value, mut entropy) = (0.0f64, 0.0f64);
        for a in 0..width {
            let p = probabilities[a];
            pulls[a] = 0.0;
            if p == 0.0 {
                continue;
            }
            let log_p = logits[span.start + a] as f64 - normalizer;
            let mut least = f64::INFINITY;
            for critic in q.chunks_exact(logits.len()) {
                let x = critic[span.start + a] as f64;
                least = if x < least || x.is_nan() { x } else { least };
            }
            pulls[a] = least - alpha * log_p;
            value += p * pulls[a];
            entropy -= p * log_p;
        }
        for a in 0..width {
            d_logits[span.start + a] = if probabilities[a] == 0.0 {
                0.0
            } else {
                (probabilities[a] * (pulls[a] - value)) as f32
            };
        }
        (values[i], entropies[i]) = (value as f32, entropy as f32);
    }
}
