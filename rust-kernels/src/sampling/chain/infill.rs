//! Filling in the middle of a text (<https://github.com/ggml-org/llama.cpp/pull/9896>).

use super::row::{sort, Candidate, Row};
use super::top_p::SLACK;

/// Tokens of at least this probability are sure.
const SURE: f64 = 0.2;

/// Keeps only tokens that the model is sure of, and ends the text where it is not: for text between two others.
#[derive(Clone, Debug, PartialEq)]
pub struct Infill {
    /// The bytes of all tokens, one after the other.
    pub bytes: Vec<u8>,
    /// [tokens + 1] where each begins in `bytes`, and the end.
    pub starts: Vec<u32>,
    /// Tokens that end a text; the first is taken where no word is left.
    pub ends: Vec<u32>,
}

struct Merged {
    candidate: Candidate,
    probability: f64,
}

impl Infill {
    /// ```text
    /// 1  3·n·Σ_{ends} p > Σ_{words} p                    only the ends stay       n tokens are left
    /// 2  a piece that begins another takes its probability, or gives its own where the other has more
    /// 3  words below 0.2 go; where none is left the first end alone stays
    /// 4  words below 1 / (words + 1) of what is left go
    /// ```
    ///
    /// Ends stay in 3 and 4, and what stays keeps its logit. A first end that `may_end` does not allow leaves the row as it
    /// was.
    pub fn apply(&self, row: &mut Row, may_end: impl Fn(u32) -> bool) {
        let size = row.size as f64;
        let normalizer = row.log_normalizer();
        let mut tokens: Vec<Merged> = {
            let mut list = row.list().clone();
            sort(&mut list);
            list.into_iter()
                .map(|candidate| Merged {
                    candidate,
                    probability: (candidate.logit - normalizer).exp(),
                })
                .collect()
        };
        let ending: f64 = self.sum(&tokens, |is_end| is_end);
        if 3.0 * ending * size > self.sum(&tokens, |is_end| !is_end) {
            tokens.retain(|t| self.is_end(t.candidate.id));
            return row.keep(tokens.into_iter().map(|t| t.candidate).collect());
        }
        self.merge(&mut tokens);
        tokens.retain(|t| self.stays(t, SURE));
        let words = tokens
            .iter()
            .filter(|t| !self.is_end(t.candidate.id))
            .count();
        if words == 0 {
            if let Some(&end) = self.ends.first().filter(|&&end| may_end(end)) {
                row.keep(vec![Candidate {
                    id: end,
                    logit: 1.0,
                }]);
            }
            return;
        }
        let left: f64 = tokens.iter().map(|t| t.probability).sum();
        tokens.retain(|t| self.stays(t, left / (words + 1) as f64));
        row.keep(tokens.into_iter().map(|t| t.candidate).collect());
    }

    fn is_end(&self, id: u32) -> bool {
        self.ends.contains(&id)
    }

    fn stays(&self, token: &Merged, limit: f64) -> bool {
        token.probability >= limit - SLACK || self.is_end(token.candidate.id)
    }

    fn sum(&self, tokens: &[Merged], which: impl Fn(bool) -> bool) -> f64 {
        let of = tokens.iter().filter(|t| which(self.is_end(t.candidate.id)));
        of.map(|t| t.probability).sum()
    }

    fn piece(&self, id: u32) -> &[u8] {
        match self.starts.get(id as usize..id as usize + 2) {
            Some(&[from, to]) => self.bytes.get(from as usize..to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// Gives the probability of one of two to the other, from the most likely on, until no piece begins another's. A piece
    /// without bytes begins none.
    fn merge(&self, tokens: &mut Vec<Merged>) {
        let piece = |t: &Merged| self.piece(t.candidate.id);
        // in the order of their pieces those that begin with one stand in a row
        let mut order: Vec<u32> = (0..tokens.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| piece(&tokens[a as usize]).cmp(piece(&tokens[b as usize])));
        let mut gone = vec![false; tokens.len()];
        for first in 0..tokens.len() {
            let own = piece(&tokens[first]);
            if own.is_empty() || gone[first] {
                continue;
            }
            let from = order.partition_point(|&t| piece(&tokens[t as usize]) < own);
            let longer = order[from..]
                .iter()
                .take_while(|&&t| piece(&tokens[t as usize]).starts_with(own));
            let mut others: Vec<u32> = longer.copied().filter(|&t| !gone[t as usize]).collect();
            others.sort_unstable();
            for other in others
                .into_iter()
                .map(|t| t as usize)
                .filter(|&t| t != first)
            {
                let (to, of) = if tokens[other].probability > tokens[first].probability {
                    (other, first)
                } else {
                    (first, other)
                };
                tokens[to].probability += tokens[of].probability;
                tokens[of].probability = 0.0;
                gone[of] = true;
                if of == first {
                    break;
                }
            }
        }
        let mut gone = gone.into_iter();
        tokens.retain(|_| !gone.next().unwrap_or(false));
    }
}
