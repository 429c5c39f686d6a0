//! What was judged: texts as sorted slots, what was done and what that was worth, found again by what they share.
//!
//! A text and an action judged again are one entry whose reward is the mean, so repeating costs no space. At most `capacity`
//! entries are kept; the oldest is forgotten first. Document frequencies are those of the entries kept.

use std::collections::{HashMap, VecDeque};

/// Feature ids are folded into 2^18 slots, a number that an f32 holds exactly.
pub const SLOT_BITS: u32 = 18;
/// Norms under the moving document frequencies are computed again for this many entries a judgement, in turn.
const REFRESHED: usize = 48;

#[derive(Clone, Debug)]
pub struct Entry {
    pub slots: Box<[u32]>,
    pub action: u32,
    /// Mean reward and the weight behind it.
    pub reward: f32,
    pub weight: f32,
    /// √(Σ idf²), as of the last refresh.
    pub norm: f32,
}

#[derive(Clone)]
pub struct Memory {
    capacity: usize,
    pub entries: Vec<Entry>,
    /// Where the next entry goes once all places are taken.
    pub next: usize,
    /// Where refreshing goes on.
    pub cursor: usize,
    /// slot → places of the entries that have it, oldest first.
    postings: Vec<VecDeque<u32>>,
    /// Hash of slots and action → place.
    places: HashMap<u64, u32>,
    /// ln(1 + n) by n.
    logarithms: Vec<f32>,
}

/// Sorted, distinct slots of feature ids.
pub fn fold(ids: &[u32]) -> Box<[u32]> {
    let mut slots: Vec<u32> = ids.iter().map(|id| id >> (32 - SLOT_BITS)).collect();
    slots.sort_unstable();
    slots.dedup();
    slots.into_boxed_slice()
}

fn key(slots: &[u32], action: u32) -> u64 {
    let mut h = 0xCBF2_9CE4_8422_2325u64;
    for &s in slots.iter().chain([&action]) {
        h = (h ^ s as u64).wrapping_mul(0x0000_0100_0000_01B3);
        h ^= h >> 29;
    }
    h
}

