//! The tokens within some standard deviations of the largest (Tang et al. 2024, <https://arxiv.org/abs/2411.07641>).

use super::row::Row;

/// Removes the tokens more than `n` standard deviations below the largest logit; 0 and less keep all.
///
/// ```text
/// keep logit ≥ max − n·σ,   σ² = Σ (logit − mean)² / tokens
/// ```
pub fn top_n_sigma(row: &mut Row, n: f64) {
    if n <= 0.0 || row.size <= 1 {
        return;
    }
    let largest = row.largest();
    let (mean, count) = moment(row, |x| x);
    let mean = mean / count.max(1) as f64;
    let (squares, _) = moment(row, |x| (x - mean) * (x - mean));
    let deviation = if count > 0 {
        (squares / count as f64).sqrt()
    } else {
        0.0
    };
    let size = row.size;
    row.retain(largest - n * deviation);
    row.size = size; // what is out is still counted, as in llama.cpp
}

fn moment(row: &mut Row, f: impl Fn(f64) -> f64) -> (f64, usize) {
    let (mut sum, mut count) = (0.0, 0);
    let mut add = |x: f64| {
        if x > f64::NEG_INFINITY {
            sum += f(x);
            count += 1;
        }
    };
    match row.whole() {
        Some(whole) => whole.iter().for_each(|&x| add(x as f64)),
        None => row.list().iter().for_each(|c| add(c.logit)),
    }
    (sum, count)
}
