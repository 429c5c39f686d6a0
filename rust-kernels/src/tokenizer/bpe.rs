//! Merging the bytes of one piece.

use super::pairs::Pairs;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is merged: an id, or an id with the length of the text it stands for.
pub trait Symbol: Copy {
    fn id(self) -> u32;
    /// The symbol of both, where `product` is the id of their merge.
    fn joined(self, right: Self, product: u32) -> Self;
}

impl Symbol for u32 {
    fn id(self) -> u32 {
        self
    }

    fn joined(self, _: Self, product: u32) -> Self {
        product
    }
}

/// Above this many symbols the quadratic scan loses to a heap.
const LONG: usize = 48;

/// Applies merges in place: always the pair of the lowest rank, the leftmost of equals, until none is left.
pub fn merge<S: Symbol>(symbols: &mut Vec<S>, pairs: &Pairs) {
    if symbols.len() > LONG {
        merge_long(symbols, pairs);
    } else {
        merge_short(symbols, pairs);
    }
}

fn merge_short<S: Symbol>(symbols: &mut Vec<S>, pairs: &Pairs) {
    const NONE: (u32, u32) = (u32::MAX, 0);
    let look_up = |symbols: &[S], right: usize| {
        let (left, right) = (symbols[right - 1].id(), symbols[right].id());
        pairs.get(left, right).unwrap_or(NONE)
    };
    let mut found = [NONE; LONG];
    for i in 1..symbols.len() {
        found[i - 1] = look_up(symbols, i);
    }
    loop {
        let last = symbols.len().saturating_sub(1);
        let (mut best, mut rank) = (0, u32::MAX);
        for (i, f) in found[..last].iter().enumerate() {
            if f.0 < rank {
                (best, rank) = (i, f.0);
            }
        }
        if rank == u32::MAX {
            return;
        }
        symbols[best] = symbols[best].joined(symbols[best + 1], found[best].1);
        symbols.remove(best + 1);
        found.copy_within(best + 1..last, best);
        if best > 0 {
            found[best - 1] = look_up(symbols, best);
        }
        if best + 1 < symbols.len() {
            found[best] = look_up(symbols, best + 1);
        }
    }
}

/// The same with a heap over a linked list: n log n for words of any length.
fn merge_long<S: Symbol>(symbols: &mut Vec<S>, pairs: &Pairs) {
    let n = symbols.len();
    let mut gone = vec![false; n];
    let mut next: Vec<usize> = (1..=n).collect();
    let mut previous: Vec<usize> = (0..n).map(|i| i.wrapping_sub(1)).collect();
    let mut heap = BinaryHeap::new();
    let offer = |heap: &mut BinaryHeap<_>, symbols: &[S], left: usize, right: usize| {
        let ids = (symbols[left].id(), symbols[right].id());
        if let Some((rank, product)) = pairs.get(ids.0, ids.1) {
            heap.push(Reverse((rank, left, product, ids)));
        }
    };
    for i in 1..n {
        offer(&mut heap, symbols, i - 1, i);
    }
    while let Some(Reverse((_, at, product, ids))) = heap.pop() {
        let after = next[at];
        if gone[at] || after >= n || (symbols[at].id(), symbols[after].id()) != ids {
            continue; // one of the two was merged meanwhile
        }
        symbols[at] = symbols[at].joined(symbols[after], product);
        gone[after] = true;
        next[at] = next[after];
        if next[at] < n {
            previous[next[at]] = at;
            offer(&mut heap, symbols, at, next[at]);
        }
        if previous[at] < n {
            offer(&mut heap, symbols, previous[at], at);
        }
    }
    let mut gone = gone.into_iter();
    symbols.retain(|_| gone.next() != Some(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn merge_takes_the_lowest_rank_first() {
        // a=0 b=1 c=2; bc before ab
        let pairs = Pairs::new(&[[1, 2, 3], [0, 1, 4], [0, 3, 5]]);
        let mut symbols = vec![0, 1, 2, 0, 1];
        merge(&mut symbols, &pairs);
        assert_eq!(symbols, [5, 4]);
    }

    proptest! {
        #[test]
        fn merge_gives_the_same_for_short_and_long(text in proptest::collection::vec(0u32..3, 0..LONG)) {
            let pairs = Pairs::new(&[[0, 1, 3], [1, 2, 4], [3, 2, 5], [0, 0, 6], [6, 0, 7], [6, 6, 8], [4, 1, 9]]);
            let (mut short, mut long) = (text.clone(), text);
            merge_short(&mut short, &pairs);
            merge_long(&mut long, &pairs);
            prop_assert_eq!(short, long);
        }
    }
}
