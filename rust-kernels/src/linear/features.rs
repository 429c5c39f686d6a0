//! Text to feature ids: words, pairs of neighbouring words and character n-grams, hashed to 32 bits.

/// Which features a text is turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureOptions {
    pub words: bool,
    pub bigrams: bool,
    /// Shortest and longest character n-gram; none when the shortest is 0.
    pub shortest: usize,
    pub longest: usize,
}

const WORD: u32 = 0x9E37_79B9;
const BIGRAM: u32 = 0x85EB_CA6B;
const CHARACTERS: u32 = 0xC2B2_AE35;
const WHOLE: u32 = 0x27D4_EB2F;

/// Spreads 32 bits so that every input bit changes every output bit (the finaliser of MurmurHash3).
#[inline(always)]
pub fn mix(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85EB_CA6B);
    h ^= h >> 13;
    h = h.wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}

/// FNV-1a over bytes, from a seed that names the kind of feature.
fn hash(seed: u32, bytes: &[u8]) -> u32 {
    let mut h = 0x811C_9DC5 ^ seed;
    for &b in bytes {
        h = (h ^ b as u32).wrapping_mul(0x0100_0193);
    }
    mix(h)
}

/// Id of a whole text, as written: what tells one candidate from another.
pub fn identity(text: &str) -> u32 {
    hash(WHOLE, text.as_bytes())
}

/// Sorted, distinct feature ids of a text. Case and punctuation do not count; an empty text has none.
pub fn features(text: &str, options: &FeatureOptions) -> Vec<u32> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let mut ids = Vec::with_capacity(8 * lower.len());
    let mut previous = 0;
    for (i, word) in words.iter().enumerate() {
        let id = hash(WORD, word.as_bytes());
        if options.words {
            ids.push(id);
        }
        if options.bigrams && i > 0 {
            ids.push(mix(previous ^ id.rotate_left(13) ^ BIGRAM));
        }
        previous = id;
    }
    if options.shortest > 0 && !words.is_empty() {
        let padded = format!(" {} ", words.join(" "));
        let starts: Vec<usize> = padded
            .char_indices()
            .map(|(at, _)| at)
            .chain([padded.len()])
            .collect();
        for n in options.shortest..=options.longest {
            for window in starts.windows(n + 1) {
                let gram = &padded.as_bytes()[window[0]..window[n]];
                ids.push(hash(CHARACTERS.wrapping_add(n as u32), gram));
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Cosine of two sorted, distinct id lists: shared / √(|a|·|b|); 0 when one is empty.
pub fn overlap(a: &[u32], b: &[u32]) -> f32 {
    let (mut i, mut j, mut shared) = (0, 0, 0u32);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        shared += (x == y) as u32;
        i += (x <= y) as usize;
        j += (y <= x) as usize;
    }
    if shared == 0 {
        0.0
    } else {
        shared as f32 / (a.len() as f32 * b.len() as f32).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: FeatureOptions = FeatureOptions {
        words: true,
        bigrams: true,
        shortest: 3,
        longest: 5,
    };

    #[test]
    fn features_counts_by_hand() {
        let words = FeatureOptions {
            bigrams: false,
            shortest: 0,
            ..ALL
        };
        assert_eq!(features("Press red, press blue!", &words).len(), 3);
        let pairs = FeatureOptions {
            words: false,
            ..words
        };
        let pairs = FeatureOptions {
            bigrams: true,
            ..pairs
        };
        assert_eq!(features("a b a b", &pairs).len(), 2); // a·b and b·a
        let grams = FeatureOptions {
            words: false,
            bigrams: false,
            shortest: 3,
            longest: 3,
        };
        assert_eq!(features("abc", &grams).len(), 3); // _ab abc bc_
        assert!(features("", &ALL).is_empty() && features("…", &ALL).is_empty());
    }

    #[test]
    fn overlap_is_one_for_equal_and_zero_for_disjoint() {
        assert_eq!(overlap(&[1, 2, 3], &[1, 2, 3]), 1.0);
        assert_eq!(overlap(&[1, 3], &[2, 4]), 0.0);
        assert_eq!(overlap(&[], &[2, 4]), 0.0);
        assert_eq!(overlap(&[1, 2, 5, 9], &[2]), 0.5);
    }

    proptest! {
        #[test]
        fn features_are_sorted_distinct_and_ignore_case(text in "\\PC{0,40}") {
            let ids = features(&text, &ALL);
            prop_assert!(ids.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(&ids, &features(&text.to_lowercase(), &ALL));
        }

        #[test]
        fn overlap_is_symmetric_and_bounded(mut a in prop::collection::vec(0u32..40, 0..20), mut b in prop::collection::vec(0u32..40, 0..20)) {
            a.sort_unstable(); a.dedup(); b.sort_unstable(); b.dedup();
            let s = overlap(&a, &b);
            prop_assert!((0.0..=1.0).contains(&s) && s == overlap(&b, &a));
        }
    }
}
