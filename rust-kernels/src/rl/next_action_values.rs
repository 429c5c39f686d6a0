/// What the next state is worth by the values of its actions: of the largest, of the one that `selector` finds largest
/// (double Q-learning), or on average under `probabilities` (expected SARSA). At a tie the first.
///
/// # Shapes
/// `q`, `selector`, `probabilities` `[n, actions]`, the last two may be empty; `out` `[n]`. Probabilities win. A
/// probability of 0 adds 0. A state with a NaN among its values is worth NaN.
pub fn next_action_values(q: &[f32], selector: &[f32], probabilities: &[f32], out: &mut [f32]) {
    let width = q.len().checked_div(out.len()).unwrap_or(0);
    for (i, value) in out.iter_mut().enumerate() {
        let span = i * width..(i + 1) * width;
        let row = &q[span.clone()];
        *value = if !probabilities.is_empty() {
            let terms = row.iter().zip(&probabilities[span]);
            terms
                .map(|(&q, &p)| if p == 0.0 { 0.0 } else { q as f64 * p as f64 })
                .sum::<f64>() as f32
        } else if selector.is_empty() {
            row[first_largest(row)]
        } else {
            row[first_largest(&selector[span])]
        };
    }
}

/// Index of the largest, or of the first NaN.
fn first_largest(row: &[f32]) -> usize {
    let mut best = 0;
    for (i, &x) in row.iter().enumerate() {
        if !row[best].is_nan() && (x > row[best] || x.is_nan()) {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_choosing() {
        let q = [1.0, 3.0, 2.0, 5.0, 5.0, 4.0];
        let run = |selector: &[f32], probabilities: &[f32]| {
            let mut out = [0.0; 2];
            next_action_values(&q, selector, probabilities, &mut out);
            out
        };
        assert_eq!(run(&[], &[]), [3.0, 5.0]);
        assert_eq!(run(&[0.0, 0.0, 9.0, 0.0, 0.0, 0.0], &[]), [2.0, 5.0]);
        assert_eq!(run(&[], &[0.5, 0.0, 0.5, 0.0, 0.0, 1.0]), [1.5, 4.0]);
        assert_eq!(first_largest(&[2.0, 7.0, 7.0]), 1);
        assert_eq!(first_largest(&[2.0, f32::NAN, 7.0]), 1);
    }
}
