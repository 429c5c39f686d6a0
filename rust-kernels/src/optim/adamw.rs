use super::flush::{flush, TINY_GRADIENT, TINY_MOMENT, TINY_SQUARE};

/// One AdamW update (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2, with the decay scaled by the learning rate).
///
/// ```text
/// g ← gradient_scale·g          p ← p·(1 − learning_rate·weight_decay)
/// m ← β₁m + (1−β₁)g             v ← β₂v + (1−β₂)g²
/// p ← p − learning_rate · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)
/// ```
///
/// # Shapes
/// All four slices have `[n]` elements. `update` is t, counted from 1. `gradient_scale` carries the clipping factor.
///
/// # Panics
/// If a slice is shorter than `parameters`.
pub fn adamw(
    parameters: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    v: &mut [f32],
    update: u32,
    learning_rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    weight_decay: f32,
    gradient_scale: f32,
) {
    let n = parameters.len();
    let (gradients, m, v) = (&gradients[..n], &mut m[..n], &mut v[..n]);
    let t = update.max(1) as f64;
    let rate = (learning_rate as f64 / (1.0 - (beta1 as f64).powf(t))) as f32;
    let root_scale = (1.0 / (1.0 - (beta2 as f64).powf(t)).sqrt()) as f32;
    let keep = 1.0 - learning_rate * weight_decay;
    let (new1, new2) = (1.0 - beta1, 1.0 - beta2);
    for i in 0..n {
        let gradient = flush(gradients[i] * gradient_scale, TINY_GRADIENT);
        let first = flush(beta1 * m[i] + new1 * gradient, TINY_MOMENT);
        let second = flush(beta2 * v[i] + new2 * (gradient * gradient), TINY_SQUARE);
        m[i] = first;
        v[i] = second;
        parameters[i] =
            parameters[i] * keep - rate * first / (second.sqrt() * root_scale + epsilon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_update_moves_by_the_learning_rate() {
        // m = 0.1·3, v = 0.001·9; corrected 3 and 9; 3/√9 = 1.
        let (mut p, mut m, mut v) = ([1.0f32, -2.0], [0.0; 2], [0.0; 2]);
        adamw(
            &mut p,
            &[3.0, -3.0],
            &mut m,
            &mut v,
            1,
            0.1,
            0.9,
            0.999,
            1e-8,
            0.0,
            1.0,
        );
        assert!((p[0] - 0.9).abs() < 1e-6 && (p[1] + 1.9).abs() < 1e-6);
    }

    #[test]
    fn decay_acts_without_gradient_and_moments_never_become_subnormal() {
        let (mut p, mut m, mut v) = ([2.0f32], [1e-29f32], [1e-35f32]);
        for update in 1..5000 {
            adamw(
                &mut p,
                &[0.0],
                &mut m,
                &mut v,
                update,
                0.1,
                0.9,
                0.999,
                1e-8,
                0.01,
                1.0,
            );
            assert!(m[0] == 0.0 || m[0].is_normal());
            assert!(v[0] == 0.0 || v[0].is_normal());
        }
        assert!((p[0] - 2.0 * 0.999f32.powi(4999)).abs() < 1e-4);
    }

    #[test]
    fn updating_in_parts_gives_the_same_bits() {
        let gradients: Vec<f32> = (0..37)
            .map(|i| ((i * 7919 % 101) as f32 - 50.0) * 0.01)
            .collect();
        let run = |cut: usize| {
            let (mut p, mut m, mut v) = (vec![0.5f32; 37], vec![0.0f32; 37], vec![0.0f32; 37]);
            for update in 1..4 {
                for (a, b) in [(0, cut), (cut, 37)] {
                    adamw(
                        &mut p[a..b],
                        &gradients[a..b],
                        &mut m[a..b],
                        &mut v[a..b],
                        update,
                        1e-2,
                        0.9,
                        0.99,
                        1e-8,
                        0.1,
                        0.7,
                    );
                }
            }
            p.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(run(0), run(5));
        assert_eq!(run(0), run(18));
    }
}
