//! Which two tokens become one: an open-addressing table from a pair to its rank and product.

/// Marks an empty slot; no pair of ids reaches it because both halves would be `u32::MAX`.
const EMPTY: u64 = u64::MAX;

#[derive(Clone, Copy)]
struct Slot {
    pair: u64,
    rank: u32,
    product: u32,
}

/// Merges by pair. A lower rank is applied first.
pub struct Pairs {
    slots: Vec<Slot>,
    shift: u32,
}

impl Pairs {
    /// `merges` are (left, right, product) in order of rank; of equal pairs the last one counts.
    pub fn new(merges: &[[u32; 3]]) -> Self {
        Self::with_ranks(merges, 0..merges.len() as u32)
    }

    /// [`Pairs::new`] where the merges' ranks are given: of equal ranks the leftmost pair of a word is merged first.
    pub fn with_ranks(merges: &[[u32; 3]], ranks: impl IntoIterator<Item = u32>) -> Self {
        let bits = (merges.len() * 2 + 2).ilog2() + 1;
        let empty = Slot {
            pair: EMPTY,
            rank: 0,
            product: 0,
        };
        let mut table = Self {
            slots: vec![empty; 1 << bits],
            shift: 64 - bits,
        };
        for (&[left, right, product], rank) in merges.iter().zip(ranks) {
            let pair = key(left, right);
            let at = table.find(pair);
            table.slots[at] = Slot {
                pair,
                rank,
                product,
            };
        }
        table
    }

    /// Slot of `pair`, or the empty one where it would stand.
    #[inline]
    fn find(&self, pair: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (pair.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize;
        loop {
            let found = self.slots[at].pair;
            if found == pair || found == EMPTY {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// (rank, product) of two neighbours.
    #[inline]
    pub fn get(&self, left: u32, right: u32) -> Option<(u32, u32)> {
        let slot = self.slots[self.find(key(left, right))];
        (slot.pair != EMPTY).then_some((slot.rank, slot.product))
    }
}

#[inline]
fn key(left: u32, right: u32) -> u64 {
    (left as u64) << 32 | right as u64
}
