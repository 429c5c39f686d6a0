//! Learning merges from text.

use super::added::{AddedToken, AddedTokens};
use super::split::Split;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

/// What to learn.
pub struct TrainingOptions {
    /// Number of tokens that exist before the 256 bytes: their ids are 0, 1, ...
    pub reserved: u32,
    /// All tokens together: reserved, bytes and merges.
    pub vocabulary_size: u32,
    /// Pairs seen less often are not merged.
    pub minimum_count: u64,
    pub split: Split,
    /// Literal strings that are cut out of the texts first.
    pub added: Vec<AddedToken>,
}

/// What was learned.
pub struct Trained {
    /// Bytes of the tokens with ids `reserved`, `reserved + 1`, ...
    pub tokens: Vec<Vec<u8>>,
    /// (left, right) by rank; products have the ids after the bytes, in order.
    pub merges: Vec<[u32; 2]>,
}

type Pair = (u32, u32);

#[derive(Default)]
struct Occurrences {
    count: i64,
    words: BTreeSet<usize>,
}

/// The 256 bytes in the order in which byte-level vocabularies list them: printable ones first.
pub fn byte_order() -> impl Iterator<Item = u8> {
    let printable = |b: &u8| matches!(b, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    (0..=255u8)
        .filter(printable)
        .chain((0..=255u8).filter(move |b| !printable(b)))
}

/// Merges the most frequent pair of neighbours, again and again; of equally frequent pairs the one with the smallest
/// ids. Pairs never reach across pieces.
///
/// Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1.
pub fn train<'t>(texts: impl Iterator<Item = &'t str>, options: TrainingOptions) -> Trained {
    let mut tokens: Vec<Vec<u8>> = byte_order().map(|b| vec![b]).collect();
    let mut words = symbols(count_words(texts, &options), options.reserved);
    let mut pairs: HashMap<Pair, Occurrences> = HashMap::new();
    for (index, (word, count)) in words.iter().enumerate() {
        for pair in word.windows(2) {
            let seen = pairs.entry((pair[0], pair[1])).or_default();
            seen.count += count;
            seen.words.insert(index);
        }
    }
    let mut heap: BinaryHeap<(i64, Reverse<Pair>)> =
        pairs.iter().map(|(&p, o)| (o.count, Reverse(p))).collect();
    let mut merges = Vec::new();
    while options.reserved as usize + tokens.len() < options.vocabulary_size as usize {
        let Some((count, Reverse(pair))) = heap.pop() else {
            break;
        };
        let now = pairs.get(&pair).map_or(0, |o| o.count);
        if count != now {
            if now > 0 {
                heap.push((now, Reverse(pair)));
            }
            continue;
        }
        if count < options.minimum_count.max(1) as i64 {
            break;
        }
        let product = options.reserved + tokens.len() as u32;
        let bytes = |id: u32| tokens[(id - options.reserved) as usize].clone();
        tokens.push([bytes(pair.0), bytes(pair.1)].concat());
        merges.push([pair.0, pair.1]);
        let places = pairs.remove(&pair).map(|o| o.words).unwrap_or_default();
        let mut risen = BTreeSet::new();
        for index in places {
            let (word, count) = &mut words[index];
            merge_word(word, pair, product, |changed, by| {
                if changed == pair {
                    return;
                }
                let seen = pairs.entry(changed).or_default();
                seen.count += by * *count;
                if by > 0 {
                    seen.words.insert(index);
                    risen.insert(changed);
                }
            });
        }
        for pair in risen {
            heap.push((pairs[&pair].count, Reverse(pair)));
        }
    }
    Trained { tokens, merges }
}

fn count_words<'t>(
    texts: impl Iterator<Item = &'t str>,
    options: &TrainingOptions,
) -> HashMap<&'t str, i64> {
    let added = AddedTokens::new(options.added.clone());
    let mut counts = HashMap::new();
    for text in texts {
        let mut from = 0;
        loop {
            let found = added.find(text.as_bytes(), from);
            let end = found.map_or(text.len(), |(start, _)| start);
            options.split.each(&text[from..end], |piece| {
                *counts.entry(piece).or_default() += 1;
            });
            match found {
                Some((start, token)) => from = start + token.bytes.len(),
                None => break,
            }
        }
    }
    counts
}

/// Words as ids of their bytes, in one fixed order whatever the hash map's.
fn symbols(counts: HashMap<&str, i64>, reserved: u32) -> Vec<(Vec<u32>, i64)> {
    let mut id_of = [0; 256];
    for (id, byte) in byte_order().enumerate() {
        id_of[byte as usize] = reserved + id as u32;
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_unstable();
    let ids = |word: &str| word.bytes().map(|b| id_of[b as usize]).collect();
    words.into_iter().map(|(word, n)| (ids(word), n)).collect()
}

/// Replaces `pair` in a word, left to right, and tells which neighbours disappeared (−1) and appeared (+1).
fn merge_word(word: &mut Vec<u32>, pair: Pair, product: u32, mut change: impl FnMut(Pair, i64)) {
    let mut out = Vec::with_capacity(word.len());
    let mut i = 0;
    while i < word.len() {
        if i + 1 < word.len() && (word[i], word[i + 1]) == pair {
            if let Some(&before) = out.last() {
                change((before, pair.0), -1);
                change((before, product), 1);
            }
            if let Some(&after) = word.get(i + 2) {
                change((pair.1, after), -1);
                change((product, after), 1);
            }
            out.push(product);
            i += 2;
        } else {
            out.push(word[i]);
            i += 1;
        }
    }
    *word = out;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(text: &str, vocabulary_size: u32) -> Vec<String> {
        let options = TrainingOptions {
            reserved: 2,
            vocabulary_size,
            minimum_count: 2,
            split: Split::Gpt2Digits,
            added: vec![AddedToken {
                id: 0,
                bytes: b"<go>".to_vec(),
                special: true,
            }],
        };
        let trained = train([text].into_iter(), options);
        let text = |t: &Vec<u8>| String::from_utf8_lossy(t).into_owned();
        trained.tokens[256..].iter().map(text).collect()
    }

    /// " low" ×3 and " lot" ×1: " l", " lo" are seen 4 times, "ow" and then " low" 3 times.
    #[test]
    fn train_merges_the_most_frequent_pair() {
        // "l","o" has smaller ids than "Ġ","l": both are seen 4 times
        assert_eq!(learn(" low low low lot", 300), ["lo", " lo", " low"]);
        assert_eq!(learn(" low low low lot", 259), ["lo"]);
    }

    #[test]
    fn train_never_merges_digits_or_added_tokens() {
        assert!(learn("11 11 11 11<go><go><go><go>", 300).is_empty());
    }
}
