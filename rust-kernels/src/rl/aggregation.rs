/// How the losses of single tokens become one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AggregationMode {
    /// `Σ m·l / Σ m`: every token counts the same.
    TokenMean,
    /// `Σ m·l`.
    TokenSum,
    /// Row sums, mean over rows: longer rows count more.
    SequenceMeanTokenSum,
    /// Row means, mean over rows: every row counts the same.
    SequenceMeanTokenMean,
    /// Row sums over a fixed length, mean over rows (Dr.GRPO).
    SequenceMeanTokenSumNorm,
}

impl AggregationMode {
    /// The mode with this number, in the order of declaration.
    pub fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::TokenMean,
            1 => Self::TokenSum,
            2 => Self::SequenceMeanTokenSum,
            3 => Self::SequenceMeanTokenMean,
            4 => Self::SequenceMeanTokenSumNorm,
            _ => return None,
        })
    }
}

/// A mode with the denominators that may replace the local ones. Each is used only when above 0.
#[derive(Clone, Copy, Debug)]
pub struct Aggregation {
    pub mode: AggregationMode,
    /// Fixed length of `SequenceMeanTokenSumNorm`; otherwise the longest row.
    pub norm: f64,
    /// Replaces the count of learnable tokens (gradient accumulation over several calls).
    pub global_tokens: f64,
    /// Replaces the count of rows that have a learnable token.
    pub global_rows: f64,
}

/// The weight of each token's loss in the aggregate: `loss = Σ w·l`, so `w` is the gradient of the loss by `l` too.
///
/// # Shapes
/// `mask` and `out` [tokens]; `row_lengths` [rows] with Σ = tokens. Weights are 0 where the mask is 0, and everywhere when nothing is learnable.
pub fn token_weights(aggregation: &Aggregation, mask: &[u8], row_lengths: &[u32], out: &mut [f32]) {
    let learnable = |row: &[u8]| row.iter().filter(|&&m| m != 0).count();
    let positive = |given: f64, local: f64| if given > 0.0 { given } else { local };
    let whole = match aggregation.mode {
        AggregationMode::TokenSum => Some(1.0),
        AggregationMode::TokenMean => {
            Some(1.0 / positive(aggregation.global_tokens, learnable(mask).max(1) as f64))
        }
        _ => None,
    };
    if let Some(weight) = whole {
        fill(mask, weight as f32, out);
        return;
    }
    let mut filled = 0;
    let mut start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        filled += usize::from(mask[start..end].iter().any(|&m| m != 0));
        start = end;
    }
    let rows = positive(aggregation.global_rows, filled.max(1) as f64);
    let longest = row_lengths.iter().copied().max().unwrap_or(1).max(1) as f64;
    start = 0;
    for &length in row_lengths {
        let end = start + length as usize;
        let row = &mask[start..end];
        let per_row = match aggregation.mode {
            AggregationMode::SequenceMeanTokenMean => learnable(row).max(1) as f64,
            AggregationMode::SequenceMeanTokenSumNorm => positive(aggregation.norm, longest),
            _ => 1.0,
        };
        fill(row, (1.0 / (rows * per_row)) as f32, &mut out[start..end]);
        start = end;
    }
}

fn fill(mask: &[u8], weight: f32, out: &mut [f32]) {
    for (o, &m) in out.iter_mut().zip(mask) {
        *o = if m != 0 { weight } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(mode: AggregationMode, norm: f64, tokens: f64, rows: f64) -> Vec<f32> {
        let mask = [1, 1, 0, 0, 1, 0];
        let mut out = [9.0; 6];
        let aggregation = Aggregation {
            mode,
            norm,
            global_tokens: tokens,
            global_rows: rows,
        };
        token_weights(&aggregation, &mask, &[3, 1, 2], &mut out);
        out.to_vec()
    }

    #[test]
    fn weights_of_each_mode() {
        use AggregationMode::*;
        let third = 1.0 / 3.0;
        assert_eq!(
            weights(TokenMean, 0., 0., 0.),
            [third, third, 0., 0., third, 0.]
        );
        assert_eq!(
            weights(TokenMean, 0., 4., 0.),
            [0.25, 0.25, 0., 0., 0.25, 0.]
        );
        assert_eq!(weights(TokenSum, 0., 0., 0.), [1., 1., 0., 0., 1., 0.]);
        assert_eq!(
            weights(SequenceMeanTokenSum, 0., 0., 0.),
            [0.5, 0.5, 0., 0., 0.5, 0.]
        );
        assert_eq!(
            weights(SequenceMeanTokenMean, 0., 0., 0.),
            [0.25, 0.25, 0., 0., 0.5, 0.]
        );
        assert_eq!(
            weights(SequenceMeanTokenSumNorm, 4., 0., 1.),
            [0.25, 0.25, 0., 0., 0.25, 0.]
        );
    }

    #[test]
    fn nothing_learnable_gives_zeros() {
        let aggregation = Aggregation {
            mode: AggregationMode::TokenMean,
            norm: 0.0,
            global_tokens: 0.0,
            global_rows: 0.0,
        };
        let mut out = [1.0; 2];
        token_weights(&aggregation, &[0, 0], &[2], &mut out);
        assert_eq!(out, [0.0, 0.0]);
    }
}
