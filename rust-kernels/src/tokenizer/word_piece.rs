//! Words as their longest tokens from the left.

use super::model::Span;
use super::trie::Trie;

/// Tokens of which those inside a word carry a prefix.
pub struct WordPiece {
    trie: Trie,
    /// Node after the prefix; nothing when no token has it.
    inner: Option<u32>,
    unknown: Option<u32>,
    most_characters: usize,
}

impl WordPiece {
    pub fn new(
        tokens: &[(u32, Vec<u8>)],
        prefix: &[u8],
        unknown: Option<u32>,
        most_characters: usize,
    ) -> Self {
        let trie = Trie::new(tokens);
        Self {
            inner: trie.descend(Trie::ROOT, prefix),
            trie,
            unknown,
            most_characters,
        }
    }

    /// A word that is too long or has no tokens is unknown as a whole.
    ///
    /// # Errors
    /// When there is no token for unknown words.
    pub fn encode(&self, word: &str, spans: &mut Vec<Span>) -> Result<(), String> {
        let first = spans.len();
        let short = word.chars().nth(self.most_characters).is_none();
        if short && self.longest(word, spans) {
            return Ok(());
        }
        spans.truncate(first);
        let id = self
            .unknown
            .ok_or("a word has no tokens, and there is no unknown token")?;
        spans.push(Span::new(id, 0, word.len()));
        Ok(())
    }

    fn longest(&self, word: &str, spans: &mut Vec<Span>) -> bool {
        let mut at = 0;
        while at < word.len() {
            let from = if at == 0 {
                Some(Trie::ROOT)
            } else {
                self.inner
            };
            let Some((length, id)) =
                from.and_then(|from| self.trie.prefixes(from, &word.as_bytes()[at..]).last())
            else {
                return false;
            };
            spans.push(Span::new(id, at, at + length));
            at += length;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(word: &str) -> Vec<u32> {
        let tokens = ["?", "un", "una", "##aff", "##able", "##ab", "é"];
        let tokens: Vec<_> = (0u32..)
            .zip(tokens.map(|t| t.as_bytes().to_vec()))
            .collect();
        let mut spans = Vec::new();
        let model = WordPiece::new(&tokens, b"##", Some(0), 9);
        model.encode(word, &mut spans).unwrap();
        spans.iter().map(|s| s.id).collect()
    }

    #[test]
    fn encode_takes_the_longest_from_the_left() {
        assert_eq!(
            encode("unaffable"),
            [0],
            "una leaves ##ff, which is no token"
        );
        assert_eq!(encode("unable"), [0]);
        assert_eq!(encode("unaable"), [2, 4]);
        assert_eq!(encode("é"), [6]);
        assert_eq!(encode("unaableabl"), [0], "longer than nine characters");
    }
}
