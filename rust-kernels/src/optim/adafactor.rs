use super::flush::{flush, TINY_SQUARE};

/// Which of the two common readings of Adafactor; they differ in five places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AdafactorForm {
    /// PyTorch: the rate is bounded by 1/√t and scaled by the size of the parameters.
    Torch,
    /// Hugging Face with a fixed rate; scaled by the size of the parameters where asked.
    HuggingFace { scale_parameter: bool },
}

/// Settings of [`adafactor`].
#[derive(Clone, Copy, Debug)]
pub struct AdafactorOptions {
    pub form: AdafactorForm,
    pub learning_rate: f64,
    /// Exponent of how fast old squares are forgotten; −0.8.
    pub beta2_decay: f64,
    /// Bound on squares: 1e-15 (PyTorch, on its root) or 1e-30 (Hugging Face, added).
    pub epsilon1: f64,
    /// Smallest size of parameters that scales the rate; 1e-3.
    pub epsilon2: f64,
    /// Largest root mean square of an update; 1.
    pub clip: f64,
    pub weight_decay: f64,
    /// Carries the clipping factor of gradients.
    pub gradient_scale: f64,
}

/// One Adafactor update (Shazeer & Stern, arXiv 1804.04235, algorithms 4 and 5): second moments kept as one number a row
/// and one a column.
///
/// ```text
/// k = t^beta2_decay      R ← (1−k)R + k·mean of g² over a row      C ← (1−k)C + k·mean of g² over a column
/// torch:  V = R_i C_j / max(mean R, ε₁)      u = g/√max(V, ε₁²)      α = max(ε₂, rms p)·min(learning_rate, 1/√t)
///         p ← p·(1 − learning_rate·weight_decay)                     p ← p − α·u/max(1, rms(u)/clip)
/// hugging face: g² + ε₁ in the means         u = g/(√(R_i/mean R)·√C_j)     α = learning_rate·(max(ε₂, rms p) where asked)
///         p ← p·(1 − α·weight_decay)                                 p ← p − α·u/max(1, rms(u)/clip)
/// ```
///
/// A vector (`columns` of 0) keeps every square in `row_squares`, and V is it. Both decays read p as it was before.
///
/// # Shapes
/// `parameters`, `gradients` `[rows, columns]`, `row_squares` (R) `[rows]`, `column_squares` (C) `[columns]`; of a vector
/// `[rows]`, `[rows]` and nothing. `update` is t, counted from 1. `scratch` is where u is made, as long as the parameters.
///
/// # Panics
/// If a slice is shorter than its shape.
pub fn adafactor(
    parameters: &mut [f32],
    gradients: &[f32],
    row_squares: &mut [f32],
    column_squares: &mut [f32],
    update: u32,
    options: &AdafactorOptions,
    scratch: &mut [f64],
) {
    let n = parameters.len();
    if n == 0 {
        return;
    }
    let t = update.max(1) as f64;
    let kept = t.powf(options.beta2_decay);
    let torch = options.form == AdafactorForm::Torch;
    let added = if torch { 0.0 } else { options.epsilon1 };
    let gradient = |i: usize| gradients[i] as f64 * options.gradient_scale;
    let square = |i: usize| gradient(i) * gradient(i) + added;
    let columns = column_squares.len();
    let Some(rows) = n.checked_div(columns) else {
        for i in 0..n {
            row_squares[i] = moved(row_squares[i], square(i), kept);
            scratch[i] = root_inverse(row_squares[i] as f64, torch, options.epsilon1) * gradient(i);
        }
        return apply(parameters, &scratch[..n], t, options);
    };
    for i in 0..rows {
        let sum: f64 = (i * columns..(i + 1) * columns).map(square).sum();
        row_squares[i] = moved(row_squares[i], sum / columns as f64, kept);
    }
    for j in 0..columns {
        let sum: f64 = (0..rows).map(|i| square(i * columns + j)).sum();
        column_squares[j] = moved(column_squares[j], sum / rows as f64, kept);
    }
    let mean = row_squares[..rows].iter().map(|&r| r as f64).sum::<f64>() / rows as f64;
    let divisor = if torch {
        mean.max(options.epsilon1)
    } else {
        mean
    };
    for i in 0..rows {
        let share = row_squares[i] as f64 / divisor;
        for j in 0..columns {
            let v = share * column_squares[j] as f64;
            scratch[i * columns + j] =
                root_inverse(v, torch, options.epsilon1) * gradient(i * columns + j);
        }
    }
    apply(parameters, &scratch[..n], t, options);
}

