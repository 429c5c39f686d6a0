use super::softmax::softmax;

/// Constants of `unlikelihood`.
#[derive(Clone, Copy, Debug)]
pub struct UnlikelihoodOptions {
    /// Weight of the candidates: the distinct earlier targets of the row.
    pub alpha: f64,
    /// `1 − p` is not taken below this, with gradient 0 there.
    pub floor: f64,
}

/// Likelihood of what should be said, and unlikelihood of what should not.
///
/// ```text
/// u(c) = −ln max(1 − p_c, floor)      p = softmax(z)
/// l = u(target) where `unwanted`, else −ln p_target + α·Σ_{c in C} u(c)      loss = Σ w·l
/// C: distinct targets earlier in the row, learnable or not, without the target itself
/// ∂u(c)/∂z_v = p_c/(1 − p_c)·([v = c] − p_v)
/// ```
///
/// # Shapes
/// `logits`, `d_logits` `[tokens, vocabulary]`; `targets`, `unwanted` (may be empty), `weights`, `mask` `[tokens]`;
/// `row_lengths` `[rows]`. Targets at learnable tokens must be below the vocabulary size; others that are not are no
/// candidates. Returns the loss, the part of it that is unlikelihood, and the learnable tokens whose loss is NaN or infinite.
pub fn unlikelihood(
    logits: &[f32],
    targets: &[u32],
    unwanted: &[u8],
    weights: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    options: &UnlikelihoodOptions,
    d_logits: &mut [f32],
) -> (f64, f64, f64) {
    let vocabulary = logits.len().checked_div(mask.len()).unwrap_or(0);
    let (mut loss, mut pushed, mut bad) = (0.0f64, 0.0f64, 0.0f64);
    let mut candidates: Vec<usize> = Vec::new();
    let mut seen = vec![false; vocabulary];
    let mut p = vec![0.0f64; vocabulary];
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        for t in start..end {
            let target = targets[t] as usize;
            let span = t * vocabulary..(t + 1) * vocabulary;
            let slope = &mut d_logits[span.clone()];
            slope.fill(0.0);
            if mask[t] != 0 {
                let weight = weights[t] as f64;
                let log_normalizer = softmax(&logits[span.clone()], 1.0, &mut p);
                let (mut likely, mut unlikely, mut pulls) = (0.0f64, 0.0f64, 0.0f64);
                let mut push = |c: usize, scale: f64| {
                    let rest = 1.0 - p[c];
                    // NaN goes on as NaN.
                    unlikely -= scale
                        * if rest < options.floor {
                            options.floor
                        } else {
                            rest
                        }
                        .ln();
                    if rest >= options.floor {
                        slope[c] += (weight * scale * p[c] / rest) as f32;
                        pulls += scale * p[c] / rest;
                    }
                };
                if unwanted.get(t).is_some_and(|&u| u != 0) {
                    push(target, 1.0);
                } else {
                    if options.alpha != 0.0 {
                        for &c in candidates.iter().filter(|&&c| c != target) {
                            push(c, options.alpha);
                        }
                    }
                    likely = log_normalizer - logits[span.start + target] as f64;
                    slope[target] -= weight as f32;
                    pulls -= 1.0;
                }
                for (s, &p) in slope.iter_mut().zip(&p) {
                    *s -= (weight * pulls * p) as f32;
                }
                let term = weight * (likely + unlikely);
                loss += term;
                pushed += weight * unlikely;
                bad += f64::from(u8::from(!term.is_finite()));
            }
            if target < vocabulary && !seen[target] {
                seen[target] = true;
                candidates.push(target);
            }
        }
        for c in candidates.drain(..) {
            seen[c] = false;
        }
        start = end;
    }
    (loss, pushed, bad)
}
