/// What each row (answer, step, episode) is worth to a loss whose unit is the row.
pub struct RowScores {
    /// `[rows]`: sum or mean of `log_prob` over learnable tokens.
    pub policy: Vec<f64>,
    /// `[rows]`: the same of `reference`; 0 without one.
    pub reference: Vec<f64>,
    /// `[rows]`: learnable tokens.
    pub tokens: Vec<f64>,
}

impl RowScores {
    /// Log-ratio of policy to reference.
    pub fn ratio(&self, row: usize) -> f64 {
        self.policy[row] - self.reference[row]
    }

    /// What a token's log-probability counts in its row's score.
    pub fn share(&self, row: usize, mean: bool) -> f64 {
        if mean {
            1.0 / self.tokens[row].max(1.0)
        } else {
            1.0
        }
    }
}

/// Scores of rows from their tokens.
///
/// ```text
/// s_b = Σ_t m·log_prob  [/ Σ_t m]        a row without learnable tokens: 0
/// ```
///
/// # Shapes
/// `log_probs`, `reference` (may be empty), `mask` `[tokens]`; `row_lengths` `[rows]`.
#[inline(never)]
pub fn row_scores(
    log_probs: &[f32],
    reference: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    mean: bool,
) -> RowScores {
    let rows = row_lengths.len();
    let mut scores = RowScores {
        policy: vec![0.0; rows],
        reference: vec![0.0; rows],
        tokens: vec![0.0; rows],
    };
    let mut start = 0;
    for (row, &length) in row_lengths.iter().enumerate() {
        let end = start + length as usize;
        for t in (start..end).filter(|&t| mask[t] != 0) {
            scores.policy[row] += log_probs[t] as f64;
            scores.reference[row] += reference.get(t).map_or(0.0, |&x| x as f64);
            scores.tokens[row] += 1.0;
        }
        let share = scores.share(row, mean);
        scores.policy[row] *= share;
        scores.reference[row] *= share;
        start = end;
    }
    scores
}

/// One slope a row to its learnable tokens, 0 elsewhere.
#[inline(never)]
pub fn spread(slopes: &[f64], mask: &[u8], row_lengths: &[u32], out: &mut [f32]) {
    let mut start = 0;
    for (&slope, &length) in slopes.iter().zip(row_lengths) {
        let end = start + length as usize;
        for t in start..end {
            out[t] = if mask[t] != 0 { slope as f32 } else { 0.0 };
        }
        start = end;
    }
}
