//! Words as their most probable tokens.

use super::model::{Fallback, Span};
use super::trie::Trie;
use std::cell::RefCell;

/// How much worse than the worst token a character without one is.
const UNKNOWN_PENALTY: f64 = 10.0;

/// Tokens with log-probabilities: the best sum wins.
///
/// ```text
/// best(0) = 0,  best(j) = max over tokens t that end at j of best(j − |t|) + score(t)
/// ```
///
/// Kudo 2018, "Subword Regularization", section 3.2.
pub struct Unigram {
    trie: Trie,
    /// By id.
    scores: Vec<f64>,
    unknown: Option<u32>,
    unknown_score: f64,
    fallback: Option<Fallback>,
    best: RefCell<Vec<Best>>,
}

/// The best way to a place: where its last token begins (or nowhere yet).
#[derive(Clone, Copy)]
struct Best {
    score: f64,
    from: usize,
    id: u32,
}

const UNREACHED: Best = Best {
    score: 0.0,
    from: usize::MAX,
    id: 0,
};

impl Unigram {
    pub fn new(
        tokens: &[(u32, Vec<u8>)],
        scores: Vec<f64>,
        unknown: Option<u32>,
        byte_fallback: bool,
    ) -> Self {
        let worst = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let trie = Trie::new(tokens);
        let fallback = byte_fallback.then(|| Fallback::new(|token| trie.get(token)));
        Self {
            trie,
            scores,
            unknown,
            unknown_score: worst - UNKNOWN_PENALTY,
            fallback,
            best: RefCell::default(),
        }
    }

    /// # Errors
    /// When a character has no token and there is none for unknown ones.
    pub fn encode(&self, piece: &str, spans: &mut Vec<Span>) -> Result<(), String> {
        let best = &mut *self.best.borrow_mut();
        best.clear();
        best.resize(piece.len() + 1, UNREACHED);
        best[0].from = 0;
        for (at, character) in piece.char_indices() {
            let here = best[at].score;
            let length = character.len_utf8();
            let mut single = false;
            let mut offer = |end: usize, score: f64, id: u32| {
                if best[end].from == usize::MAX || here + score > best[end].score {
                    best[end] = Best {
                        score: here + score,
                        from: at,
                        id,
                    };
                }
            };
            for (reach, id) in self.trie.prefixes(Trie::ROOT, &piece.as_bytes()[at..]) {
                offer(at + reach, self.scores[id as usize], id);
                single |= reach == length;
            }
            if !single {
                let unknown = self.unknown.ok_or_else(|| {
                    format!("character '{character}' has no token, and there is no unknown token")
                })?;
                offer(at + length, self.unknown_score, unknown);
            }
        }
        self.trace(piece, best, spans);
        Ok(())
    }

    /// The best path from its end; neighbouring unknown characters are one.
    fn trace(&self, piece: &str, best: &[Best], spans: &mut Vec<Span>) {
        let first = spans.len();
        let mut end = piece.len();
        while end > 0 {
            let Best { from, id, .. } = best[end];
            if Some(id) != self.unknown {
                spans.push(Span::new(id, from, end));
                end = from;
                continue;
            }
            let mut start = from;
            while start > 0 && Some(best[start].id) == self.unknown {
                start = best[start].from;
            }
            self.unknown(piece, start, end, id, spans);
            end = start;
        }
        spans[first..].reverse();
    }

    /// Characters without a token, in reverse order: their bytes where all have tokens.
    fn unknown(&self, piece: &str, start: usize, end: usize, id: u32, spans: &mut Vec<Span>) {
        let bytes = &piece.as_bytes()[start..end];
        if let Some(id) = self.trie.get(bytes) {
            return spans.push(Span::new(id, start, end));
        }
        match self
            .fallback
            .as_ref()
            .and_then(|fallback| fallback.ids(bytes))
        {
            Some(ids) => spans.extend(ids.rev().map(|id| Span::new(id, start, end))),
            None => spans.push(Span::new(id, start, end)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(piece: &str) -> Vec<(u32, u32, u32)> {
        // the example of the reference implementation
        let tokens = ["<unk>", "a", "b", "c", "d", "cd", "ab", "abc", "abcd"];
        let scores = vec![0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 5.0, 10.0];
        let tokens: Vec<_> = (0u32..)
            .zip(tokens.map(|t| t.as_bytes().to_vec()))
            .collect();
        let unigram = Unigram::new(&tokens, scores, Some(0), false);
        let mut spans = Vec::new();
        unigram.encode(piece, &mut spans).unwrap();
        spans.iter().map(|s| (s.id, s.start, s.end)).collect()
    }

    #[test]
    fn encode_takes_the_best_sum_and_joins_unknown_characters() {
        assert_eq!(
            encode("abcdacdxx"),
            [(8, 0, 4), (1, 4, 5), (5, 5, 7), (0, 7, 9)]
        );
        assert_eq!(encode("é"), [(0, 0, 2)]);
        assert_eq!(encode(""), []);
    }
}
