use super::flush::{flush, TINY_MOMENT};
use crate::linalg::{gemm_nn, gemm_nt};

/// How the rate depends on the shape of a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MuonRate {
    /// `√max(1, rows/columns)` (Jordan).
    Original,
    /// `0.2·√max(rows, columns)`: updates as large as AdamW's (Moonlight, arXiv 2502.16982, equation 4).
    MatchRmsAdamw,
}

/// Settings of [`muon`].
#[derive(Clone, Copy, Debug)]
pub struct MuonOptions {
    pub learning_rate: f32,
    pub momentum: f32,
    pub nesterov: bool,
    pub weight_decay: f32,
    pub rate: MuonRate,
    /// Carries the clipping factor of gradients.
    pub gradient_scale: f32,
}

/// Coefficients of the quintic whose fixed points are spread around 1 (Jordan 2024, "Muon").
const QUINTIC: (f32, f32, f32) = (3.4445, -4.7750, 2.0315);
const ITERATIONS: u32 = 5;

/// One Muon update of a matrix (Jordan 2024, "Muon: an optimizer for hidden layers"; PyTorch's form):
/// momentum with its singular values brought near 1.
///
/// ```text
/// m ← momentum·m + (1−momentum)·g      u = (1−momentum)·g + momentum·m if nesterov else m
/// X = u/max(‖u‖, 1e-7), five times X ← aX + (bA + cA²)X with A = XXᵀ
/// p ← p·(1 − learning_rate·weight_decay) − learning_rate·(factor of the shape)·X
/// ```
///
/// Computed over the shorter side. A matrix without gradients and momentum only decays; a NaN gradient gives NaN
/// parameters. For vectors, embeddings and heads use another optimiser.
///
/// # Shapes
/// All three slices `[rows, columns]`.
///
/// # Panics
/// If a slice is shorter than its shape.
pub fn muon(
    parameters: &mut [f32],
    gradients: &[f32],
    m: &mut [f32],
    rows: usize,
    columns: usize,
    options: &MuonOptions,
) {
    let n = rows * columns;
    let mut u = vec![0.0f32; n];
    let new = 1.0 - options.momentum;
    for i in 0..n {
        let gradient = gradients[i] * options.gradient_scale;
        m[i] = flush(options.momentum * m[i] + new * gradient, TINY_MOMENT);
        u[i] = if options.nesterov {
            new * gradient + options.momentum * m[i]
        } else {
            m[i]
        };
    }
    let tall = rows > columns;
    let mut x = if tall {
        transposed(&u, rows, columns)
    } else {
        u
    };
    let (short, long) = (rows.min(columns), rows.max(columns));
    orthogonalize(&mut x, short, long);
    if tall {
        x = transposed(&x, columns, rows);
    }
    let factor = match options.rate {
        MuonRate::Original => (rows as f64 / columns.max(1) as f64).max(1.0).sqrt(),
        MuonRate::MatchRmsAdamw => 0.2 * (long as f64).sqrt(),
    };
    let rate = (options.learning_rate as f64 * factor) as f32;
    let keep = 1.0 - options.learning_rate * options.weight_decay;
    for i in 0..n {
        parameters[i] = parameters[i] * keep - rate * x[i];
    }
}

/// Brings the singular values of `x` `[rows, columns]`, rows ≤ columns, near 1.
fn orthogonalize(x: &mut [f32], rows: usize, columns: usize) {
    let norm = super::global_norm(x);
    // A NaN norm is no larger one: it has to stay NaN.
    let divisor = if norm < 1e-7 { 1e-7 } else { norm };
    x.iter_mut().for_each(|x| *x = (*x as f64 / divisor) as f32);
    let (a, b, c) = QUINTIC;
    let mut gram = vec![0.0; rows * rows];
    let mut polynomial = vec![0.0; rows * rows];
    let mut next = vec![0.0; x.len()];
    for _ in 0..ITERATIONS {
        gemm_nt(
            rows, rows, columns, x, columns, x, columns, &mut gram, rows, false,
        );
        gemm_nn(
            rows,
            rows,
            rows,
            &gram,
            rows,
            &gram,
            rows,
            &mut polynomial,
            rows,
            false,
        );
        for (p, &g) in polynomial.iter_mut().zip(&gram) {
            *p = b * g + c * *p;
        }
        gemm_nn(
            rows,
            columns,
            rows,
            &polynomial,
            rows,
            x,
            columns,
            &mut next,
            columns,
            false,
        );
        for (x, &n) in x.iter_mut().zip(&next) {
            *x = a * *x + n;
        }
    }
}

fn transposed(x: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    for i in 0..rows {
        for j in 0..columns {
            out[j * rows + i] = x[i * columns + j];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: MuonOptions = MuonOptions {
        learning_rate: 1.0,
        momentum: 0.0,
        nesterov: false,
        weight_decay: 0.0,
        rate: MuonRate::Original,
        gradient_scale: 1.0,
    };

    /// The quintic on one singular value, in f64.
    fn expected(singular: f64, norm: f64) -> f64 {
        let (a, b, c) = QUINTIC;
        (0..ITERATIONS).fold(singular / norm, |x, _| {
            a as f64 * x + b as f64 * x.powi(3) + c as f64 * x.powi(5)
        })
    }

    #[test]
    fn singular_values_follow_the_quintic_and_come_near_one() {
        let (mut p, mut m) = ([0.0f32; 6], [0.0f32; 6]);
        muon(
            &mut p,
            &[3.0, 0.0, 0.0, 0.0, 4.0, 0.0],
            &mut m,
            2,
            3,
            &OPTIONS,
        );
        for (got, singular) in [(p[0], 3.0), (p[4], 4.0)] {
            let want = expected(singular, 5.0);
            assert!((got as f64 + want).abs() < 1e-5, "{got} is not -{want}");
            assert!((0.6..1.3).contains(&want));
        }
    }

    #[test]
    fn a_tall_matrix_is_the_transposed_wide_one_at_its_own_rate() {
        let gradients: Vec<f32> = (0..12).map(|i| (i * 7 % 5) as f32 - 2.0).collect();
        let (mut wide, mut tall) = (vec![0.0f32; 12], vec![0.0f32; 12]);
        muon(&mut wide, &gradients, &mut [0.0; 12], 3, 4, &OPTIONS);
        let turned = transposed(&gradients, 3, 4);
        muon(&mut tall, &turned, &mut [0.0; 12], 4, 3, &OPTIONS);
        let back = transposed(&tall, 4, 3);
        let factor = (4.0f32 / 3.0).sqrt();
        for (w, t) in wide.iter().zip(&back) {
            assert!((w * factor - t).abs() < 1e-5);
        }
    }

    #[test]
    fn decays_without_gradients_and_shows_nan() {
        let options = MuonOptions {
            weight_decay: 0.5,
            ..OPTIONS
        };
        let (mut p, mut m) = ([2.0f32, 4.0], [0.0; 2]);
        muon(&mut p, &[0.0, 0.0], &mut m, 1, 2, &options);
        assert_eq!(p, [1.0, 2.0]);
        muon(&mut p, &[f32::NAN, 0.0], &mut m, 1, 2, &options);
        assert!(p.iter().all(|p| p.is_nan()));
        muon(&mut [], &[], &mut [], 0, 0, &options);
    }
}
