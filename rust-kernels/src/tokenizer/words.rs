//! A memory of words that were already merged.

/// Longer words are rare and not remembered.
const LONGEST: usize = 32;
const SLOTS: usize = 8192;

struct Word<S> {
    bytes: Box<[u8]>,
    symbols: Box<[S]>,
}

/// One slot for each hash: a new word replaces the old one, so neither memory nor the time of a look-up grows.
pub struct Words<S> {
    slots: Vec<Option<Word<S>>>,
}

impl<S: Copy> Words<S> {
    pub fn new() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| None).collect(),
        }
    }

    /// FNV-1a, folded to the number of slots.
    fn slot(word: &[u8]) -> usize {
        let hash = word.iter().fold(0x811c_9dc5u32, |hash, &byte| {
            (hash ^ byte as u32).wrapping_mul(0x0100_0193)
        });
        (hash ^ hash >> 15) as usize % SLOTS
    }

    pub fn get(&self, word: &[u8]) -> Option<&[S]> {
        if word.len() > LONGEST {
            return None;
        }
        let known = self.slots[Self::slot(word)].as_ref()?;
        (*known.bytes == *word).then_some(&known.symbols)
    }

    pub fn set(&mut self, word: &[u8], symbols: &[S]) {
        if word.len() <= LONGEST {
            self.slots[Self::slot(word)] = Some(Word {
                bytes: word.into(),
                symbols: symbols.into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn get_gives_what_was_set_or_nothing() {
        let mut words = Words::new();
        for i in 0..20_000u32 {
            words.set(format!("w{i}").as_bytes(), &[i]);
        }
        let known = (0..20_000u32).filter_map(|i| {
            let ids = words.get(format!("w{i}").as_bytes())?;
            assert_eq!(ids, [i]);
            Some(())
        });
        let count = known.count();
        assert!((SLOTS / 2..=SLOTS).contains(&count), "{count}");
    }
}
