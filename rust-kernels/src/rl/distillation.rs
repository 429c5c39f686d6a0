use crate::linalg::softmax::probabilities;

/// Generalized Jensen–Shannon divergence between a teacher and a student, from logits, and its gradient.
///
/// ```text
/// P = softmax(teacher/τ)   S = softmax(logits/τ)   M = (1−β)·S + β·P
/// l = KL(P‖S) at β = 0,  KL(S‖P) at β = 1,  else β·KL(P‖M) + (1−β)·KL(S‖M)      loss = Σ w·l
/// ∂l/∂z_v = (S_v − P_v)/τ at β = 0, else S_v(g_v − Σ S·g)/τ,  g = ln S − ln P at β = 1, else (1−β)(ln S − ln M)
/// ```
///
/// A probability of 0 adds nothing on its own side; where the other side needs it, the divergence is infinite.
///
/// # Shapes
/// `logits`, `teacher`, `d_logits` `[tokens, vocabulary]`; `weights`, `mask` `[tokens]`. Returns the loss and the
/// learnable tokens whose divergence is NaN or infinite.
pub fn distillation(
    logits: &[f32],
    teacher: &[f32],
    weights: &[f32],
    mask: &[u8],
    temperature: f32,
    beta: f64,
    d_logits: &mut [f32],
) -> (f64, f64) {
    let width = logits.len().checked_div(mask.len()).unwrap_or(0);
    let (mut loss, mut bad) = (0.0f64, 0.0f64);
    let mut taught = vec![0.0f32; width];
    let mut pulls = vec![0.0f64; width];
    let inverse = 1.0 / temperature as f64;
    for t in 0..mask.len() {
        let span = t * width..(t + 1) * width;
        let slope = &mut d_logits[span.clone()];
        if mask[t] == 0 {
            slope.fill(0.0);
            continue;
        }
        let (own, other) = (&logits[span.clone()], &teacher[span]);
        let own_normalizer = probabilities(own, None, temperature, slope) as f64;
        let other_normalizer = probabilities(other, None, temperature, &mut taught) as f64;
        let (mut divergence, mut mean_pull) = (0.0f64, 0.0f64);
        for v in 0..width {
            let (s, p) = (slope[v] as f64, taught[v] as f64);
            let log_s = own[v] as f64 * inverse - own_normalizer;
            let log_p = other[v] as f64 * inverse - other_normalizer;
            let (term, pull) = if beta == 0.0 {
                (weighted(p, || log_p - log_s), 0.0)
            } else if beta == 1.0 {
                let gap = if s == 0.0 { 0.0 } else { log_s - log_p };
                (weighted(s, || gap), gap)
            } else {
                let log_m = ((1.0 - beta) * s + beta * p).ln();
                let gap = if s == 0.0 {
                    0.0
                } else {
                    (1.0 - beta) * (log_s - log_m)
                };
                (
                    beta * weighted(p, || log_p - log_m) + weighted(s, || gap),
                    gap,
                )
            };
            divergence += term;
            mean_pull += s * pull;
            pulls[v] = pull;
        }
        let scale = weights[t] as f64 * inverse;
        for v in 0..width {
            let s = slope[v] as f64;
            let by_logit = if beta == 0.0 {
                s - taught[v] as f64
            } else {
                s * (pulls[v] - mean_pull)
            };
            slope[v] = (scale * by_logit) as f32;
        }
        let term = weights[t] as f64 * divergence;
        loss += term;
        bad += f64::from(u8::from(!term.is_finite()));
    }
    (loss, bad)
}

/// `p·x`, 0 where `p` is 0 whatever `x` is.
fn weighted(p: f64, x: impl FnOnce() -> f64) -> f64 {
    if p == 0.0 {
        0.0
    } else {
        p * x()
    }
}
