//! Drawing one token. Stands in for `sampling::sample`.

use crate::linalg::softmax::{log_normalizer, probabilities};

/// How to draw; 0 (top_k, min_p) and 1 (top_p) switch a truncation off.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub temperature: f32,
    pub top_k: u32,
    pub top_p: f32,
    pub min_p: f32,
}

/// (token, raw log-probability, behaviour log-probability).
pub fn draw(
    logits: &[f32],
    mask: Option<&[u32]>,
    options: &Options,
    uniform: f32,
) -> (u32, f32, f32) {
    let greedy = options.temperature == 0.0;
    let temperature = if greedy { 1.0 } else { options.temperature };
    let mut p = vec![0.0; logits.len()];
    let normalizer = probabilities(logits, mask, temperature, &mut p);
    let mut order: Vec<usize> = (0..p.len()).filter(|&j| p[j] > 0.0).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]).then(a.cmp(&b)));
    let top = order.first().map_or(0, |&j| j);
    let raw = |j: usize| logits[j] - log_normalizer(logits, None, 1.0);
    if greedy {
        return (top as u32, raw(top), 0.0);
    }
    let mut kept = order.len();
    if options.top_k > 0 {
        kept = kept.min(options.top_k as usize);
    }
    let mut sum = 0.0;
    for (n, &j) in order.iter().enumerate().take(kept) {
        if (sum >= options.top_p && options.top_p < 1.0 || p[j] < options.min_p * p[top]) && n > 0 {
            kept = n;
            break;
        }
        sum += p[j];
    }
    let truncated = kept < order.len();
    order.truncate(kept);
    let total: f32 = order.iter().map(|&j| p[j]).sum();
    let (mut left, mut token) = (uniform * total, top);
    for &j in &order {
        token = j;
        left -= p[j];
        if left < 0.0 {
            break;
        }
    }
    let mut behavior = logits[token] * (1.0 / temperature) - normalizer;
    if truncated {
        behavior -= total.ln();
    }
    (token as u32, raw(token), behavior)
}