/// Moving mean of squares; nothing where it would be subnormal.
fn moved(old: f32, new: f64, kept: f64) -> f32 {
    flush(((1.0 - kept) * old as f64 + kept * new) as f32, TINY_SQUARE)
}

/// `1/√v`, bounded from below the way each form does it.
fn root_inverse(v: f64, torch: bool, epsilon1: f64) -> f64 {
    let bound = if torch {
        epsilon1 * epsilon1
    } else {
        f64::MIN_POSITIVE // squares hold ε₁ already; only a rounded-away one is 0
    };
    1.0 / if v < bound { bound } else { v }.sqrt()
}

fn apply(parameters: &mut [f32], u: &[f64], t: f64, options: &AdafactorOptions) {
    let n = parameters.len() as f64;
    let size = (parameters.iter().map(|&p| p as f64 * p as f64).sum::<f64>() / n).sqrt();
    let size = if size < options.epsilon2 {
        options.epsilon2
    } else {
        size
    };
    let (rate, decay_rate) = match options.form {
        AdafactorForm::Torch => (
            size * options.learning_rate.min(1.0 / t.sqrt()),
            options.learning_rate,
        ),
        AdafactorForm::HuggingFace { scale_parameter } => {
            let rate = options.learning_rate * if scale_parameter { size } else { 1.0 };
            (rate, rate)
        }
    };
    let rms = (u.iter().map(|&u| u * u).sum::<f64>() / n).sqrt();
    let clipped = if rms > options.clip {
        rate * options.clip / rms
    } else {
        rate * if rms.is_nan() { f64::NAN } else { 1.0 }
    };
    let keep = 1.0 - decay_rate * options.weight_decay;
    for (p, &u) in parameters.iter_mut().zip(u) {
        *p = (*p as f64 * keep - clipped * u) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: AdafactorOptions = AdafactorOptions {
        form: AdafactorForm::Torch,
        learning_rate: 0.1,
        beta2_decay: -0.8,
        epsilon1: 1e-15,
        epsilon2: 1e-3,
        clip: 1.0,
        weight_decay: 0.0,
        gradient_scale: 1.0,
    };

    #[test]
    fn first_update_of_a_vector_moves_by_rate_times_size() {
        // k = 1, so u = g/|g| = ±1; rms p = √((4 + 4)/2) = 2; 0.1·2·1.
        let (mut p, mut v) = ([2.0f32, -2.0], [0.0; 2]);
        adafactor(
            &mut p,
            &[3.0, -5.0],
            &mut v,
            &mut [],
            1,
            &OPTIONS,
            &mut [0.0; 2],
        );
        assert!((p[0] - 1.8).abs() < 1e-6 && (p[1] + 1.8).abs() < 1e-6);
        assert_eq!(v, [9.0, 25.0]);
    }

    #[test]
    fn squares_of_rank_one_are_kept_exactly() {
        // g = [1 2; 2 4]: means of rows 2.5 and 10, of columns 2.5 and 10, mean of R 6.25: V = [1 4; 4 16] = g².
        let (mut p, mut rows, mut columns) = ([1.0f32; 4], [0.0; 2], [0.0; 2]);
        let gradients = [1.0, 2.0, 2.0, 4.0];
        adafactor(
            &mut p,
            &gradients,
            &mut rows,
            &mut columns,
            1,
            &OPTIONS,
            &mut [0.0; 4],
        );
        for p in p {
            assert!((p - 0.9).abs() < 1e-6);
        }
    }

    #[test]
    fn nothing_changes_without_gradients_and_nan_is_not_hidden() {
        for form in [
            AdafactorForm::Torch,
            AdafactorForm::HuggingFace {
                scale_parameter: true,
            },
        ] {
            let options = AdafactorOptions { form, ..OPTIONS };
            let (mut p, mut rows, mut columns) = ([1.0f32; 4], [0.0; 2], [0.0; 2]);
            let mut scratch = [0.0; 4];
            adafactor(
                &mut p,
                &[0.0; 4],
                &mut rows,
                &mut columns,
                1,
                &options,
                &mut scratch,
            );
            assert_eq!(p, [1.0; 4]);
            let gradients = [f32::NAN, 0.0, 0.0, 0.0];
            adafactor(
                &mut p,
                &gradients,
                &mut rows,
                &mut columns,
                2,
                &options,
                &mut scratch,
            );
            assert!(p[0].is_nan());
        }
    }
}
