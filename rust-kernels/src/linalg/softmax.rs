//! Softmax over one row of logits under a mask, in one fixed order of operations.

/// True when token `j` is allowed by the bit set.
#[inline(always)]
pub fn allowed(mask: Option<&[u32]>, j: usize) -> bool {
    mask.is_none_or(|m| m[j >> 5] >> (j & 31) & 1 == 1)
}

/// `ln Σ_{allowed j} exp(logits_j / temperature)`; −∞ when nothing is allowed.
pub fn log_normalizer(logits: &[f32], mask: Option<&[u32]>, temperature: f32) -> f32 {
    let inverse = 1.0 / temperature;
    let mut max = f32::NEG_INFINITY;
    for (j, &x) in logits.iter().enumerate() {
        if allowed(mask, j) {
            max = max.max(x * inverse);
        }
    }
    if max == f32::NEG_INFINITY {
        return max;
    }
    let mut sum = 0.0f32;
    for (j, &x) in logits.iter().enumerate() {
        if allowed(mask, j) {
            sum += (x * inverse - max).exp();
        }
    }
    max + sum.ln()
}

/// Fills `out` with the softmax (0 where masked) and returns the log normalizer.
pub fn probabilities(
    logits: &[f32],
    mask: Option<&[u32]>,
    temperature: f32,
    out: &mut [f32],
) -> f32 {
    let normalizer = log_normalizer(logits, mask, temperature);
    let inverse = 1.0 / temperature;
    for (j, (o, &x)) in out.iter_mut().zip(logits).enumerate() {
        *o = if allowed(mask, j) {
            (x * inverse - normalizer).exp()
        } else {
            0.0
        };
    }
    normalizer
}

/// `−Σ p ln p` of that softmax, in nats.
pub fn entropy(logits: &[f32], mask: Option<&[u32]>, temperature: f32) -> f32 {
    let normalizer = log_normalizer(logits, mask, temperature);
    let inverse = 1.0 / temperature;
    let mut sum = 0.0f32;
    for (j, &x) in logits.iter().enumerate() {
        if allowed(mask, j) {
            let log_probability = x * inverse - normalizer;
            sum -= log_probability.exp() * log_probability;
        }
    }
    sum
}
