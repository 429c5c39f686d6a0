//! Don't repeat yourself (<https://github.com/oobabooga/text-generation-webui/pull/5677>).

use super::row::Row;

/// Penalizes tokens that would lengthen a repetition of the context's end.
#[derive(Clone, Debug, PartialEq)]
pub struct Dry {
    pub multiplier: f64,
    pub base: f64,
    /// Repetitions shorter than this cost nothing.
    pub allowed_length: usize,
    /// Tokens of the context that count, from its end.
    pub window: usize,
    /// Sequences of tokens that no repetition reaches across.
    pub breakers: Vec<Vec<u32>>,
}

impl Dry {
    /// ```text
    /// x ← x − multiplier · base^(length − allowed_length)
    /// ```
    ///
    /// `length`: of the longest end of the context that stood before this token earlier in the window. A token that is a
    /// breaker by itself costs nothing.
    pub fn apply(&self, row: &mut Row, context: &[u32]) {
        if self.multiplier == 0.0 || self.base < 1.0 {
            return;
        }
        let last = &context[context.len().saturating_sub(self.window)..];
        if last.len() <= self.allowed_length {
            return;
        }
        let limit = self.limit(last);
        if limit < self.allowed_length {
            return;
        }
        for (id, length) in continued(last, limit) {
            let breaks = self.breakers.iter().any(|b| b.as_slice() == [id]);
            if length >= self.allowed_length && !breaks {
                let exponent = (length - self.allowed_length) as f64;
                let most = if self.base > 1.000_001 {
                    ((f32::MAX as f64).ln() / self.base.ln()).floor()
                } else {
                    f64::INFINITY
                };
                row.edit(id, |x| {
                    x - self.multiplier * self.base.powf(exponent.min(most))
                });
            }
        }
    }

    /// Tokens from the end back to the nearest breaker; the longest of those that stand at one place.
    fn limit(&self, last: &[u32]) -> usize {
        (0..last.len())
            .find_map(|back| {
                let at = last.len() - 1 - back;
                self.breakers
                    .iter()
                    .filter(|b| !b.is_empty() && last[at..].starts_with(b))
                    .map(|b| back + 1 - b.len())
                    .min()
            })
            .unwrap_or(last.len())
    }
}

/// For each token that followed an earlier copy of the end: the longest such copy, at most `limit`.
fn continued(last: &[u32], limit: usize) -> Vec<(u32, usize)> {
    let n = last.len();
    let back = |i: usize| last[n - 1 - i];
    // lengths[i]: how far the reversed context agrees with itself from i on (Gusfield's Z)
    let mut lengths = vec![0usize; n];
    let (mut left, mut right) = (0, 0);
    for i in 1..n {
        let mut length = if i < right {
            lengths[i - left].min(right - i)
        } else {
            0
        };
        while i + length < n && back(length) == back(i + length) {
            length += 1;
        }
        lengths[i] = length;
        if i + length > right {
            (left, right) = (i, i + length);
        }
    }
    let mut longest: Vec<(u32, usize)> = Vec::new();
    for i in 1..n {
        let length = lengths[i].min(limit);
        if length > 0 {
            longest.push((back(i - 1), length));
        }
    }
    longest.sort_unstable();
    let last_of_each = |a: &mut (u32, usize), b: &mut (u32, usize)| {
        let same = a.0 == b.0;
        if same {
            b.1 = a.1;
        }
        same
    };
    longest.dedup_by(last_of_each);
    longest
}
