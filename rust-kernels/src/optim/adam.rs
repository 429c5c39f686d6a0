use super::adamw;

/// One Adam update with coupled L2 (Kingma & Ba, arXiv 1412.6980, algorithm 1): the decay joins the gradient.
///
/// ```text
/// g ← gradient_scale·g + weight_decay·p, then as `adamw` without decay
/// ```
///
/// # Shapes
/// As `adamw`; `gradients` is overwritten by the decayed gradient.
///
/// # Panics
/// If a slice is shorter than `parameters`.
pub fn adam(
    parameters: &mut [f32],
    gradients: &mut [f32],
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
    for (gradient, &parameter) in gradients.iter_mut().zip(parameters.iter()) {
        *gradient = *gradient * gradient_scale + weight_decay * parameter;
    }
    adamw(
        parameters,
        gradients,
        m,
        v,
        update,
        learning_rate,
        beta1,
        beta2,
        epsilon,
        0.0,
        1.0,
    );
}
