use crate::linalg::softmax::{log_normalizer, probabilities};

/// Constants of `cross_entropy`.
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropyOptions {
    /// ε: this share of the target is spread evenly over the vocabulary.
    pub label_smoothing: f32,
    /// Weight of the squared log normalizer (PaLM's z-loss).
    pub z_coefficient: f32,
}

/// Negative log-likelihood straight from logits, with label smoothing and z-loss, and its gradient.
///
/// ```text
/// Z = ln Σ_v e^{z_v}     l = (1−ε)(Z − z_target) + ε(Z − mean z) + z_coefficient·Z²     loss = Σ w·scale·l
/// ∂l/∂z_v = p_v(1 + 2·z_coefficient·Z) − (1−ε)[v = target] − ε/V
/// ```
///
/// # Shapes
/// `logits`, `d_logits` `[tokens, vocabulary]`; `targets`, `scales` (may be empty), `weights`, `mask` `[tokens]`.
/// Targets at learnable tokens must be below the vocabulary size. Returns loss and `Σ w·scale·z_coefficient·Z²`.
pub fn cross_entropy(
    logits: &[f32],
    targets: &[u32],
    scales: &[f32],
    weights: &[f32],
    mask: &[u8],
    options: &CrossEntropyOptions,
    d_logits: &mut [f32],
) -> (f64, f64) {
    let tokens = mask.len();
    let vocabulary = logits.len().checked_div(tokens).unwrap_or(0);
    let (mut loss, mut z_loss) = (0.0f64, 0.0f64);
    let (smoothing, z) = (options.label_smoothing, options.z_coefficient);
    for t in 0..tokens {
        let row = &logits[t * vocabulary..(t + 1) * vocabulary];
        let slope = &mut d_logits[t * vocabulary..(t + 1) * vocabulary];
        if mask[t] == 0 {
            slope.fill(0.0);
            continue;
        }
        let weight = weights[t] * if scales.is_empty() { 1.0 } else { scales[t] };
        let normalizer = probabilities(row, None, 1.0, slope);
        let target = targets[t] as usize;
        let mut term = (1.0 - smoothing) as f64 * (normalizer - row[target]) as f64;
        if smoothing > 0.0 {
            let mean = row.iter().map(|&x| x as f64).sum::<f64>() / vocabulary as f64;
            term += smoothing as f64 * (normalizer as f64 - mean);
        }
        let square = z as f64 * (normalizer as f64).powi(2);
        loss += weight as f64 * (term + square);
        z_loss += weight as f64 * square;
        let pull = 1.0 + 2.0 * z * normalizer;
        let even = smoothing / vocabulary as f32;
        for s in slope.iter_mut() {
            *s = weight * (*s * pull - even);
        }
        slope[target] -= weight * (1.0 - smoothing);
    }
    (loss, z_loss)
}

/// Log-probability of each taken action and entropy of each row of logits.
///
/// # Shapes
/// `logits` `[n, actions]`; `taken`, `log_probs`, `entropies` `[n]`, `taken` below the number of actions. A logit of −∞ has probability 0.
pub fn categorical(logits: &[f32], taken: &[u32], log_probs: &mut [f32], entropies: &mut [f32]) {
    let width = logits.len().checked_div(taken.len()).unwrap_or(0);
    for (i, &action) in taken.iter().enumerate() {
        let row = &logits[i * width..(i + 1) * width];
        let normalizer = log_normalizer(row, None, 1.0);
        log_probs[i] = row[action as usize] - normalizer;
        entropies[i] = row_entropy(row, normalizer);
    }
}

/// Carries gradients by log-probability and entropy back to the logits.
///
/// ```text
/// ∂/∂z_v = d_log_prob·([v = taken] − p_v) − d_entropy·p_v(ln p_v + H)
/// ```
///
/// # Shapes
/// `logits`, `d_logits` `[n, actions]`; `taken`, `d_log_probs`, `d_entropies` `[n]`.
pub fn categorical_backward(
    logits: &[f32],
    taken: &[u32],
    d_log_probs: &[f32],
    d_entropies: &[f32],
    d_logits: &mut [f32],
) {
    let width = logits.len().checked_div(taken.len()).unwrap_or(0);
    for (i, &action) in taken.iter().enumerate() {
        let row = &logits[i * width..(i + 1) * width];
        let slope = &mut d_logits[i * width..(i + 1) * width];
        let normalizer = probabilities(row, None, 1.0, slope);
        let entropy = row_entropy(row, normalizer);
        let (by_log_prob, by_entropy) = (d_log_probs[i], d_entropies[i]);
        for (s, &logit) in slope.iter_mut().zip(row) {
            let p = *s;
            let spread = if p == 0.0 {
                0.0
            } else {
                p * (logit - normalizer + entropy)
            };
            *s = -by_log_prob * p - by_entropy * spread;
        }
        slope[action as usize] += by_log_prob;
    }
}

/// `−Σ p ln p`, where a probability of 0 adds 0.
fn row_entropy(row: &[f32], normalizer: f32) -> f32 {
    let mut sum = 0.0f64;
    for &logit in row {
        let log_prob = (logit - normalizer) as f64;
        let p = log_prob.exp();
        sum -= if p == 0.0 { 0.0 } else { p * log_prob };
    }
    sum as f32
}
