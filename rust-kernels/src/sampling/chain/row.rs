//! The tokens that are still in, in the order of their ids.

use crate::linalg::softmax::{allowed, log_normalizer};

/// Tokens per block when the row is skimmed.
const BLOCK: usize = 64;
/// More tokens stay a row.
const LONGEST_LIST: usize = 1024;

/// A token that is still in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub id: u32,
    pub logit: f64,
}

/// The tokens that are still in: the whole row until a stage leaves few of them, then a list in the order of ids.
pub struct Row {
    whole: Vec<f32>,
    list: Option<Vec<Candidate>>,
    /// How many are in, those of −∞ included: what llama.cpp calls the size.
    pub size: usize,
}

impl Row {
    /// Masked tokens are −∞ and are not in.
    pub fn new(logits: &[f32], mask: Option<&[u32]>) -> Self {
        // −0 becomes 0, which it equals
        let mut whole: Vec<f32> = logits.iter().map(|x| x + 0.0).collect();
        let mut size = whole.len();
        if mask.is_some() {
            for (id, x) in whole.iter_mut().enumerate() {
                if !allowed(mask, id) {
                    *x = f32::NEG_INFINITY;
                    size -= 1;
                }
            }
        }
        Self {
            whole,
            list: None,
            size,
        }
    }

    /// The whole row, while no stage has made a list of it.
    pub fn whole(&mut self) -> Option<&mut [f32]> {
        match self.list {
            None => Some(&mut self.whole),
            Some(_) => None,
        }
    }

    /// The list; made where there is none yet. Tokens of −∞ are not in it.
    pub fn list(&mut self) -> &mut Vec<Candidate> {
        let whole = &self.whole;
        self.list
            .get_or_insert_with(|| at_least(whole, f32::NEG_INFINITY))
    }

    /// Puts a list in the place of what was in.
    pub fn keep(&mut self, mut list: Vec<Candidate>) {
        list.sort_unstable_by_key(|c| c.id);
        self.size = list.len();
        self.list = Some(list);
    }

    /// Keeps the tokens of at least `limit`.
    pub fn retain(&mut self, limit: f64) {
        self.keep_through(Candidate {
            id: u32::MAX,
            logit: limit,
        });
    }

    /// Keeps the tokens down to `last`, in the order of the most likely first, of equals the lower id.
    pub fn keep_through(&mut self, last: Candidate) {
        let out = |logit: f64, id: u32| logit < last.logit || (logit == last.logit && id > last.id);
        if let Some(list) = &mut self.list {
            list.retain(|c| !out(c.logit, c.id));
            self.size = list.len();
            return;
        }
        let limit = last.logit as f32;
        let (mut count, mut equals) = (0, 0);
        for &x in &self.whole {
            count += (x >= limit) as usize;
            equals += (x == limit) as usize;
        }
        if count <= LONGEST_LIST {
            let mut list = at_least(&self.whole, limit);
            list.retain(|c| !out(c.logit, c.id));
            self.size = list.len();
            self.list = Some(list);
            return;
        }
        // a long list would cost more than it saves
        for x in self.whole.iter_mut() {
            *x = if *x < limit { f32::NEG_INFINITY } else { *x };
        }
        self.size = count;
        if equals == 1 {
            return; // it is the last itself
        }
        let after = self.whole.len().min(last.id.saturating_add(1) as usize);
        for x in self.whole[after..].iter_mut().filter(|x| **x == limit) {
            *x = f32::NEG_INFINITY;
            self.size -= 1;
        }
    }

    /// The `count` most likely, the most likely first, of equals the lower id.
    ///
    /// The count-th largest of all blocks' largest is a lower bound of what is looked for: only what reaches it is sorted.
    pub fn best(&mut self, count: usize) -> Vec<Candidate> {
        let mut list = match &self.list {
            Some(list) => list.clone(),
            None => {
                let mut tops: Vec<f32> = self.whole.chunks(BLOCK).map(block_largest).collect();
                let mut limit = f32::NEG_INFINITY;
                if count > 0 && count < tops.len() {
                    tops.select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
                    limit = tops[count - 1];
                }
                at_least(&self.whole, limit)
            }
        };
        sort(&mut list);
        list.truncate(count);
        list
    }

    /// Changes one token's logit, where it is in.
    pub fn edit(&mut self, id: u32, change: impl FnOnce(f64) -> f64) {
        match &mut self.list {
            Some(list) => {
                if let Ok(at) = list.binary_search_by_key(&id, |c| c.id) {
                    list[at].logit = change(list[at].logit);
                    if list[at].logit == f64::NEG_INFINITY {
                        list.remove(at);
                    }
                }
            }
            None => {
                if let Some(x) = self.whole.get_mut(id as usize) {
                    *x = change(*x as f64) as f32;
                }
            }
        }
    }

    /// The largest logit; −∞ when nothing is in.
    pub fn largest(&self) -> f64 {
        match &self.list {
            Some(list) => list
                .iter()
                .fold(f64::NEG_INFINITY, |max, c| max.max(c.logit)),
            None => block_largest(&self.whole) as f64,
        }
    }

    /// `ln Σ exp(logit)`.
    pub fn log_normalizer(&self) -> f64 {
        match &self.list {
            Some(list) => list_normalizer(list),
            None => log_normalizer(&self.whole, None, 1.0) as f64,
        }
    }
}

/// `ln Σ exp(logit)` of a list.
pub fn list_normalizer(list: &[Candidate]) -> f64 {
    let max = list
        .iter()
        .fold(f64::NEG_INFINITY, |max, c| max.max(c.logit));
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + list.iter().map(|c| (c.logit - max).exp()).sum::<f64>().ln()
}

/// From the most to the least likely; of equals the lower id first.
#[inline(never)]
pub fn sort(list: &mut [Candidate]) {
    list.sort_unstable_by(|a, b| b.logit.total_cmp(&a.logit).then(a.id.cmp(&b.id)));
}

/// The tokens of at least `limit`, in the order of ids; never those of −∞.
#[inline(never)]
pub fn at_least(whole: &[f32], limit: f32) -> Vec<Candidate> {
    let mut list = Vec::new();
    for (block, at) in whole.chunks(BLOCK).zip((0..).step_by(BLOCK)) {
        if block_largest(block) < limit {
            continue;
        }
        for (&x, id) in block.iter().zip(at..) {
            if x >= limit && x > f32::NEG_INFINITY {
                list.push(Candidate {
                    id,
                    logit: x as f64,
                });
            }
        }
    }
    list
}

/// The largest of a block, in four lanes.
pub fn block_largest(block: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 4];
    let fours = block.chunks_exact(4);
    for &x in fours.remainder() {
        lanes[0] = if x > lanes[0] { x } else { lanes[0] };
    }
    for four in fours {
        for i in 0..4 {
            lanes[i] = if four[i] > lanes[i] {
                four[i]
            } else {
                lanes[i]
            };
        }
    }
    lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
}
