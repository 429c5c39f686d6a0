/// Euclidean norm of all gradients, `√Σg²`, accumulated in f64 over four lanes in one fixed order.
///
/// Not finite when a gradient is not finite: the caller then skips the update.
pub fn global_norm(gradients: &[f32]) -> f64 {
    let mut lanes = [0.0f64; 4];
    let chunks = gradients.chunks_exact(4);
    let rest = chunks.remainder();
    for chunk in chunks {
        for j in 0..4 {
            let g = chunk[j] as f64;
            lanes[j] += g * g;
        }
    }
    for (lane, &g) in lanes.iter_mut().zip(rest) {
        *lane += g as f64 * g as f64;
    }
    (lanes[0] + lanes[1] + lanes[2] + lanes[3]).sqrt()
}

/// How the clipping factor is made from the norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClipRule {
    /// PyTorch: `min(1, max_norm/(norm + 1e-6))`.
    Torch,
    /// Optax: 1 when `norm < max_norm`, else `max_norm/norm`.
    Optax,
}

/// The factor that brings gradients of this norm to at most `max_norm`; 1 when `max_norm` is 0 or less (no clipping).
///
/// A norm that is not finite gives 0, so that a scaled gradient cannot do harm; test the norm and skip the update.
pub fn clip_scale(norm: f64, max_norm: f64, rule: ClipRule) -> f32 {
    if !norm.is_finite() {
        return 0.0;
    }
    if max_norm <= 0.0 {
        return 1.0;
    }
    match rule {
        ClipRule::Torch => (max_norm / (norm + 1e-6)).min(1.0) as f32,
        ClipRule::Optax if norm < max_norm => 1.0,
        ClipRule::Optax => (max_norm / norm) as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norm_of_a_right_triangle() {
        assert_eq!(global_norm(&[3.0, 0.0, 0.0, 0.0, 4.0]), 5.0);
        assert_eq!(global_norm(&[]), 0.0);
        assert!(global_norm(&[1.0, f32::NAN]).is_nan());
        // f32 squares would overflow here.
        assert!((global_norm(&[1e30, 1e30]) - 2f64.sqrt() * 1e30).abs() < 1e24);
    }

    #[test]
    fn scale_is_one_inside_the_bound() {
        assert_eq!(clip_scale(0.5, 1.0, ClipRule::Torch), 1.0);
        assert_eq!(clip_scale(0.0, 1.0, ClipRule::Optax), 1.0);
        assert!((clip_scale(4.0, 1.0, ClipRule::Optax) - 0.25).abs() < 1e-7);
        assert_eq!(clip_scale(4.0, 0.0, ClipRule::Torch), 1.0);
        assert_eq!(clip_scale(f64::NAN, 1.0, ClipRule::Torch), 0.0);
    }
}
