//! What a row says is most likely.

use super::row::Row;
use crate::linalg::softmax::log_normalizer;

/// The ids of the `count` most likely tokens, the most likely first, of equals the lower id, and their log-probabilities
/// under the whole row at temperature 1, in nats.
pub fn top_log_probs(logits: &[f32], count: usize) -> (Vec<u32>, Vec<f32>) {
    if count == 0 {
        return Default::default();
    }
    let normalizer = log_normalizer(logits, None, 1.0);
    let list = Row::new(logits, None).best(count);
    let log_probs = list.iter().map(|c| c.logit as f32 - normalizer).collect();
    (list.iter().map(|c| c.id).collect(), log_probs)
}
