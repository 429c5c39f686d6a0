//! Making tokens of the last ones less likely.

use super::row::Row;

/// Penalties over a window, as llama.cpp has them: prompt and answer count alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowPenalties {
    /// Tokens of the context that count, from its end.
    pub window: usize,
    /// Divides positive and multiplies other logits; 1 is none.
    pub repetition: f64,
    /// Taken off once for each time.
    pub frequency: f64,
    /// Taken off once.
    pub presence: f64,
}

impl WindowPenalties {
    /// ```text
    /// x ← (x > 0 ? x / repetition : x · repetition) − count · frequency − presence       count > 0
    /// ```
    pub fn apply(&self, row: &mut Row, context: &[u32]) {
        if self.repetition == 1.0 && self.frequency == 0.0 && self.presence == 0.0 {
            return;
        }
        let mut last = context[context.len().saturating_sub(self.window)..].to_vec();
        last.sort_unstable();
        for same in last.chunk_by(|a, b| a == b) {
            let (id, count) = (same[0], same.len());
            row.edit(id, |x| {
                let x = if x > 0.0 {
                    x / self.repetition
                } else {
                    x * self.repetition
                };
                x - count as f64 * self.frequency - self.presence
            });
        }
    }
}