impl Memory {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Vec::new(),
            next: 0,
            cursor: 0,
            postings: vec![VecDeque::new(); 1 << SLOT_BITS],
            places: HashMap::new(),
            logarithms: (0..=capacity).map(|n| (n as f32).ln_1p()).collect(),
        }
    }

    /// ln((1 + entries) / (1 + entries with the slot)) + 1.
    pub fn idf(&self, slot: u32) -> f32 {
        let df = self.postings[slot as usize].len();
        self.logarithms[self.entries.len()] - self.logarithms[df] + 1.0
    }

    /// √(Σ idf²).
    pub fn norm(&self, slots: &[u32]) -> f32 {
        let mut sum = 0.0f32;
        for &slot in slots {
            let idf = self.idf(slot);
            sum += idf * idf;
        }
        sum.sqrt().max(1e-12)
    }

    /// Entries that have the slot.
    pub fn frequency(&self, slot: u32) -> usize {
        self.postings[slot as usize].len()
    }

    /// `into[place]`: tf-idf cosine of a text with each entry.
    pub fn similarities(&self, slots: &[u32], norm: f32, into: &mut Vec<f32>) {
        into.clear();
        into.resize(self.entries.len(), 0.0);
        for &slot in slots {
            let idf = self.idf(slot);
            let weight = idf * idf;
            let (front, back) = self.postings[slot as usize].as_slices();
            for &place in front.iter().chain(back) {
                into[place as usize] += weight;
            }
        }
        for (s, entry) in into.iter_mut().zip(&self.entries) {
            *s /= norm * entry.norm;
        }
    }

    /// Takes in a judgement. Returns its place and what it replaced: the same text and action, or what was forgotten.
    pub fn add(
        &mut self,
        slots: Box<[u32]>,
        action: u32,
        reward: f32,
        weight: f32,
    ) -> (usize, Option<Entry>) {
        let key = key(&slots, action);
        if let Some(&place) = self.places.get(&key) {
            let entry = &mut self.entries[place as usize];
            if entry.action == action && entry.slots == slots {
                let before = entry.clone();
                entry.weight += weight;
                if entry.weight > 0.0 {
                    entry.reward += (reward - entry.reward) * weight / entry.weight;
                }
                return (place as usize, Some(before));
            }
        }
        let mut forgotten = None;
        let place = if self.entries.len() < self.capacity {
            self.entries.len()
        } else {
            let place = self.next;
            self.next = (place + 1) % self.capacity;
            forgotten = Some(self.forget(place));
            place
        };
        self.places.insert(key, place as u32);
        for &slot in slots.iter() {
            self.postings[slot as usize].push_back(place as u32);
        }
        let entry = Entry {
            slots,
            action,
            reward,
            weight,
            norm: 1.0,
        };
        if place == self.entries.len() {
            self.entries.push(entry);
        } else {
            self.entries[place] = entry;
        }
        self.entries[place].norm = self.norm(&self.entries[place].slots);
        (place, forgotten)
    }

    fn forget(&mut self, place: usize) -> Entry {
        let entry = self.entries[place].clone();
        for &slot in entry.slots.iter() {
            let places = &mut self.postings[slot as usize];
            debug_assert_eq!(places.front(), Some(&(place as u32)));
            places.pop_front();
        }
        let key = key(&entry.slots, entry.action);
        if self.places.get(&key) == Some(&(place as u32)) {
            self.places.remove(&key);
        }
        entry
    }

    /// Computes some norms again, in turn.
    pub fn refresh(&mut self) {
        for _ in 0..REFRESHED.min(self.entries.len()) {
            self.cursor = (self.cursor + 1) % self.entries.len();
            self.entries[self.cursor].norm = self.norm(&self.entries[self.cursor].slots);
        }
    }

    /// A memory of these entries, by place.
    pub fn restore(capacity: usize, entries: Vec<Entry>, next: usize, cursor: usize) -> Self {
        let mut memory = Self::new(capacity);
        let count = entries.len();
        for i in 0..count {
            let place = (next + i) % count;
            for &slot in entries[place].slots.iter() {
                memory.postings[slot as usize].push_back(place as u32);
            }
            memory.places.insert(
                key(&entries[place].slots, entries[place].action),
                place as u32,
            );
        }
        (memory.entries, memory.next, memory.cursor) = (entries, next, cursor);
        memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(from: &[u32]) -> Box<[u32]> {
        from.into()
    }

    #[test]
    fn similarity_is_the_tf_idf_cosine() {
        let mut memory = Memory::new(8);
        memory.add(slots(&[1, 2]), 0, 1.0, 1.0);
        memory.add(slots(&[2, 3]), 1, 1.0, 1.0);
        (0..8).for_each(|_| memory.refresh());
        // Two entries: idf(1) = ln(3/2) + 1, idf(2) = ln(3/3) + 1 = 1.
        let (rare, common) = (1.5f32.ln() + 1.0, 1.0f32);
        assert!((memory.idf(1) - rare).abs() < 1e-6 && (memory.idf(2) - common).abs() < 1e-6);
        let mut s = Vec::new();
        let query = [1, 2];
        memory.similarities(&query, memory.norm(&query), &mut s);
        let norm = rare * rare + common * common;
        assert!(
            (s[0] - 1.0).abs() < 1e-6 && (s[1] - common / norm).abs() < 1e-6,
            "{s:?}"
        );
    }

    #[test]
    fn the_same_again_is_one_entry_with_the_mean_reward() {
        let mut memory = Memory::new(8);
        memory.add(slots(&[1]), 0, 1.0, 1.0);
        let (place, before) = memory.add(slots(&[1]), 0, 0.0, 3.0);
        assert_eq!((place, memory.entries.len()), (0, 1));
        assert_eq!(before.map(|e| e.reward), Some(1.0));
        assert_eq!(
            (memory.entries[0].reward, memory.entries[0].weight),
            (0.25, 4.0)
        );
        assert_eq!(memory.add(slots(&[1]), 1, 0.0, 1.0).0, 1);
    }

    #[test]
    fn the_oldest_is_forgotten_and_leaves_nothing_behind() {
        let mut memory = Memory::new(3);
        for k in 0..10u32 {
            memory.add(slots(&[7, 100 + k]), 0, 1.0, 1.0);
        }
        assert_eq!((memory.entries.len(), memory.frequency(7)), (3, 3));
        assert_eq!((memory.frequency(106), memory.frequency(107)), (0, 1));
        assert_eq!(memory.places.len(), 3);
        let copy = Memory::restore(3, memory.entries.clone(), memory.next, memory.cursor);
        for (a, b) in copy.postings.iter().zip(&memory.postings) {
            assert_eq!(a, b);
        }
        assert_eq!(copy.places, memory.places);
    }
}
