use super::flush::{flush, TINY_MOMENT};

/// One update of stochastic gradient descent with momentum (Sutskever et al. 2013; PyTorch's form, no dampening).
///
/// ```text
/// g ← gradient_scale·g + weight_decay·p      v ← momentum·v + g
/// p ← p − learning_rate·(nesterov ? g + momentum·v : v)
/// ```
///
/// # Shapes
/// All three slices have `[n]` elements; `velocity` starts as zeros.
///
/// # Panics
/// If a slice is shorter than `parameters`.
pub fn sgd(
    parameters: &mut [f32],
    gradients: &[f32],
    velocity: &mut [f32],
    learning_rate: f32,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
    gradient_scale: f32,
) {
    let n = parameters.len();
    let (gradients, velocity) = (&gradients[..n], &mut velocity[..n]);
    let (own, carried) = if nesterov {
        (1.0, momentum)
    } else {
        (0.0, 1.0)
    };
    for i in 0..n {
        let gradient = gradients[i] * gradient_scale + weight_decay * parameters[i];
        let speed = flush(momentum * velocity[i] + gradient, TINY_MOMENT);
        velocity[i] = speed;
        parameters[i] -= learning_rate * (own * gradient + carried * speed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn momentum_adds_up() {
        let (mut p, mut v) = ([1.0f32], [0.0f32]);
        sgd(&mut p, &[1.0], &mut v, 0.1, 0.5, false, 0.0, 1.0);
        assert!((p[0] - 0.9).abs() < 1e-6);
        sgd(&mut p, &[1.0], &mut v, 0.1, 0.5, false, 0.0, 1.0); // v = 1.5
        assert!((p[0] - 0.75).abs() < 1e-6);
        sgd(&mut p, &[1.0], &mut v, 0.1, 0.5, true, 0.0, 1.0); // v = 1.75, g + 0.5·v = 1.875
        assert!((p[0] - 0.5625).abs() < 1e-6);
    }
}
