//! Decoding token by token.

/// Holds back bytes until they are whole characters.
#[derive(Default)]
pub struct DecodeStream {
    pending: Vec<u8>,
}

impl DecodeStream {
    /// Adds a token's bytes; gives the text since the last one, or nothing while a character is incomplete.
    pub fn push(&mut self, bytes: &[u8]) -> Option<String> {
        self.pending.extend_from_slice(bytes);
        let text = String::from_utf8_lossy(&self.pending);
        if text.is_empty() || text.ends_with('\u{FFFD}') {
            return None;
        }
        let text = text.into_owned();
        self.pending.clear();
        Some(text)
    }

    /// What is still held back, with U+FFFD for broken characters: the end of the stream.
    pub fn finish(&mut self) -> String {
        let text = String::from_utf8_lossy(&self.pending).into_owned();
        self.pending.clear();
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn push_gives_nothing_before_a_character_is_whole() {
        let mut stream = DecodeStream::default();
        let [a, b, c] = "€".as_bytes() else {
            unreachable!()
        };
        assert_eq!(stream.push(&[b'x', *a]), None);
        assert_eq!(stream.push(&[*b]), None);
        assert_eq!(stream.push(&[*c]).as_deref(), Some("x€"));
        assert_eq!(stream.push(&[*a]), None);
        assert_eq!(stream.finish(), "\u{FFFD}");
    }
}
